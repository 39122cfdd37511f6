// `read MIN MAX FILE VAR TIMEOUT TERMINATORS [DIGIT_TIMEOUT]`: plays a prompt and takes digits.

import { collectDigits } from '../calls/collect.ts';
import type { Application } from '../calls/contract.ts';
import { splitArguments } from '../calls/route.ts';

export const read: Application = {
  media: true,
  async run({ channel, args, signal }) {
    const words = splitArguments(args);
    const [min = '0', max = '128', prompt = '', variable = 'read_digits', timeout = '1000'] = words;
    const [terminators = '#', digitTimeout] = words.slice(5);
    const { digits, terminator } = await collectDigits({
      channel,
      signal,
      prompt,
      min: Number(min),
      max: Number(max),
      timeoutMs: Number(timeout),
      digitTimeoutMs: digitTimeout ? Number(digitTimeout) : undefined,
      terminators,
    });
    channel.set(variable, digits);
    channel.set('read_terminator_used', terminator);
    const enough = digits.length >= Number(min) && (digits !== '' || terminator !== undefined);
    channel.set('read_result', enough ? 'success' : signal.aborted ? 'failure' : 'timeout');
    return undefined;
  },
};
