// `pre_answer`: opens the media before the answer (183).

import type { Application } from '../calls/contract.ts';

export const preAnswer: Application = {
  async run({ channel }) {
    if (!channel.answered && !channel.early) await channel.driver.progress();
    return undefined;
  },
};
