// `stop_record_session FILE|all`.

import type { Application } from '../calls/contract.ts';
import { filePath } from '../calls/recording.ts';

export const stopRecordSession: Application = {
  async run({ channel, args }) {
    const path = filePath(channel, args.trim());
    for (const recording of [...(channel.leg?.recordings.values() ?? [])]) {
      if (args.trim() === 'all' || recording.path === path) await recording.stop();
    }
    return undefined;
  },
};
