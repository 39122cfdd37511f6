// `loop_playback [+TIMES] PATH`: plays a file so many times, for ever without a number.

import type { Application } from '../calls/contract.ts';
import { playPath } from '../calls/playback.ts';

export const loopPlayback: Application = {
  media: true,
  async run({ channel, args, signal }) {
    const [, times, path = ''] = /^\s*(?:\+(-?\d+)\s+)?(.*)$/s.exec(args) ?? [];
    let response = 'FILE PLAYED';
    for (let left = Number(times ?? -1); left !== 0 && !signal.aborted; left -= 1) {
      response = await playPath(path.trim(), { channel, signal });
      if (response !== 'FILE PLAYED') break;
    }
    return response;
  },
};
