// `queue_dtmf DIGITS[@MILLISECONDS]`: digits as if the caller had pressed them; `w` waits half a second.

import type { Application } from '../calls/contract.ts';
import { pause } from '../calls/waits.ts';

export const queueDtmf: Application = {
  run({ channel, args, signal }) {
    const [digits = '', duration] = args.trim().split('@');
    const durationMs = Number(duration ?? 100);
    const press = async () => {
      for (const digit of digits) {
        if (/w/i.test(digit))
          await pause(digit === 'w' ? 500 : 1000, signal.aborted ? signal : channel.executor.interrupted);
        else channel.takeDigit({ digit, durationMs, via: 'api' });
      }
    };
    press().catch((error: unknown) =>
      channel.core.log.warn('digits not queued', { uuid: channel.uuid, error }),
    );
    return undefined;
  },
};
