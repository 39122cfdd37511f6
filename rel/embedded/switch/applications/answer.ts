// `answer`: takes the call (200).

import type { Application } from '../calls/contract.ts';

export const answer: Application = {
  async run({ channel }) {
    if (!channel.answered) await channel.driver.answer();
    return undefined;
  },
};
