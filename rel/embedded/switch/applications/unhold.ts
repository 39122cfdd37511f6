// `unhold`: takes the far end off hold.

import type { Application } from '../calls/contract.ts';

export const unhold: Application = {
  async run({ channel }) {
    await channel.driver.hold?.(false);
    return undefined;
  },
};
