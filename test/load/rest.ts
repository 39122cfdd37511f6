// The REST API: a document read over and over beside CouchDB's own GET and beside bare koa.
import { accountDatabase } from '../../core/couch/index.ts';
import type { Zone } from '../e2e/zone.ts';
import { median, milliseconds, spread, whole } from './numbers.ts';
import type { Bench, Figure, Table } from './outcome.ts';
import { type Store, withRestZone } from './rest-zone.ts';
import { startWorker, type Worker } from './worker.ts';
import type { HttpLoad, HttpRun } from './workers/http-requester.ts';

const inFlight = 32;
const requests = 4_000;
const rounds = 7;
/** To each first, until V8 has compiled what it runs: a request costs crossbar a third of what the first ones did. */
const before = 32_000;
const couchAim = 3;
const koaAim = 0.5;

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
  const run = (name: keyof Ways, count = requests) =>
    requester.ask<HttpRun>({ ...ways[name], requests: count, inFlight } satisfies HttpLoad);
  for (const name of names) await run(name, before);
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
      note: `${inFlight} in flight, ${rounds} rounds of ${whole(requests)} in turn, after ${whole(before)} to each, medians. crossbar checks the token, the rights and the bucket of every request, and reads through its cache.`,
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
    'REST: a document beside CouchDB (that of MIRLITON_COUCH=http://user:password@host:port) and bare koa',
  run: (progress) =>
    withRestZone(async (zone, store) => {
      progress(`${rounds} rounds of 3 × ${whole(requests)} requests, after ${whole(before)} to each`);
      const { table, figures } = readsTable(await reads(zone, store), store);
      return { tables: [table], figures };
    }),
};
