// `privacy full|name|number|no`: what outgoing legs hide of the caller.

import type { Application } from '../calls/contract.ts';

export const privacy: Application = {
  run({ channel, args }) {
    channel.set('privacy', args.trim());
    return undefined;
  },
};
