// Phones that a conference rings because somebody joined it: who answers is in.

import { Channel } from './channel.ts';
import type { Conference } from './conference.ts';
import type { SwitchCore } from './contract.ts';
import { originate } from './originate.ts';

export interface Outcalls {
  readonly core: SwitchCore;
  /** Who joined; what is said of the calls stands in its variables. */
  readonly channel: Channel;
  readonly conference: Conference;
  readonly dialStrings: readonly string[];
  /** Nobody is waited for any more. */
  readonly signal: AbortSignal;
}

/** Rings all at once and returns at once. */
export function callOut(outcalls: Outcalls): void {
  for (const dialString of outcalls.dialStrings) void callOne(outcalls, dialString);
}

async function callOne({ core, channel, conference, signal }: Outcalls, dialString: string): Promise<void> {
  const setting = (name: string): string | undefined => channel.find(`conference_auto_outcall_${name}`);
  const caller = [
    `origination_caller_id_name='${setting('caller_id_name') ?? ''}'`,
    `origination_caller_id_number='${setting('caller_id_number') ?? ''}'`,
  ];
  const answered = await originate(core, { dialString: `{${caller.join(',')}}${dialString}`, signal });
  if (!(answered instanceof Channel)) return;
  if (core.conferences.get(conference.name) !== conference) {
    answered.hangup('NO_ROUTE_DESTINATION');
    return;
  }
  const flags = channel.find('conference_utils_auto_outcall_flags') ?? 'none';
  const profile = setting('profile') ?? conference.profile;
  const more = flags === 'none' ? '' : `+flags{${flags}}`;
  answered.executor.transfer([{ name: 'conference', args: `${conference.name}@${profile}${more}` }]);
}
