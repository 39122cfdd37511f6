// `record_session_mask FILE`: silence is recorded from here on.

import type { Application } from '../calls/contract.ts';
import { filePath } from '../calls/recording.ts';

export const recordSessionMask: Application = {
  run({ channel, args }) {
    channel.leg?.recordings.get(filePath(channel, args.trim()))?.mask(true);
    return undefined;
  },
};
