// What a node of a CouchDB cluster says of itself and of the others.
import { isRecord } from '../contract/index.ts';
import type { Connection } from './connection.ts';

/** Milliseconds for each answer. */
const probeMs = 1_000;

/** Whether a node works; false while it is in maintenance (404). Rejects with `Unreachable`. */
export const isUp = async (connection: Connection): Promise<boolean> =>
  (await ask(connection, '_up')).status === 200;

/**
 * Whether a node works and sees most of its cluster: one that has just started answers for itself alone before it has found the
 * others, and what it missed is old or not there. With `alone` (no other node answers) that is better than nothing.
 * Rejects with `Unreachable`.
 */
export async function isBack(connection: Connection, alone: boolean): Promise<boolean> {
  return (await isUp(connection)) && (alone || seesMost(connection));
}

/** Whether a node sees more than half of its cluster; one that does not tell is taken at its word. Rejects with `Unreachable`. */
export async function seesMost(connection: Connection): Promise<boolean> {
  const { status, body } = await ask(connection, '_membership');
  if (status !== 200 || !isRecord(body)) return true;
  const { all_nodes: seen, cluster_nodes: members } = body;
  return !Array.isArray(seen) || !Array.isArray(members) || 2 * seen.length > members.length;
}

/** How many shards a node has still to bring to others; 0 where the server does not tell. Rejects with `Unreachable`. */
export async function backlogOf(connection: Connection): Promise<number> {
  const { body } = await ask(connection, '_node/_local/_system');
  const jobs = isRecord(body) ? body['internal_replication_jobs'] : undefined;
  return typeof jobs === 'number' ? jobs : 0;
}

const ask = (connection: Connection, path: string) =>
  connection.json({ method: 'GET', path, deadline: probeMs });
