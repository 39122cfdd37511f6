// Collecting digits: by RFC 4733, INFO or in-band, they all arrive as DTMF events.
import type { Call } from './call.ts';

export interface CollectOptions {
  readonly maxDigits: number;
  /** Milliseconds until the first digit. */
  readonly timeout: number;
  /** Milliseconds between digits. */
  readonly interdigitTimeout: number;
  /** Keys that end the collection; the key itself is not part of the result. */
  readonly terminators?: readonly string[];
  /** What plays meanwhile; the first digit stops it, and the first-digit timeout begins at its end. */
  readonly media?: string;
  /** Told of the digits so far while more are awaited: what `begin` is to be when the collection is repeated. */
  readonly onDigits?: (digits: string) => void;
  /** Digits that were collected before: nothing is played then. */
  readonly begin?: string;
}

/** The digits, `''` when there were none in time. `terminator` is the key that ended it. */
export interface Collected {
  readonly digits: string;
  readonly terminator?: string;
}

/** Plays `media`, if any, and collects. Digits pressed while it plays count, the one that stopped it included. */
export async function collectDigits(call: Call, options: CollectOptions): Promise<Collected> {
  const terminators = options.terminators ?? ['#'];
  let digits = options.begin ?? '';
  let wait = digits === '' ? options.timeout : options.interdigitTimeout;
  // Who has pressed a key already does not wait for the end of what is played.
  if (options.media !== undefined && digits === '' && !call.digitsWait)
    await playUntilDigit(call, options.media);
  while (digits.length < options.maxDigits) {
    const digit = await call.nextDigit(wait);
    if (digit === undefined) break;
    if (terminators.includes(digit)) return { digits, terminator: digit };
    digits += digit;
    wait = options.interdigitTimeout;
    if (digits.length < options.maxDigits) options.onDigits?.(digits);
  }
  return { digits };
}

const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];

// The digit that stops the media arrives as a DTMF event too, so it is left to the queue of digits.
async function playUntilDigit(call: Call, media: string): Promise<void> {
  await call.execute('play', { 'Media-Name': media, Terminators: keys });
}
