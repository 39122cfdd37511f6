// `playback PATH`: plays a file or a stream once.

import type { Application } from '../calls/contract.ts';
import { playPath } from '../calls/playback.ts';

export const playback: Application = {
  media: true,
  run: ({ channel, args, signal }) => playPath(args.trim(), { channel, signal }),
};
