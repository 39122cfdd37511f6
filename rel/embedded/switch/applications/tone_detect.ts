// `tone_detect KEY FREQS [r|w [+TIMEOUT [APP [DATA [HITS]]]]]`: listens for a tone while the call goes on.

import type { Application } from '../calls/contract.ts';
import { splitArguments } from '../calls/route.ts';

const DEFAULT_MS = 86_400_000;

export const toneDetect: Application = {
  media: true,
  run({ channel, args }) {
    const [key = '', freqs = '', side = 'r', timeout = '', app = '', data = '', hits = '1'] =
      splitArguments(args);
    const { leg } = channel;
    if (!leg) return '-ERR no media';
    const after = Number(timeout.replace('+', ''));
    const detecting = leg.detectTone(
      {
        frequencies: freqs.split(',').map(Number),
        side: side.includes('w') ? 'write' : 'read',
        hits: Math.max(Number(hits) || 1, 1) * 4,
      },
      after > 0 ? after : DEFAULT_MS,
    );
    detecting.then(
      (heard) => {
        if (!heard || channel.down || channel.find('stop_tone_detect')) return;
        channel.publish('DETECTED_TONE', [['Detected-Tone', key]]);
        if (app)
          channel.executor.deliver({
            kind: 'execute',
            step: { name: app, args: data },
            loops: 1,
            lock: false,
          });
      },
      (error: unknown) => channel.core.log.warn('tone detection failed', { uuid: channel.uuid, error }),
    );
    channel.set('stop_tone_detect', undefined);
    return undefined;
  },
};
