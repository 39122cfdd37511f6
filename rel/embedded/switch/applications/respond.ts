// `respond CODE [REASON]`: refuses the call with a status of one's own choice.

import { statusToCause } from '../calls/causes.ts';
import type { Application } from '../calls/contract.ts';

export const respond: Application = {
  run({ channel, args }) {
    const [, code, reason] = /^\s*(\d{3})(?:\s+(.*))?$/s.exec(args) ?? [];
    const status = Number(code);
    if (!(status >= 300 && status < 700)) return '-ERR a status from 300 to 699 is wanted';
    channel.driver.respond?.(status, reason);
    channel.hangup(statusToCause(status));
    return undefined;
  },
};
