// Update sequences as CouchDB shows them: opaque text that begins with a number.
import type { Database } from './databases.ts';
import { badRequest } from './errors.ts';

export const formatSeq = ({ settings }: Database, seq: number) => `${seq}-${settings.uuid}`;

/** Orders revisions as CouchDB lists them: the longest history first, then the greater hash. */
export function newestFirst(a: string, b: string): number {
  return Number.parseInt(b, 10) - Number.parseInt(a, 10) || (a < b ? 1 : -1);
}

/** The number in a sequence that a client gave back (`12-abc…`, `12`, `"12"`, `now`). Throws CouchDB's 400. */
export function parseSeq(text: string, newest: number): number {
  if (text === 'now') return newest;
  const found = /^"?(\d+)(?:-[^"]*)?"?$/.exec(text);
  if (!found) throw badRequest("Malformed sequence supplied in 'since' parameter.");
  return Number(found[1]);
}
