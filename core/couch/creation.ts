// Makes a database, also when several processes of a new cluster want the same one at the same moment.
import { setTimeout as pause } from 'node:timers/promises';
import { isRecord } from '../contract/index.ts';
import type { Cluster } from './cluster.ts';
import { pathOf } from './core.ts';
import { storeError } from './errors.ts';

/** Nodes agree on a new database, which takes its time where many are made at once. */
const createDeadline = 60_000;
/** Milliseconds between looks whether what another one makes is there. */
const looks: readonly number[] = [50, 100, 200, 400, 800, 1_600, 3_200, 6_400];

/** Resolves when the database is there: true when it was made here. */
export async function createDatabase(cluster: Cluster, database: string): Promise<boolean> {
  if (await databaseExists(cluster, database)) return false;
  const path = pathOf(database);
  const { status, body } = await cluster.json({ method: 'PUT', path, deadline: createDeadline });
  if (status < 300) return true;
  if (!isMadeElsewhere(status, body)) throw storeError(status, body, { database });
  for (const look of looks) {
    if (await databaseExists(cluster, database)) return false;
    await pause(look);
  }
  throw storeError(status, body, { database });
}

/** Whether any node knows the database. */
export async function databaseExists(cluster: Cluster, database: string): Promise<boolean> {
  const { status, body } = await cluster.json({ method: 'GET', path: pathOf(database) });
  if (status === 200 || status === 404) return status === 200;
  throw storeError(status, body, { database });
}

/** 412: it exists. A node that is in the middle of hearing of it from another one says 500 (CouchDB 3.4) or 409 with `conflict`. */
const isMadeElsewhere = (status: number, body: unknown): boolean =>
  status === 412 || status === 409 || (status === 500 && isRecord(body) && body['reason'] === 'conflict');
