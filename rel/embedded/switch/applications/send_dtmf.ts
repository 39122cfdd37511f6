// `send_dtmf DIGITS[@MILLISECONDS]`: sends digits to the far end.

import type { Application } from '../calls/contract.ts';

export const sendDtmf: Application = {
  media: true,
  async run({ channel, args }) {
    const [digits = '', duration] = args.trim().split('@');
    await channel.leg?.sendDtmf(digits, duration ? Number(duration) : undefined);
    return undefined;
  },
};
