// Replaces (RFC 3891): a call that comes in to take the place of one that is here, and one that goes out to do so on another switch.
import type { SipRequest } from '../../../sip/stack/index.ts';
import { Channel } from '../channel.ts';
import type { SwitchCore } from '../contract.ts';
import type { Step } from '../executor.ts';
import { ringTogether } from '../legs.ts';
import { PROFILE_NAME, type SipCall } from './contract.ts';

// Seconds; the other switch answers at once or not at all.
const patience = 60;

/** The channel that `Replaces` names, whichever side names it; undefined when it is not on this switch. */
export const findReplaced = (core: SwitchCore, replaces: string | undefined): Channel | undefined =>
  core.channels.get(replaces?.split(';')[0]?.trim() ?? '');

/** What a call does that has come to take the place of another: whom that talks to talks to it. Undefined for any other call. */
export function placeTaken(channel: Channel, request: SipRequest): readonly Step[] | undefined {
  const replaces = request.headers.get('replaces');
  channel.set('sip_replaces_call_id', replaces?.split(';')[0]);
  const replaced = findReplaced(channel.core, replaces);
  const party = replaced?.bridgedTo;
  if (!replaced || !party) return undefined;
  replaced.publish('CUSTOM', [
    ['Event-Subclass', 'sofia::intercepted'],
    ['intercepted_by', channel.uuid],
  ]);
  return [
    { name: 'answer', args: '' },
    { name: 'intercept', args: party.uuid },
  ];
}

/** Calls the switch at `place`, which has the transferor's second call, to take its place there. Resolves with the leg; with undefined when that is refused. */
export async function takePlaceElsewhere(
  { channel }: SipCall,
  peer: Channel,
  place: string | undefined,
  replaces: string,
): Promise<Channel | undefined> {
  if (place === undefined) return undefined;
  const { core, profile } = channel;
  const leg = {
    endpoint: `sofia/${PROFILE_NAME}/sip:transfer@${place}`,
    variables: new Map([
      ['sip_h_Replaces', replaces],
      ['sip_h_X-FS-Refer-From', channel.uuid],
      ['sip_h_X-FS-Refer-For', peer.uuid],
      ['origination_caller_id_number', profile.callerIdNumber],
      ['origination_caller_id_name', profile.callerIdName],
    ]),
  };
  const joined = await ringTogether([leg], {
    core,
    originator: undefined,
    variables: new Map([['ignore_early_media', 'true']]),
    signal: AbortSignal.timeout(patience * 1000),
    givenUp: () => 'NO_ANSWER',
    onRinging: () => undefined,
  });
  if (!(joined instanceof Channel)) return undefined;
  if (!channel.down && !peer.down) return joined;
  joined.hangup('ORIGINATOR_CANCEL');
  return undefined;
}
