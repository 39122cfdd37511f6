// A node of a CouchDB cluster that comes back: may it be asked again, and has it got by now what it has missed.
import { isRecord } from '../contract/index.ts';
import type { Connection } from './connection.ts';

/** Milliseconds for each answer. */
export const probeMs = 1_000;

/**
 * Whether a node works and sees most of its cluster: one that has just started answers for itself alone before it has found the
 * others, and what it missed is old or not there. With `alone` (no other node answers) that is better than nothing.
 * Rejects with `Unreachable`.
 */
export async function isBack(connection: Connection, alone: boolean): Promise<boolean> {
  const up = await ask(connection, '_up');
  // 404 while it is in maintenance.
  if (up.status !== 200) return false;
  if (alone) return true;
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
