// `sched_hangup [+]SECONDS UUID [CAUSE]`: hangs a channel up later.

import { findCause } from '../calls/causes.ts';
import { NO_CHANNEL, OK } from '../calls/channel-api.ts';
import type { Api } from '../calls/contract.ts';
import { MAX_TIMER_MS } from '../calls/waits.ts';

export const schedHangup: Api = ({ channels, timers }, args) => {
  const [when = '', uuid, named] = args.trim().split(/\s+/);
  if (!uuid) return '-USAGE: [+]<time> <uuid> [<cause>]\n';
  const channel = channels.get(uuid);
  if (!channel) return NO_CHANNEL;
  const ms = when.startsWith('+') ? Number(when) * 1000 : Number(when) * 1000 - Date.now();
  const timer = setTimeout(
    () => channel.hangup(findCause(named) ?? 'ALLOTTED_TIMEOUT'),
    Math.min(Math.max(ms || 0, 0), MAX_TIMER_MS),
  );
  timers.add(timer);
  channel.once('hangup', () => {
    clearTimeout(timer);
    timers.delete(timer);
  });
  return OK;
};
