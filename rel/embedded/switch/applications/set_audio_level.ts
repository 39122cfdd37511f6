// `set_audio_level read|write STEPS`: louder or softer, in steps of 3 dB from -4 to 4.

import type { Application } from '../calls/contract.ts';

export const setAudioLevel: Application = {
  media: true,
  run({ channel, args }) {
    const [side, level] = args.trim().split(/\s+/);
    const steps = Math.max(-4, Math.min(4, Number(level) || 0));
    if (side === 'read' || side === 'write') channel.leg?.setAudioLevel(side, steps);
    return undefined;
  },
};
