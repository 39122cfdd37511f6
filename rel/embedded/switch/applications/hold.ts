// `hold`: puts the far end on hold by a re-INVITE.

import type { Application } from '../calls/contract.ts';

export const hold: Application = {
  async run({ channel }) {
    await channel.driver.hold?.(true);
    return undefined;
  },
};
