// How soon calls ring, as SIPp saw it, and the highest rate at which they still ring soon.
import { milliseconds, quantile } from './numbers.ts';
import type { CrowdResult } from './sipp.ts';

export interface Ringing {
  /** Milliseconds from the first INVITE, which may be challenged, to 180. */
  readonly whole: readonly number[];
  /** The same from the last INVITE, which has credentials where some are asked for. */
  readonly authorised: readonly number[];
  /** Messages that came or went more than once. */
  readonly repeated: number;
}

/** A rate is usable when 99 of 100 calls ring within this, no message is sent twice, and no call fails. */
export const limit = 250;
export const usableWhen = `Usable: p99 to 180 under ${limit} ms, nothing sent twice, none failed.`;

export function ringing({ seen, retransmissions }: CrowdResult): Ringing {
  const first = new Map<string, number>();
  const last = new Map<string, { readonly cseq: string; readonly at: number }>();
  const rung = new Map<string, number>();
  const times = new Map<string, number>();
  for (const { at, way, callId, cseq, first: line } of seen) {
    const key = `${way} ${callId} ${cseq} ${line}`;
    times.set(key, (times.get(key) ?? 0) + 1);
    if (way === 'S' && line.startsWith('INVITE')) {
      if (!first.has(callId)) first.set(callId, at);
      if (last.get(callId)?.cseq !== cseq) last.set(callId, { cseq, at });
    }
    if (way === 'R' && line.startsWith('SIP/2.0 180') && !rung.has(callId)) rung.set(callId, at);
  }
  const since = (start: (callId: string) => number | undefined) =>
    [...rung].map(([callId, at]) => at - (start(callId) ?? Number.NaN));
  const repeats = [...times.values()].reduce((sum, count) => sum + count - 1, 0);
  return {
    whole: since((callId) => first.get(callId)),
    authorised: since((callId) => last.get(callId)?.at),
    repeated: Math.max(retransmissions, repeats),
  };
}

export const p50 = (values: readonly number[]): string => milliseconds(quantile(values, 0.5));
export const p99 = (values: readonly number[]): string => milliseconds(quantile(values, 0.99));

export const rampColumns = [
  ...['rate', 'calls', 'p50 to 180', 'p99 to 180', 'repeated messages', 'failed', 'cpu per call', 'usable'],
] as const;

/** Calls at one rate, and the seconds of processor time that they took. */
export type Attempt = (
  rate: number,
  count: number,
) => Promise<{ readonly cpu: number; readonly result: CrowdResult }>;

/** Whether calls at this rate ring soon enough, and the row for the table. */
async function attempt(rate: number, seconds: number, run: Attempt) {
  const count = rate * seconds;
  const { cpu, result } = await run(rate, count);
  const { whole, repeated } = ringing(result);
  const good =
    result.failed === 0 && repeated === 0 && whole.length === count && quantile(whole, 0.99) < limit;
  const row = [
    ...[`${rate}/s`, String(count), p50(whole), p99(whole), String(repeated), String(result.failed)],
    ...[milliseconds((cpu / count) * 1000), good ? 'yes' : 'NO'],
  ];
  return { row, good };
}

/**
 * The highest rate that is usable, found by doubling `from` up to `most` and then halving the gap until it is a tenth. A rate
 * that is too much is tried twice: something else may have wanted the machine.
 */
export async function climb(
  { from, most, seconds }: { readonly from: number; readonly most: number; readonly seconds: number },
  run: Attempt,
): Promise<{ readonly rows: string[][]; readonly usable: number }> {
  const rows: string[][] = [];
  const isGood = async (rate: number): Promise<boolean> => {
    for (const _try of [1, 2]) {
      const { row, good } = await attempt(rate, seconds, run);
      rows.push(row);
      if (good) return true;
    }
    return false;
  };
  let [usable, tooMuch] = [0, most * 2];
  for (let rate = from; rate <= most && tooMuch > most; rate *= 2)
    if (await isGood(rate)) usable = rate;
    else tooMuch = rate;
  while (tooMuch <= most && tooMuch - usable > Math.max(2, usable / 10)) {
    const rate = Math.round((usable + tooMuch) / 2);
    if (await isGood(rate)) usable = rate;
    else tooMuch = rate;
  }
  return { rows, usable };
}
