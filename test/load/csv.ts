// All CDRs of a month over REST as CSV: how long it takes, and what memory crossbar takes meanwhile.
import { gregorian, monthDatabase, monthOf } from '../../core/couch/index.ts';
import type { Zone } from '../e2e/zone.ts';
import { megabytes, whole } from './numbers.ts';
import type { Bench } from './outcome.ts';
import { residentOf } from './processor.ts';
import { type Store, withRestZone } from './rest-zone.ts';

const rows = 100_000;
const batch = 5_000;

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

async function measured(zone: Zone, store: Store, progress: (line: string) => void): Promise<Csv> {
  const pid = zone.running('crossbar')[0]?.pid;
  if (pid === undefined) throw new Error('there is no crossbar');
  // The first one makes the database of the month.
  await zone.rest.get('cdrs');
  progress(`${whole(rows)} CDRs are written`);
  await fill(zone, store);
  progress('their view is built');
  await zone.rest.send('GET', 'cdrs?page_size=1').catch(() => undefined);
  return csvOf(zone, pid);
}

export const csv: Bench = {
  name: 'csv',
  about: 'REST: a CSV of 100,000 CDRs, from CouchDB with MIRLITON_COUCH=http://user:password@host:port',
  run: async (progress) => {
    const found = await withRestZone((zone, store) => measured(zone, store, progress));
    return {
      tables: [
        {
          title: 'All CDRs of a month as CSV',
          columns: ['rows', 'size', 'time', 'rows/s', 'crossbar before', 'at most'],
          rows: [
            [
              whole(found.lines),
              megabytes(found.bytes),
              `${found.seconds.toFixed(1)} s`,
              whole(found.lines / found.seconds),
              megabytes(found.before),
              megabytes(found.most),
            ],
          ],
          note: 'One request with paginate=false; resident memory of the crossbar process, looked at every 20 ms.',
        },
      ],
      figures: [
        {
          figure: `CSV of ${whole(found.lines)} CDRs`,
          value: `${found.seconds.toFixed(1)} s, ${megabytes(found.most - found.before)} more memory`,
        },
      ],
    };
  },
};
