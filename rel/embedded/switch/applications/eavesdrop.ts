// `eavesdrop UUID|all`: listens to a call; digit 2 speaks to the target, 3 to both, 0 only listens again.

import type { Channel } from '../calls/channel.ts';
import type { Application } from '../calls/contract.ts';

const MODES: Record<string, 'listen' | 'whisper' | 'full'> = { '0': 'listen', '2': 'whisper', '3': 'full' };

export const eavesdrop: Application = {
  media: true,
  async run({ core, channel, args, signal }) {
    const wanted = args.trim();
    const all = [...core.channels.values()].filter((each) => each !== channel && each.bridgedTo);
    const target: Channel | undefined = wanted === 'all' ? all[0] : core.channels.get(wanted);
    const { leg } = channel;
    if (!target?.leg || !leg || target === channel) return '-ERR no such channel';
    if (!channel.answered) await channel.driver.answer();
    leg.eavesdrop(target.leg, 'listen');
    const gone = new AbortController();
    target.once('hangup', () => gone.abort());
    const over = AbortSignal.any([signal, gone.signal]);
    for (;;) {
      const digit = await channel.digits.next(over);
      if (digit === undefined) break;
      const mode = MODES[digit];
      if (mode && !target.down) leg.eavesdrop(target.leg, mode);
    }
    if (!leg.closed && !target.leg.closed) leg.eavesdrop(target.leg, 'none');
    return undefined;
  },
};
