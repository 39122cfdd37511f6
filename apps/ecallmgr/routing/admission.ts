// Who a new leg belongs to: the headers of the edge, or the variables that a leg of ours brought along.
import { randomBytes } from 'node:crypto';
import { gregorian } from '../../../core/couch/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { handedDown } from '../dial/string.ts';
import { callIdOf, type SwitchEvent, variable } from '../freeswitch/index.ts';
import { channelVarsOf, switchHeadersOf, type Vars } from '../variables.ts';
import type { Callers } from './callers.ts';
import type { Edges } from './edges.ts';

/**
 * The channel variables of a leg that has just come in; rejects with `forbidden` when it may not call. Its switch may have
 * made it by itself for another one; `varsOf` has the variables of its other legs.
 */
export async function admit(
  event: SwitchEvent,
  soughtFor: string | undefined,
  varsOf: (callId: string) => Vars | undefined,
  { callers, edges }: { readonly callers: Callers; readonly edges: Edges },
): Promise<Vars> {
  const behind = (callId: string): Vars => {
    const vars = Object.entries(varsOf(callId) ?? {});
    return Object.fromEntries(vars.filter(([key]) => handedDown.includes(key)));
  };
  const inherited = channelVarsOf(event);
  // Loopback and forwarded legs are made by us: what they carry was decided when their call came in.
  if (!cameBySip(event)) return withInteraction(inherited);
  if (event['Call-Direction'] !== 'inbound')
    return withInteraction({ ...behind(soughtFor ?? ''), ...inherited });
  const peer = variable(event, 'sip_network_ip') ?? event['Caller-Network-Addr'];
  if (!edges.trusts(peer))
    throw new AppError('forbidden', {
      message: `${peer ?? 'an unknown address'} is neither an edge nor a switch of this cluster`,
    });
  // Another switch has sent it on, and knows who it is: an edge lets no such header in.
  const moved = switchHeadersOf(event);
  if (Object.keys(moved).length > 0) return withInteraction(moved);
  const token = variable(event, 'sip_h_X-AUTH-Token');
  if (token !== undefined) return withInteraction(await callers.resolve(token, tokenRequest(event)));
  // The other end of a leg that was made so: of the account whose call it replaces.
  const replaced = variable(event, 'sip_replaces_call_id');
  if (replaced !== undefined && !varsOf(replaced))
    throw new AppError('forbidden', { message: `the call ${replaced} that is to be replaced is not here` });
  return withInteraction(behind(replaced ?? ''));
}

/** True for a channel of a SIP profile, false for loopback. */
export const cameBySip = (event: SwitchEvent): boolean => (event['Channel-Name'] ?? '').startsWith('sofia/');

function tokenRequest(event: SwitchEvent) {
  const from = variable(event, 'sip_from_uri') ?? '';
  return {
    'Auth-Realm': variable(event, 'sip_h_X-AUTH-URI-Realm') ?? variable(event, 'sip_from_host') ?? 'nodomain',
    'Call-ID': callIdOf(event),
    From: from,
    To: variable(event, 'sip_to_uri') ?? from,
    'Orig-IP': variable(event, 'sip_h_X-AUTH-IP'),
    'Orig-Port': variable(event, 'sip_h_X-AUTH-PORT'),
    'User-Agent': variable(event, 'sip_user_agent'),
    'Switch-Hostname': event['FreeSWITCH-Hostname'],
  };
}

/** All legs of one conversation share a Call-Interaction-ID, `<Gregorian seconds>-<8 hex>`. */
function withInteraction(vars: Vars): Vars {
  return { 'Call-Interaction-ID': `${gregorian()}-${randomBytes(4).toString('hex')}`, ...vars };
}
