// The addresses that belong to the server as a whole: `/`, `/_up`, `/_all_dbs`, `/_session` and their like.
import { randomBytes } from 'node:crypto';
import { databaseInfo } from './database-routes.ts';
import { badRequest, databaseMissing } from './errors.ts';
import { type Exchange, parseJson, readObject, sendJson, toCount } from './exchange.ts';

export const VERSION = '3.4.3';

export interface Route {
  readonly methods: readonly string[];
  readonly isPublic?: boolean;
  readonly run: (x: Exchange) => Promise<void> | void;
}

const read = (run: Route['run'], isPublic = false): Route => ({ methods: ['GET', 'HEAD'], isPublic, run });

/** By the first part of the path; only the administrator may use those that are not public. */
export const serverRoutes: Record<string, Route> = {
  '': read(welcome, true),
  _up: read((x) => sendJson(x, 200, { status: 'ok', seeds: {} }), true),
  _uuids: { methods: ['GET'], isPublic: true, run: uuids },
  _session: {
    methods: ['GET', 'HEAD', 'POST', 'DELETE'],
    isPublic: true,
    run: (x) => x.couch.auth.session(x),
  },
  _all_dbs: read(allDatabases),
  _dbs_info: { methods: ['GET', 'HEAD', 'POST'], run: databasesInfo },
  _active_tasks: read((x) => sendJson(x, 200, [])),
  _membership: read((x) => sendJson(x, 200, { all_nodes: [NODE], cluster_nodes: [NODE] })),
  _replicate: { methods: ['POST'], run: (x) => x.couch.replicator.request(x) },
  _scheduler: read((x) => {
    const kind = x.path[1];
    if (kind !== 'jobs' && kind !== 'docs') throw databaseMissing();
    x.couch.replicator.schedule(x, kind);
  }),
};

const NODE = 'nonode@nohost';

function welcome(x: Exchange): void {
  sendJson(x, 200, {
    couchdb: 'Welcome',
    version: VERSION,
    git_sha: 'embedded',
    uuid: x.couch.uuid,
    features: ['scheduler'],
    vendor: { name: 'Mirliton' },
  });
}

function uuids(x: Exchange): void {
  const count = x.query.get('count');
  if (count !== null && !/^\d+$/.test(count)) throw badRequest('count must be a positive integer');
  const length = Number(count ?? 1);
  if (length > 1000) throw badRequest('count parameter too large');
  const list = Array.from({ length }, () => randomBytes(16).toString('hex'));
  sendJson(x, 200, { uuids: list }, { 'Cache-Control': 'must-revalidate, no-cache', Pragma: 'no-cache' });
}

function listNames(x: Exchange): string[] {
  const bound = (...names: string[]) => {
    const text = names.map((name) => x.query.get(name)).find((value) => value !== null);
    return text === undefined || text === null ? undefined : String(parseJson(text));
  };
  const isDown = x.query.get('descending') === 'true';
  const [start, end] = [bound('startkey', 'start_key', 'key'), bound('endkey', 'end_key', 'key')];
  const [low, high] = isDown ? [end, start] : [start, end];
  const names = x.couch.databases
    .names()
    .filter((name) => (low === undefined || name >= low) && (high === undefined || name <= high));
  if (isDown) names.reverse();
  const [skip, limit] = [x.query.get('skip'), x.query.get('limit')];
  const from = skip === null ? 0 : toCount(skip);
  return names.slice(from, limit === null ? undefined : from + toCount(limit));
}

function allDatabases(x: Exchange): void {
  sendJson(x, 200, listNames(x));
}

async function databasesInfo(x: Exchange): Promise<void> {
  let names = listNames(x);
  if (x.method === 'POST') {
    const { keys } = await readObject(x);
    if (!Array.isArray(keys)) throw badRequest('`keys` member must exist.');
    names = keys.map(String);
  }
  const rows: object[] = [];
  for (const key of names) {
    if (!x.couch.databases.has(key)) rows.push({ key, error: 'not_found' });
    else rows.push({ key, info: await x.couch.databases.use(key, databaseInfo) });
  }
  sendJson(x, 200, rows);
}
