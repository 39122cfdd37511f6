// `ring_ready`: tells the caller that it rings (180).

import type { Application } from '../calls/contract.ts';

export const ringReady: Application = {
  run({ channel }) {
    if (!channel.answered) channel.driver.ring();
    return undefined;
  },
};
