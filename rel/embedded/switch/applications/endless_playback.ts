// `endless_playback PATH`: plays a file over and over until something else happens to the call.

import type { Application } from '../calls/contract.ts';
import { playPath } from '../calls/playback.ts';

export const endlessPlayback: Application = {
  media: true,
  async run({ channel, args, signal }) {
    let response = 'FILE PLAYED';
    while (!signal.aborted && response === 'FILE PLAYED') {
      response = await playPath(args.trim(), { channel, signal, loops: 0, onDigit: () => false });
    }
    return response;
  },
};
