// `loop_playback [+TIMES] PATH`: plays a file so many times, for ever without a number.

import type { Application } from '../calls/contract.ts';
import { playPath } from '../calls/playback.ts';

export const loopPlayback: Application = {
  media: true,
  run({ channel, args, signal }) {
    const [, times, path = ''] = /^\s*(?:\+(-?\d+)\s+)?(.*)$/s.exec(args) ?? [];
    return playPath(path.trim(), { channel, signal, loops: Math.max(Number(times ?? 0), 0) });
  },
};
