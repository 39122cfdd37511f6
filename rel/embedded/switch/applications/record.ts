// `record FILE [SECONDS [THRESHOLD [SILENCE_SECONDS]]]`: records what the caller says, until it stops or a key ends it.

import type { Application } from '../calls/contract.ts';
import { isTerminator } from '../calls/playback.ts';
import { startRecording } from '../calls/recording.ts';
import { splitArguments } from '../calls/route.ts';

export const record: Application = {
  media: true,
  async run({ channel, args, signal }) {
    const [path = '', limit = '0', threshold, hits = '3'] = splitArguments(args);
    const recording = await startRecording(channel, path, {
      sides: 'read',
      limitMs: Number(limit.replace('+', '')) * 1000,
      append: channel.isTrue('record_append') || channel.isTrue('RECORD_APPEND'),
      ...(threshold ? { silence: { threshold: Number(threshold), seconds: Number(hits) } } : {}),
    });
    channel.set('playback_terminator_used', undefined);
    const over = new AbortController();
    const ended = recording.finished.finally(() => over.abort());
    const stopped = AbortSignal.any([signal, over.signal]);
    for (;;) {
      const digit = await channel.digits.next(stopped);
      if (digit === undefined) break;
      if (!isTerminator(channel, digit)) continue;
      channel.set('playback_terminator_used', digit);
      break;
    }
    await recording.stop();
    const result = await ended;
    return result.reason === 'failed' ? `-ERR ${result.error?.message ?? 'recording failed'}` : undefined;
  },
};
