// `info`: the variables of the channel in the log of the switch.

import type { Application } from '../calls/contract.ts';

export const info: Application = {
  run({ channel }) {
    channel.core.log.info('channel', {
      uuid: channel.uuid,
      variables: Object.fromEntries(channel.variables),
    });
    return undefined;
  },
};
