// `play_and_get_digits MIN MAX TRIES TIMEOUT TERMINATORS FILE INVALID_FILE VAR REGEXP [DIGIT_TIMEOUT]`.

import { collectDigits } from '../calls/collect.ts';
import type { Application } from '../calls/contract.ts';
import { playPath } from '../calls/playback.ts';
import { splitArguments } from '../calls/route.ts';

export const playAndGetDigits: Application = {
  media: true,
  async run({ channel, args, signal }) {
    const [min = '1', max = '1', tries = '1', timeout = '5000', terminators = '#', ...rest] =
      splitArguments(args);
    const [prompt = '', invalid = '', variable = 'collected_digits', regex = '', digitTimeout] = rest;
    const valid = compile(regex);
    const least = Number(min);
    channel.set(variable, undefined);
    channel.set('read_terminator_used', undefined);
    for (let left = Math.max(Number(tries), 1); left > 0 && !signal.aborted; left -= 1) {
      const { digits, terminator } = await collectDigits({
        channel,
        signal,
        prompt,
        min: least,
        max: Number(max),
        timeoutMs: Number(timeout),
        digitTimeoutMs: digitTimeout ? Number(digitTimeout) : undefined,
        terminators,
      });
      channel.set('read_terminator_used', terminator);
      if (digits.length >= least && valid.test(digits)) {
        channel.set(variable, digits);
        channel.set('read_result', 'success');
        return undefined;
      }
      if (digits) channel.set(`${variable}_invalid`, digits);
      if (invalid && invalid !== 'silence' && !signal.aborted) await playPath(invalid, { channel, signal });
    }
    channel.set('read_result', 'failure');
    return undefined;
  },
};

/** An expression that cannot be compiled accepts nothing. */
function compile(regex: string): RegExp {
  try {
    return new RegExp(regex);
  } catch {
    return /(?!)/;
  }
}
