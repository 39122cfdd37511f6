// Documents that two replicas changed apart: finds them, and makes one of each by the rule that its type declares.
import { type ConflictRule, isRecord } from '../contract/index.ts';
import { pathOf, type StoreCore } from './core.ts';
import { storeError } from './errors.ts';
import { encodedName } from './names.ts';
import { changeOf } from './stamp.ts';
import type { StoredDocument } from './store.ts';

/** A document of which there are several; readers see `rev`. */
export interface Conflict {
  readonly id: string;
  readonly type: string | undefined;
  readonly rev: string;
  /** The others. */
  readonly others: readonly string[];
}

type Leaf = StoredDocument & { readonly _rev: string };

/** A view may have to index the whole database before it answers. */
const deadline = 60_000;
/** Documents that are looked through in one request, where there is no view. */
const pageSize = 500;

/** Every conflict of a database: by the view `maintenance/conflicts` where its class has that, else by looking at all. */
export async function findConflicts(core: StoreCore, database: string): Promise<Conflict[]> {
  const view = `${pathOf(database, '_design/maintenance')}/_view/conflicts`;
  const found = await rows(core, database, view, { include_docs: true, conflicts: true });
  if (found) return found.flatMap(conflictsOf);
  const conflicts: Conflict[] = [];
  for (let startkey: string | undefined; ; ) {
    const query = { include_docs: true, conflicts: true, limit: pageSize + 1, startkey };
    const page = (await rows(core, database, `${pathOf(database)}/_all_docs`, query)) ?? [];
    conflicts.push(...page.slice(0, pageSize).flatMap(conflictsOf));
    const next = page[pageSize];
    if (!next) return conflicts;
    startkey = JSON.stringify(next.id);
  }
}

/**
 * What all leaves of a document become. `last_write`: the one with the greatest `pvt_modified` (then the greatest
 * revision) as it is. `merge`: the public keys of all, later ones over earlier ones; private keys of the last.
 */
export function resolved(rule: ConflictRule, leaves: readonly StoredDocument[]): StoredDocument {
  const ordered = [...leaves].sort(
    (a, b) => (a.pvt_modified ?? 0) - (b.pvt_modified ?? 0) || byRevision(a._rev ?? '', b._rev ?? ''),
  );
  const last = ordered.at(-1) as StoredDocument;
  if (rule === 'last_write') return last;
  const publicKeys = ordered.flatMap((leaf) =>
    Object.entries(leaf).filter(([key]) => !key.startsWith('_') && !key.startsWith('pvt_')),
  );
  return { ...Object.fromEntries(publicKeys), ...last };
}

/**
 * Makes one of a document and ends its other leaves. False when it is none any more, or when somebody has written it meanwhile:
 * then nothing is lost and it may be tried again.
 */
export async function resolveConflict(
  core: StoreCore,
  database: string,
  { id, rev, others }: Conflict,
  rule: ConflictRule,
): Promise<boolean> {
  const leaves = (await Promise.all([rev, ...others].map((it) => leafOf(core, database, id, it)))).filter(
    (leaf) => leaf !== undefined,
  );
  if (leaves.length < 2) return false;
  // It goes on on its own branch, where its attachments are.
  const wanted = resolved(rule, leaves) as Leaf;
  // First the whole, then the ends: whoever is broken off in between has lost nothing.
  const [kept] = await write(core, database, [wanted]);
  if (kept === undefined) return false;
  const ends = leaves.filter(({ _rev }) => _rev !== wanted._rev);
  const ended = await write(
    core,
    database,
    ends.map(({ _rev }) => ({ _id: id, _rev, _deleted: true })),
  );
  const stored = { ...wanted, _rev: kept };
  core.changed(changeOf(database, stored, wanted._rev), stored);
  if (ended.includes(undefined)) return false;
  core.log.info('a conflict was resolved', { database: encodedName(database), id, rule });
  return true;
}

/** `2-x` before `10-a`. */
function byRevision(a: string, b: string): number {
  return Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1);
}

interface Row {
  readonly id: string;
  readonly doc?: (StoredDocument & { readonly _conflicts?: readonly string[] }) | null;
}

function conflictsOf({ id, doc }: Row): Conflict[] {
  if (!doc?._conflicts || doc._rev === undefined) return [];
  return [{ id, type: doc.pvt_type, rev: doc._rev, others: doc._conflicts }];
}

/** Undefined where there is no such view. */
async function rows(
  core: StoreCore,
  database: string,
  path: string,
  query: Record<string, unknown>,
): Promise<readonly Row[] | undefined> {
  const { status, body } = await core.cluster.json({ method: 'GET', path, query, deadline });
  if (status === 200 && isRecord(body) && Array.isArray(body['rows'])) return body['rows'] as Row[];
  const error = storeError(status, body, { database });
  if (error.code === 'not_found') return undefined;
  throw error;
}

async function leafOf(core: StoreCore, database: string, id: string, rev: string): Promise<Leaf | undefined> {
  const path = pathOf(database, id);
  const { status, body } = await core.cluster.json({ method: 'GET', path, query: { rev } });
  if (status === 404) return undefined;
  if (status !== 200) throw storeError(status, body, { database, id });
  return (body as StoredDocument)._deleted ? undefined : (body as Leaf);
}

/** The new revision of each, undefined of one that was written meanwhile. */
async function write(
  core: StoreCore,
  database: string,
  docs: readonly object[],
): Promise<(string | undefined)[]> {
  const path = pathOf(database, '_bulk_docs');
  const { status, body } = await core.cluster.json({ method: 'POST', path, body: { docs }, deadline });
  if (status >= 300) throw storeError(status, body, { database });
  return (body as readonly { readonly rev?: string }[]).map(({ rev }) => rev);
}
