// `unset NAME`.

import type { Application } from '../calls/contract.ts';

export const unset: Application = {
  run({ channel, args }) {
    channel.set(args.trim(), undefined);
    return undefined;
  },
};
