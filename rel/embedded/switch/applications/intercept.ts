// `intercept [-bleg] UUID`: takes over a call; whoever it was joined with is hung up.

import { joinChannels } from '../calls/bridge.ts';
import type { Application } from '../calls/contract.ts';

export const intercept: Application = {
  media: true,
  run({ core, channel, args }) {
    const [, bleg, uuid = ''] = /^\s*(-bleg\s+)?(\S+)/.exec(args) ?? [];
    const named = core.channels.get(uuid);
    const target = bleg ? named?.other?.channel : named;
    if (!target || target.down || target === channel) return '-ERR no such channel';
    if (target.answered && channel.isTrue('intercept_unanswered_only')) return '-ERR channel is answered';
    if (target.bridgedTo && channel.isTrue('intercept_unbridged_only')) return '-ERR channel is bridged';
    const partner = target.bridgedTo ?? target.other?.channel;
    target.set('intercepted_by', channel.uuid);
    channel.publish('CUSTOM', [
      ['Event-Subclass', 'sofia::intercepted'],
      ['intercepted_by', channel.uuid],
    ]);
    // The application is over before the two are joined.
    channel.setState('CS_HIBERNATE');
    target.setState('CS_HIBERNATE');
    joinChannels(channel, target);
    partner?.hangup('PICKED_OFF');
    return undefined;
  },
};
