// A call whose other half lives on another switch: a leg goes there and does what the caller wanted, and the two are bridged.
import { randomUUID } from 'node:crypto';
import { legVars } from '../commands/bridge.ts';
import type { ControlledCall, told } from '../control/call.ts';
import { profile } from '../dial/destination.ts';
import { handedDown } from '../dial/string.ts';
import { sipHost, sipUser, variableList } from '../freeswitch/index.ts';
import { asChannelVariables, asSwitchHeaders, type Vars } from '../variables.ts';
import { jobKey } from './arrival.ts';
import type { Place } from './places.ts';

/** The fields of the command that the leg is to run there. */
export type Job = Vars & { readonly 'Application-Name': 'call_pickup' | 'conference' | 'eavesdrop' };

// The leg answers when it has found what it came for.
const timeout = 20;

/**
 * Bridges the call to a leg on the other switch, which runs the job. Resolves when the two part. The bridge is one like any
 * other: it is awaited, broken off and taken over by the same rules.
 */
export function moveTo(
  call: ControlledCall,
  command: { readonly 'Msg-ID': string },
  place: Exclude<Place, 'here'>,
  job: Job,
): Promise<typeof told> {
  const { channel } = call;
  const known = Object.entries(channel.vars).filter(([key]) => handedDown.includes(key));
  const leg = variableList({
    ...asChannelVariables(legVars(call)),
    ...asSwitchHeaders({
      'Call-Interaction-ID': channel.get('Call-Interaction-ID'),
      ...Object.fromEntries(known),
      [jobKey]: job,
    }),
    // Both switches name a leg by its Call-ID: this one is two legs, of two records.
    sip_invite_call_id: randomUUID(),
  });
  const whole = variableList({
    originate_timeout: timeout,
    media_mix_inbound_outbound_codecs: 'true',
    // Any application makes the other switch send 183; only the answer says that the job is done.
    ignore_early_media: 'true',
  });
  const number = sipUser(channel.destination === '' ? 'moved' : channel.destination);
  const target = `sofia/${profile}/${number}@${sipHost(place.address)}`;
  return call.execute(command, 'bridge', `{${whole}}[${leg}]${target}`);
}
