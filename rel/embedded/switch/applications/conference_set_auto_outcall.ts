// `conference_set_auto_outcall DIALSTRING`: whom the conference rings that this channel joins next; without one, nobody.

import type { Application } from '../calls/contract.ts';

export const conferenceSetAutoOutcall: Application = {
  run({ channel, args }) {
    if (args === '') channel.outcalls.length = 0;
    else channel.outcalls.push(args);
    return undefined;
  },
};
