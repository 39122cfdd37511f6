// The route request of a parked call (contract/kapi.md, kapi_route).
import type { MessageFields } from '../../../core/contract/index.ts';
import type { routeReq } from '../../../core/messages/route.ts';
import type { Channel } from '../channel.ts';
import { addressFields } from '../events/fields.ts';
import { type SwitchEvent, variable } from '../freeswitch/index.ts';
import { applicationVarsOf, orAbsent, sipHeadersOf } from '../variables.ts';

export function routeRequest(
  channel: Channel,
  event: SwitchEvent,
  switchName: string,
): MessageFields<typeof routeReq> {
  const { To, From, Request } = addressFields(event);
  const user = channel.transferred ? undefined : variable(event, 'sip_h_X-AUTH-URI-User');
  const realm = channel.transferred ? undefined : variable(event, 'sip_h_X-AUTH-URI-Realm');
  const dialled = `${channel.destination}@${channel.get('Realm') ?? channel.get('Account-Realm') ?? 'nodomain'}`;
  // The addresses of a leg that was transferred are those of the phone that was rung.
  const asked = channel.transferred ? dialled : (Request ?? To ?? dialled);
  const [askedUser, askedRealm] = asked.split('@');
  return {
    'Call-ID': channel.callId,
    From: From ?? `${channel.callerIdNumber}@${channel.get('Realm') ?? 'nodomain'}`,
    To: To ?? asked,
    Request: `${user ?? askedUser ?? ''}@${withoutPort(realm ?? askedRealm ?? 'nodomain')}`,
    'Call-Direction': channel.direction,
    'Caller-ID-Name': channel.callerIdName,
    'Caller-ID-Number': channel.callerIdNumber,
    'Destination-Number': channel.destination,
    Context: event['Caller-Context'],
    'From-Tag': channel.fromTag,
    'From-Network-Addr': variable(event, 'sip_h_X-AUTH-IP') ?? variable(event, 'sip_network_ip'),
    'From-Network-Port': variable(event, 'sip_h_X-AUTH-PORT') ?? variable(event, 'sip_network_port'),
    'Orig-IP': variable(event, 'sip_h_X-AUTH-IP'),
    'Orig-Port': variable(event, 'sip_h_X-AUTH-PORT'),
    'User-Agent': variable(event, 'sip_user_agent'),
    'SIP-Request-Host': variable(event, 'sip_req_host'),
    'Switch-Hostname': event['FreeSWITCH-Hostname'],
    'Switch-Nodename': switchName,
    'Switch-URI': variable(event, 'sofia_profile_url'),
    'Switch-URL': variable(event, 'sofia_profile_url'),
    'Resource-Type': /^m=video (?!0 )/m.test(variable(event, 'switch_r_sdp') ?? '') ? 'video' : 'audio',
    'Custom-Channel-Vars': { ...channel.vars, ...(channel.transferred ? referral(event) : {}) },
    'Custom-Application-Vars': orAbsent(applicationVarsOf(event)),
    'Custom-SIP-Headers': orAbsent(sipHeadersOf(event)),
  };
}

/** Who has sent the call on, and where to, as the REFER said it. */
function referral(event: SwitchEvent): Record<string, string> {
  const given = {
    'Referred-By': variable(event, 'sip_h_Referred-By'),
    'Referred-To': variable(event, 'sip_refer_to'),
  };
  return Object.fromEntries(
    Object.entries(given).filter((it): it is [string, string] => it[1] !== undefined),
  );
}

const withoutPort = (host: string): string => host.replace(/:\d+$/, '');
