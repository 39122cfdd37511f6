// `uuid_transfer UUID [-bleg|-both] DESTINATION [DIALPLAN [CONTEXT]]`; dialplan `inline` lists applications.

import { channelApi, OK } from '../calls/channel-api.ts';
import { findSteps, routeTo, splitArguments } from '../calls/route.ts';

export const uuidTransfer = channelApi(({ channel, rest }) => {
  const words = splitArguments(rest);
  const which = /^-(bleg|both)$/.test(words[0] ?? '') ? words.shift() : undefined;
  const [destination, dialplan, context] = words;
  if (!destination) return '-USAGE: <uuid> [-bleg|-both] <dest-exten> [<dialplan>] [<context>]\n';
  const steps = findSteps(destination, dialplan);
  const peer = channel.bridgedTo;
  const moved = which === '-bleg' ? [peer] : which === '-both' ? [channel, peer] : [channel];
  // Both are told before either bridge side wakes up: a leg that is sent elsewhere is not hung up by the other.
  for (const each of moved) {
    if (!each) continue;
    if (context) each.profile.context = context;
    routeTo(each, destination, steps);
  }
  return OK;
});
