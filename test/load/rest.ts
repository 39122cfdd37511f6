// The REST API: a document read over and over beside CouchDB's own GET and beside bare koa, and a CSV of 100,000 CDRs.
import { accountDatabase, gregorian, monthDatabase, monthOf } from '../../core/couch/index.ts';
import { mixOfRun } from '../e2e/mix.ts';
import { addressOf, basic } from '../e2e/store.ts';
import { startZone, type Zone } from '../e2e/zone.ts';
import { median, megabytes, milliseconds, spread, whole } from './numbers.ts';
import type { Bench, Figure, Table } from './outcome.ts';
import { residentOf } from './processor.ts';
import { startWorker, type Worker } from './worker.ts';
import type { HttpLoad, HttpRun } from './workers/http-requester.ts';

const inFlight = 32;
const requests = 4_000;
const rounds = 7;
const rows = 100_000;
const batch = 5_000;
const couchAim = 3;
const koaAim = 0.5;

interface Store {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly authorization: string;
  /** True for a CouchDB, false for our stand-in. */
  readonly real: boolean;
}

const storeOf = (zone: Zone): Store => ({
  ...addressOf(zone),
  authorization: basic(addressOf(zone)),
  real: process.env['MIRLITON_COUCH'] !== undefined,
});

/** CouchDB's own clients keep a session: a name and password with each request would measure the hashing of passwords. */
async function sessionOf({
  url,
  user: name,
  password,
  authorization,
}: Store): Promise<Record<string, string>> {
  const response = await fetch(`${url}/_session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password }),
  });
  const cookie = response.headers.get('set-cookie')?.split(';')[0];
  return cookie ? { cookie } : { authorization };
}

type Ways = Readonly<Record<'ours' | 'couch' | 'koa', Pick<HttpLoad, 'url' | 'headers'>>>;

/** The ways take turns, each first in its turn. */
async function measure(requester: Worker, ways: Ways): Promise<Record<keyof Ways, HttpRun[]>> {
  const runs: Record<keyof Ways, HttpRun[]> = { ours: [], couch: [], koa: [] };
  const names = Object.keys(ways) as (keyof Ways)[];
  const run = (name: keyof Ways) =>
    requester.ask<HttpRun>({ ...ways[name], requests, inFlight } satisfies HttpLoad);
  for (const name of names) await run(name);
  for (let round = 0; round < rounds; round += 1)
    for (let at = 0; at < names.length; at += 1) {
      const name = names[(round + at) % names.length] as keyof Ways;
      runs[name].push(await run(name));
    }
  return runs;
}

async function reads(zone: Zone, store: Store) {
  const { rest, facts } = zone;
  const { id } = await rest.put('menus', {
    name: 'Main',
    timeout: 5000,
    retries: 2,
    media: { greeting: 'greeting' },
  });
  const own = {
    url: `${facts.api}/accounts/${rest.accountId}/menus/${id}`,
    headers: { 'x-auth-token': rest.token },
  };
  const text = await (await fetch(own.url, { headers: own.headers })).text();
  const [requester, koa] = [await startWorker('http-requester'), await startWorker('bare-koa', text)];
  try {
    return await measure(requester, {
      ours: own,
      couch: {
        url: `${store.url}/${encodeURIComponent(accountDatabase(rest.accountId))}/${id}`,
        headers: await sessionOf(store),
      },
      koa: { url: `http://127.0.0.1:${koa.hello}/`, headers: {} },
    });
  } finally {
    await Promise.all([requester.stop(), koa.stop()]);
  }
}

/** Writes so many CDRs of this month past the bus. */
async function fill({ rest }: Zone, { url, authorization }: Store): Promise<void> {
  const now = new Date();
  const database = encodeURIComponent(monthDatabase(rest.accountId, now));
  const send = (method: string, path: string, body?: string) =>
    fetch(`${url}/${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    });
  for (let from = 0; from < rows; from += batch) {
    const docs = Array.from({ length: batch }, (_, at) => cdr(rest.accountId, now, from + at));
    const answer = await send('POST', `${database}/_bulk_docs`, JSON.stringify({ docs }));
    if (!answer.ok) throw new Error(`the store answered ${answer.status}: ${await answer.text()}`);
  }
}

function cdr(account: string, now: Date, n: number): Record<string, unknown> {
  const timestamp = gregorian(now) - rows + n;
  return {
    _id: `${monthOf(now)}-bench-${n}`,
    pvt_type: 'cdr',
    pvt_account_id: account,
    pvt_created: timestamp,
    timestamp,
    call_id: `bench-${n}`,
    interaction_id: `${timestamp}-${n}`,
    interaction_time: timestamp,
    interaction_key: String(n),
    call_direction: 'inbound',
    caller_id_name: `Caller ${n}`,
    caller_id_number: '+14155550100',
    callee_id_number: '2000',
    duration_seconds: 60,
    billing_seconds: 50,
    hangup_cause: 'NORMAL_CLEARING',
    from: '1000@demo.local',
    to: '2000@demo.local',
    request: '2000@demo.local',
  };
}

interface Csv {
  readonly lines: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly before: number;
  readonly most: number;
}

/** Reads the whole list as CSV and looks at the memory of crossbar meanwhile. */
async function csvOf({ facts, rest }: Zone, pid: number): Promise<Csv> {
  const url = `${facts.api}/accounts/${rest.accountId}/cdrs?paginate=false&accept=csv`;
  const before = residentOf(pid);
  let [most, lines, bytes] = [before, 0, 0];
  const watch = setInterval(() => {
    most = Math.max(most, residentOf(pid));
  }, 20);
  const start = performance.now();
  try {
    const response = await fetch(url, { headers: { 'x-auth-token': rest.token } });
    if (response.status !== 200 || !response.body) throw new Error(`the CSV answered ${response.status}`);
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      for (const byte of chunk) if (byte === 10) lines += 1;
    }
  } finally {
    clearInterval(watch);
  }
  return { lines: lines - 1, bytes, seconds: (performance.now() - start) / 1000, before, most };
}

function readsTable(runs: Record<keyof Ways, HttpRun[]>, store: Store): { table: Table; figures: Figure[] } {
  const ratio = (to: keyof Ways): number[] =>
    runs.ours.map(({ perSecond }, at) => perSecond / (runs[to][at]?.perSecond ?? Number.NaN));
  const row = (name: string, of: keyof Ways, value: string) => [
    name,
    whole(median(runs[of].map(({ perSecond }) => perSecond))),
    milliseconds(median(runs[of].map(({ p50 }) => p50))),
    milliseconds(median(runs[of].map(({ p99 }) => p99))),
    runs[of][0]?.bytes ?? 0,
    value,
  ];
  const [couch, koa] = [ratio('couch'), ratio('koa')];
  const name = store.real ? 'CouchDB' : 'our stand-in for CouchDB';
  return {
    table: {
      title: 'GET of a document over REST',
      columns: ['server', 'requests/s', 'p50', 'p99', 'bytes', 'ours / this'],
      rows: [
        row('crossbar', 'ours', ''),
        row(name, 'couch', spread(couch)),
        row('bare koa, the same body', 'koa', spread(koa)),
      ],
      note: `${inFlight} in flight, ${rounds} rounds of ${whole(requests)} in turn, medians. crossbar checks the token, the rights and the bucket of every request, and reads through its cache.`,
    },
    figures: [
      {
        figure: `GET over REST / GET of ${name}`,
        value: spread(couch),
        ...(store.real ? { aim: `≥ ${couchAim}`, met: median(couch) >= couchAim } : {}),
      },
      {
        figure: 'GET over REST / bare koa',
        value: spread(koa),
        aim: `≥ ${koaAim}`,
        met: median(koa) >= koaAim,
      },
    ],
  };
}

export const rest: Bench = {
  name: 'rest',
  about:
    'REST: a document beside CouchDB (that of MIRLITON_COUCH=http://user:password@host:port) and bare koa, a CSV of 100,000 CDRs',
  run: async (progress) => {
    process.env['MIRLITON_E2E_LOG'] ??= 'warn';
    const couch = process.env['MIRLITON_COUCH'] ?? 'embedded';
    const zone = await startZone({}, 1, [], { ...mixOfRun({}), store: couch, processes: 'many' });
    try {
      const store = storeOf(zone);
      // The buckets of callers are no part of what is measured.
      await zone.rest.send('PATCH', '/system_configs/crossbar', {
        default: { rate_limits: { capacity: 0 } },
      });
      const [crossbar] = zone.running('crossbar');
      const pid = crossbar?.pid;
      if (pid === undefined) throw new Error('there is no crossbar');
      progress(`${rounds} rounds of 3 × ${whole(requests)} requests`);
      const read = readsTable(await reads(zone, store), store);
      // The first one makes the database of the month.
      await zone.rest.get('cdrs');
      progress(`${whole(rows)} CDRs are written`);
      await fill(zone, store);
      progress('their view is built');
      await zone.rest.send('GET', 'cdrs?page_size=1').catch(() => undefined);
      const csv = await csvOf(zone, pid);
      const growth = csv.most - csv.before;
      return {
        tables: [
          read.table,
          {
            title: 'All CDRs of a month as CSV',
            columns: ['rows', 'size', 'time', 'rows/s', 'crossbar before', 'at most'],
            rows: [
              [
                whole(csv.lines),
                megabytes(csv.bytes),
                `${csv.seconds.toFixed(1)} s`,
                whole(csv.lines / csv.seconds),
                megabytes(csv.before),
                megabytes(csv.most),
              ],
            ],
            note: 'One request with paginate=false; resident memory of the crossbar process, looked at every 20 ms.',
          },
        ],
        figures: [
          ...read.figures,
          {
            figure: `CSV of ${whole(csv.lines)} CDRs`,
            value: `${csv.seconds.toFixed(1)} s, ${megabytes(growth)} more memory`,
          },
        ],
      };
    } finally {
      await zone.stop();
    }
  },
};
