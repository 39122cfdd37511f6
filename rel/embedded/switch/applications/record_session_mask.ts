// `record_session_mask FILE`: silence is recorded from here on.

import type { Application } from '../calls/contract.ts';
import { recordingPath } from '../calls/recording.ts';

export const recordSessionMask: Application = {
  run({ channel, args }) {
    channel.leg?.recordings.get(recordingPath(channel, args.trim()))?.mask(true);
    return undefined;
  },
};
