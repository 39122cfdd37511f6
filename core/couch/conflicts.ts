// Resolves documents of which two replicas were changed apart, by the rule that their type declares.
import type { AnyDocument, ConflictRule } from '../contract/index.ts';
import { pathOf, type StoreCore } from './core.ts';
import { storeError } from './errors.ts';
import { encodedName } from './names.ts';
import { changeOf } from './stamp.ts';
import type { StoredDocument } from './store.ts';

/**
 * What all leaves of a document become. `last_write`: the one with the greatest `pvt_modified` (then the greatest
 * revision) as it is. `merge`: the public keys of all, later ones over earlier ones; private keys of the last.
 */
export function resolved(rule: ConflictRule, leaves: readonly StoredDocument[]): StoredDocument {
  const ordered = [...leaves].sort(
    (a, b) => (a.pvt_modified ?? 0) - (b.pvt_modified ?? 0) || ((a._rev ?? '') < (b._rev ?? '') ? -1 : 1),
  );
  const last = ordered.at(-1) as StoredDocument;
  if (rule === 'last_write') return last;
  const publicKeys = ordered.flatMap((leaf) =>
    Object.entries(leaf).filter(([key]) => !key.startsWith('_') && !key.startsWith('pvt_')),
  );
  return { ...Object.fromEntries(publicKeys), ...last };
}

/**
 * Resolves every conflict of the contract's type in a database that has the view `maintenance/conflicts`.
 * Returns how many documents were resolved.
 */
export async function resolveConflicts(
  core: StoreCore,
  database: string,
  contract: AnyDocument,
): Promise<number> {
  const { status, body } = await core.cluster.json({
    method: 'GET',
    path: `${pathOf(database, '_design/maintenance')}/_view/conflicts`,
    deadline: 60_000,
  });
  if (status !== 200) throw storeError(status, body, { database, id: 'maintenance/conflicts' });
  let count = 0;
  for (const { id, key } of (body as { rows: { id: string; key: readonly string[] }[] }).rows)
    if (await resolveOne(core, database, contract, id, key)) count++;
  return count;
}

async function resolveOne(
  core: StoreCore,
  database: string,
  contract: AnyDocument,
  id: string,
  conflicts: readonly string[],
): Promise<boolean> {
  const winner = await leaf(core, database, id);
  if (!winner || winner.pvt_type !== contract.type) return false;
  const losers = await Promise.all(conflicts.map((rev) => leaf(core, database, id, rev)));
  const others = losers.filter((found) => found !== undefined);
  const merged = {
    ...resolved(contract.conflict, [winner, ...others]),
    _id: id,
    _rev: winner._rev as string,
  };
  const ends = others.map(({ _rev }) => ({ _id: id, _rev, _deleted: true }));
  // One request: the winning branch goes on with the result, all other branches end.
  const { status, body } = await core.cluster.json({
    method: 'POST',
    path: pathOf(database, '_bulk_docs'),
    body: { docs: [merged, ...ends] },
  });
  if (status >= 300) throw storeError(status, body, { database, id });
  const [{ rev }] = body as [{ rev?: string }];
  if (rev === undefined) throw storeError(409, body, { database, id });
  core.log.info('a conflict was resolved', { database: encodedName(database), id, rule: contract.conflict });
  const stored = { ...merged, _rev: rev };
  core.changed(changeOf(database, stored, winner._rev), stored);
  return true;
}

async function leaf(
  core: StoreCore,
  database: string,
  id: string,
  rev?: string,
): Promise<StoredDocument | undefined> {
  const query = rev === undefined ? {} : { rev };
  const { status, body } = await core.cluster.json({ method: 'GET', path: pathOf(database, id), query });
  if (status === 404) return undefined;
  if (status !== 200) throw storeError(status, body, { database, id });
  return body as StoredDocument;
}
