// `record_session_unmask FILE`: the conversation is recorded again.

import type { Application } from '../calls/contract.ts';
import { filePath } from '../calls/recording.ts';

export const recordSessionUnmask: Application = {
  run({ channel, args }) {
    channel.leg?.recordings.get(filePath(channel, args.trim()))?.mask(false);
    return undefined;
  },
};
