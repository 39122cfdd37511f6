// Brings the design documents of a database up to date without blocking its readers.
import { setTimeout as pause } from 'node:timers/promises';
import type { DesignSource } from '../../couchdb/load.ts';
import { isRecord } from '../contract/index.ts';
import { hasCode } from '../errors/index.ts';
import type { Cluster } from './cluster.ts';
import { storeError } from './errors.ts';

/**
 * Milliseconds between looks whether who has just made a database has written its views: of many processes that start at
 * once one is to do that.
 */
const makersTurn: readonly number[] = [100, 200, 400, 800];
/** How long one request waits for an index; building goes on in the server and the next request waits again. */
const buildWaitMs = 60_000;

interface Installed {
  readonly rev: string;
  readonly digest: unknown;
}

/**
 * Writes the designs whose digest differs. In a new database at once (`made`: it is ours to do so); else each is built under a side name first,
 * then put in place (same functions, same index: nothing is built twice) and the side one removed.
 * @returns the names of the designs that were written.
 */
export async function installDesigns(
  cluster: Cluster,
  database: string,
  designs: readonly DesignSource[],
  made: boolean,
): Promise<string[]> {
  let installed = await installedDesigns(cluster, database);
  for (const wait of made || designs.length === 0 ? [] : makersTurn) {
    if (installed.size > 0) break;
    await pause(wait);
    installed = await installedDesigns(cluster, database);
  }
  const changed = designs.filter((design) => installed.get(design.name)?.digest !== design.digest);
  await writeNew(
    cluster,
    database,
    changed.filter(({ name }) => !installed.has(name)),
  );
  for (const design of changed) {
    const before = installed.get(design.name);
    if (before) await replace(cluster, database, design, before.rev);
  }
  return changed.map((design) => design.name);
}

/** The designs that are missing in a database or differ from ours. */
export async function outdatedDesigns(
  cluster: Cluster,
  database: string,
  designs: readonly DesignSource[],
): Promise<string[]> {
  const installed = await installedDesigns(cluster, database);
  return designs
    .filter((design) => installed.get(design.name)?.digest !== design.digest)
    .map(({ name }) => name);
}

async function installedDesigns(cluster: Cluster, database: string): Promise<Map<string, Installed>> {
  const { status, body } = await cluster.json({
    method: 'GET',
    path: `${encodeURIComponent(database)}/_all_docs`,
    query: { startkey: '"_design/"', endkey: '"_design0"', include_docs: true },
  });
  if (status !== 200 || !isRecord(body) || !Array.isArray(body['rows']))
    throw storeError(status, body, { database });
  const rows = body['rows'] as { id: string; doc?: { _rev: string; digest?: unknown } }[];
  return new Map(
    rows.flatMap(({ id, doc }) =>
      doc ? [[id.slice('_design/'.length), { rev: doc._rev, digest: doc.digest }] as const] : [],
    ),
  );
}

async function replace(cluster: Cluster, database: string, design: DesignSource, rev: string): Promise<void> {
  const side = `${design.name}-side-${design.digest.slice(0, 12)}`;
  await write(cluster, database, side, design);
  await build(cluster, database, side, Object.keys(design.views)[0]);
  await write(cluster, database, design.name, design, rev);
  await removeDesign(cluster, database, side);
}

/** Nobody can be reading what was not there: one request writes them all. */
async function writeNew(cluster: Cluster, database: string, designs: readonly DesignSource[]): Promise<void> {
  if (designs.length === 0) return;
  const docs = designs.map((design) => designDocument(design.name, design));
  const path = `${encodeURIComponent(database)}/_bulk_docs`;
  const { status, body } = await cluster.json({ method: 'POST', path, body: { docs }, deadline: 60_000 });
  const rows = Array.isArray(body) ? (body as readonly { id: string; error?: string }[]) : [];
  const failed = rows.find((row) => row.error !== undefined && row.error !== 'conflict');
  if (status >= 300 || failed)
    throw storeError(failed ? 500 : status, failed ?? body, { database, id: failed?.id });
}

function designDocument(name: string, { views, digest }: DesignSource, rev?: string): object {
  return { _id: `_design/${name}`, ...(rev && { _rev: rev }), language: 'javascript', digest, views };
}

/** Another process may be doing the same: a conflict means that it was faster. */
async function write(
  cluster: Cluster,
  database: string,
  name: string,
  design: DesignSource,
  rev?: string,
): Promise<void> {
  const id = `_design/${name}`;
  const { status, body } = await cluster.json({
    method: 'PUT',
    path: `${encodeURIComponent(database)}/${id}`,
    body: designDocument(name, design, rev),
  });
  if (status >= 300 && status !== 409) throw storeError(status, body, { database, id });
}

/** All views of a design are built together, so asking for one waits for all. */
async function build(
  cluster: Cluster,
  database: string,
  name: string,
  view: string | undefined,
): Promise<void> {
  for (;;) {
    try {
      const { status, body } = await cluster.json({
        method: 'GET',
        path: `${encodeURIComponent(database)}/_design/${name}/_view/${view}`,
        query: { limit: 0, reduce: false },
        deadline: buildWaitMs,
      });
      if (status === 200 || status === 404) return;
      throw storeError(status, body, { database, id: `_design/${name}` });
    } catch (error) {
      // Still building, unless the server is gone: then this read says so.
      if (!hasCode(error, 'datastore_unreachable')) throw error;
      const { status, body } = await cluster.json({ method: 'GET', path: encodeURIComponent(database) });
      if (status !== 200) throw storeError(status, body, { database });
    }
  }
}

async function removeDesign(cluster: Cluster, database: string, name: string): Promise<void> {
  const path = `${encodeURIComponent(database)}/_design/${name}`;
  const { status, body } = await cluster.json({ method: 'GET', path });
  if (status === 404) return;
  if (status !== 200 || !isRecord(body)) throw storeError(status, body, { database, id: `_design/${name}` });
  await cluster.json({ method: 'DELETE', path, query: { rev: String(body['_rev']) } });
}
