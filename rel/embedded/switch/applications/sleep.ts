// `sleep MILLISECONDS`.

import type { Application } from '../calls/contract.ts';
import { pause } from '../calls/waits.ts';

export const sleep: Application = {
  async run({ args, signal }) {
    await pause(Math.max(Number.parseInt(args, 10) || 0, 0), signal);
    return undefined;
  },
};
