// `transfer [-bleg|-both] DESTINATION [DIALPLAN [CONTEXT]]`.

import type { Application } from '../calls/contract.ts';
import { findSteps, routeTo, splitArguments } from '../calls/route.ts';

export const transfer: Application = {
  run({ channel, args }) {
    const words = splitArguments(args);
    const which = /^-(bleg|both)$/.test(words[0] ?? '') ? words.shift() : undefined;
    const [destination = '', dialplan, context] = words;
    const steps = findSteps(destination, dialplan);
    const peers = which ? [channel.bridgedTo] : [];
    for (const each of which === '-bleg' ? peers : [channel, ...peers]) {
      if (!each) continue;
      if (context) each.profile.context = context;
      routeTo(each, destination, steps);
    }
    return undefined;
  },
};
