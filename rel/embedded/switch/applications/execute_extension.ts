// `execute_extension DESTINATION [DIALPLAN]`: runs an extension and comes back; `inline` lists its applications.

import type { Application } from '../calls/contract.ts';
import { findSteps, splitArguments } from '../calls/route.ts';

export const executeExtension: Application = {
  async run({ channel, args, signal }) {
    const [destination = '', dialplan] = splitArguments(args);
    for (const step of findSteps(destination, dialplan)) {
      if (signal.aborted) break;
      await channel.executor.nest(step);
    }
    return undefined;
  },
};
