// `multiset A=1 B=2`, or with a separator of one's own: `multiset ^^;A=1;B=2`.

import type { Application } from '../calls/contract.ts';
import { splitOutside } from '../calls/dialstring.ts';
import { assign } from './set.ts';

export const multiset: Application = {
  run({ channel, args }) {
    const chosen = /^\^\^(.)/.exec(args);
    const separator = chosen?.[1] ?? ' ';
    for (const pair of splitOutside(chosen ? args.slice(3) : args, separator, "'"))
      assign(channel, pair.replaceAll(`\\${separator}`, separator));
    return undefined;
  },
};
