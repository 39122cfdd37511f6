// `flush_dtmf`: forgets the digits nobody has taken.

import type { Application } from '../calls/contract.ts';

export const flushDtmf: Application = {
  run({ channel }) {
    channel.digits.clear();
    return undefined;
  },
};
