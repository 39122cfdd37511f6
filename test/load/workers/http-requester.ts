// Sends the same GET over and over on connections that stay open, so many at once: `http-requester.js`.
import { Agent, request } from 'node:http';
import { serve } from './parent.ts';

export interface HttpLoad {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly requests: number;
  readonly inFlight: number;
}

export interface HttpRun {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Of one answer. */
  readonly bytes: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Resolves with the length of the body; rejects when the answer is no 200. */
function get({ url, headers }: HttpLoad): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, headers }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.once('end', () => {
        if (response.statusCode === 200) resolve(bytes);
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
    });
    sent.once('error', reject).end();
  });
}

async function run(load: HttpLoad): Promise<HttpRun> {
  const { requests, inFlight } = load;
  const times = new Float64Array(requests);
  let [next, bytes] = [0, 0];
  const caller = async (): Promise<void> => {
    for (let at = next++; at < requests; at = next++) {
      const start = performance.now();
      bytes = await get(load);
      times[at] = performance.now() - start;
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: inFlight }, caller));
  const seconds = (performance.now() - start) / 1000;
  times.sort();
  const at = (share: number): number => times[Math.floor(share * requests)] ?? 0;
  return { perSecond: requests / seconds, p50: at(0.5), p99: at(0.99), bytes };
}

serve(run);
