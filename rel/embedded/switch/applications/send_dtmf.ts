// `send_dtmf DIGITS[@MILLISECONDS]`: sends digits to the far end.

import type { Application } from '../calls/contract.ts';
import { untilAborted } from '../calls/waits.ts';

export const sendDtmf: Application = {
  media: true,
  async run({ channel, args, signal }) {
    const [digits = '', duration] = args.trim().split('@');
    const sending = channel.leg?.sendDtmf(digits, duration ? Number(duration) : undefined);
    await Promise.race([sending, untilAborted(signal)]);
    return undefined;
  },
};
