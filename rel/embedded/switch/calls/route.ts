// Where a channel goes next: a list of applications, as the dialplan of the switch or an inline one gives it.

import type { Channel } from './channel.ts';
import { splitOutside } from './dialstring.ts';
import type { Step } from './executor.ts';
import { nowMicros } from './profile.ts';

/** The whole dialplan of the embedded switch: every call waits for its controller. */
export const PARK: readonly Step[] = [{ name: 'park', args: '' }];

/** Sends a channel to a new destination; whatever it does now ends. */
export function routeTo(channel: Channel, destination: string, steps: readonly Step[]): void {
  channel.profile.destinationNumber = destination;
  const { uuid, context } = channel.profile;
  const plan = steps === PARK ? 'XML' : 'inline';
  const seconds = Math.floor(Date.now() / 1000);
  channel.profile.transferSource = `${seconds}:${uuid}:bl_xfer:${destination}/${context}/${plan}`;
  channel.profile.times.transferred = nowMicros();
  channel.profile.times.profileCreated = nowMicros();
  channel.executor.transfer(steps);
}

/** `app:args,app:args`, or with another separator than the comma `m:^:app:args^app:args`. */
export function parseInline(text: string): Step[] {
  const chosen = /^m:(.):/.exec(text);
  const parts = splitOutside(chosen ? text.slice(4) : text, chosen?.[1] ?? ',', "'");
  return parts.map((part) => {
    const [, name = '', args = ''] = /^\s*([^:]+)(?::(.*))?$/s.exec(part) ?? [];
    return { name: name.trim(), args: args.replace(/^'(.*)'$/s, '$1') };
  });
}

/** The applications for `<destination> [dialplan] [context]`; only `inline` is not parked. */
export function findSteps(destination: string, dialplan: string | undefined): readonly Step[] {
  return dialplan?.toLowerCase() === 'inline' ? parseInline(destination) : PARK;
}

/** Splits arguments at blanks, keeping what stands in single quotes whole. */
export function splitArguments(text: string): string[] {
  return [...text.matchAll(/'((?:[^'\\]|\\.)*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
}
