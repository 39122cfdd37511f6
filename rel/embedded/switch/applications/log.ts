// `log [LEVEL] TEXT`: a line in the log of the switch.

import type { Application } from '../calls/contract.ts';

export const log: Application = {
  run({ channel, args }) {
    channel.core.log.info(args, { uuid: channel.uuid });
    return undefined;
  },
};
