// `break`: nothing plays any more.

import type { Application } from '../calls/contract.ts';

export const breakPlayback: Application = {
  run({ channel }) {
    channel.leg?.stopPlay();
    return undefined;
  },
};
