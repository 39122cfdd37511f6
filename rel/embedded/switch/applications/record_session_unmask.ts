// `record_session_unmask FILE`: the conversation is recorded again.

import type { Application } from '../calls/contract.ts';
import { recordingPath } from '../calls/recording.ts';

export const recordSessionUnmask: Application = {
  run({ channel, args }) {
    channel.leg?.recordings.get(recordingPath(channel, args.trim()))?.mask(false);
    return undefined;
  },
};
