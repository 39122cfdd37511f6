// `hangup [CAUSE]`: by name or by number.

import { findCause } from '../calls/causes.ts';
import type { Application } from '../calls/contract.ts';

export const hangup: Application = {
  run({ channel, args }) {
    channel.hangup(findCause(args) ?? 'NORMAL_CLEARING');
    return undefined;
  },
};
