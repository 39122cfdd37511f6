// Collects digits after a prompt, for `play_and_get_digits` and `read`.

import type { Channel } from './channel.ts';
import { playPath } from './playback.ts';
import { MAX_TIMER_MS } from './waits.ts';

export interface CollectRequest {
  channel: Channel;
  signal: AbortSignal;
  /** Nothing is played when empty or `silence`. */
  prompt: string;
  min: number;
  max: number;
  /** To the first digit after the prompt, and between digits unless `digitTimeoutMs` is given. */
  timeoutMs: number;
  digitTimeoutMs?: number | undefined;
  terminators: string;
}

/** The digits, and the terminator that ended them; too few digits are for the caller to judge. */
export async function collectDigits(
  request: CollectRequest,
): Promise<{ digits: string; terminator?: string }> {
  const { channel, signal, prompt, max, timeoutMs, digitTimeoutMs = timeoutMs } = request;
  const endsIt = (digit: string) =>
    !/^none$/i.test(request.terminators) && request.terminators.includes(digit);
  let digits = '';
  let terminator: string | undefined;
  const take = (digit: string) => {
    if (endsIt(digit)) terminator = digit;
    else digits += digit;
    return true;
  };
  if (prompt && prompt !== 'silence') await playPath(prompt, { channel, signal, onDigit: take });
  while (terminator === undefined && digits.length < max && !signal.aborted) {
    const limit = AbortSignal.any([
      signal,
      AbortSignal.timeout(patience(digits ? digitTimeoutMs : timeoutMs)),
    ]);
    const digit = await channel.digits.next(limit);
    if (digit === undefined) break;
    take(digit);
  }
  return terminator === undefined ? { digits } : { digits, terminator };
}

/** What was written may be no number, or more than a timer can hold. */
function patience(ms: number): number {
  return ms >= 0 ? Math.min(ms, MAX_TIMER_MS) : 0;
}
