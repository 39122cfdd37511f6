// `echo`: the caller hears itself.

import type { Application } from '../calls/contract.ts';
import { untilAborted } from '../calls/waits.ts';

export const echo: Application = {
  media: true,
  async run({ channel, signal }) {
    channel.leg?.echo(true);
    await untilAborted(signal);
    if (!channel.down) channel.leg?.echo(false);
    return undefined;
  },
};
