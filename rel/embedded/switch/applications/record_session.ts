// `record_session FILE [+SECONDS]`: records both sides while the call goes on.

import type { Application } from '../calls/contract.ts';
import { sessionOptions, startRecording } from '../calls/recording.ts';
import { splitArguments } from '../calls/route.ts';

export const recordSession: Application = {
  media: true,
  async run({ channel, args }) {
    const [path = '', limit = '0'] = splitArguments(args);
    await startRecording(channel, path, sessionOptions(channel, Number(limit.replace('+', '')) || 0));
    return undefined;
  },
};
