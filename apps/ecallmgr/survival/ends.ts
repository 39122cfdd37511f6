// How each leg ended, written down by the switch itself in its hash: there until the broker has the record of the leg.
import { randomBytes } from 'node:crypto';
import { hasCode } from '../../../core/errors/index.ts';
import type { Logger } from '../../../core/log/index.ts';
import { callIdOf, type SwitchClient, type SwitchEvent } from '../freeswitch/index.ts';
import { asItIs, digest, entriesOf, read, realms, remove } from './hash.ts';

/** Kazoo's variables of a leg that its record tells (contract/kapi.md, Custom-Channel-Vars). */
const channelVars =
  `Account-ID Account-Name Account-Realm Authorizing-ID Authorizing-Type Owner-ID Realm Username Inception
  Call-Interaction-ID CallFlow-ID Ecallmgr-Node Fetch-ID Bridge-ID Reseller-ID Account-Billing Reseller-Billing Global-Resource
  Resource-ID Resource-Type E164-Destination E164-Origination Original-Number Media-Recordings Call-Forward`.split(
    /\s+/,
  );

const variables =
  `sip_req_uri sip_to_uri sip_from_uri sip_from_tag sip_to_tag presence_id sip_user_agent sofia_profile_url
  hangup_cause last_bridge_hangup_cause proto_specific_hangup_cause last_bridge_proto_specific_hangup_cause
  endpoint_disposition originate_disposition duration billsec progresssec end_uepoch digits_dialed
  originating_leg_uuid originator bridge_uuid last_bridge_to`.split(/\s+/);

const headers =
  `Unique-ID Call-Direction Channel-Name Channel-Call-State Answer-State Caller-Channel-Created-Time
  Caller-Caller-ID-Name Caller-Caller-ID-Number Caller-Callee-ID-Name Caller-Callee-ID-Number Caller-Destination-Number
  Caller-Context Caller-Dialplan Other-Leg-Unique-ID`.split(/\s+/);

const kept = [...headers, ...variables, ...channelVars.map((key) => `ecallmgr_${key}`)];
const isHeader = new Set(headers);

/** Before each field: a word that no caller knows, so that none can begin a field of his own. */
const wordLength = 10;
const word = `~${randomBytes(4).toString('hex')}~`;

/**
 * What is noted, in the words of the switch: all of it encoded at once, for each call of an API costs FreeSWITCH an event. No `=`,
 * which would end the value of a global variable, and no `::` in front.
 */
const told = `\${url_encode(${kept.map((name) => `${word}${name}:\${${name}}`).join('')})}`;

/** What the switch runs at the end of every leg, whoever made it, before it tells CHANNEL_DESTROY. */
const endsHook = `hash insert/${realms.ends}/\${md5(\${uuid})}/${told}`;

/**
 * Has the switch note all ends from now on. FreeSWITCH 1.11 takes no expression into a global variable (it writes `%{` for
 * `${`, and would note the same nonsense of every leg): there its dialplan sets a hook on each leg, which reads in the hash what
 * is to be noted (rel/freeswitch/conf/dialplan.xml). Rejects when it is away.
 */
export async function noteEnds(client: SwitchClient, log: Logger): Promise<void> {
  await client.api(`hash insert/${realms.told}/ends/${told}`);
  const hook = await hookOf(client);
  if (hook !== '' && !hook.startsWith(`hash insert/${realms.ends}/`)) {
    log.error('the switch has an api_reporting_hook of its own: ends of calls that nobody hears are lost', {
      hook,
    });
    return;
  }
  await client.api(`global_setvar api_reporting_hook=${endsHook}`);
  if ((await hookOf(client)) === endsHook) return;
  await client.api('global_setvar api_reporting_hook=');
  const dialplan = await client.api('xml_locate dialplan').catch(() => '');
  if (!dialplan.includes(realms.told))
    log.error('the switch notes no ends, so those that nobody hears are lost: mirliton write freeswitch');
}

const hookOf = (client: SwitchClient): Promise<string> =>
  client.api('global_getvar api_reporting_hook').catch((error: unknown) => {
    if (hasCode(error, 'command_failed')) return '';
    throw error;
  });

/** The CHANNEL_DESTROY of a leg as the switch has noted it; undefined when it has not, or the record has been told. */
export async function findEnd(client: SwitchClient, callId: string): Promise<SwitchEvent | undefined> {
  const value = await read(client, realms.ends, callId, digest);
  return value === undefined ? undefined : parseEnd(value);
}

/** All legs whose record is not known to be told. */
export async function allEnds(client: SwitchClient): Promise<SwitchEvent[]> {
  const ends = [...(await entriesOf(client, realms.ends, asItIs)).values()].map(parseEnd);
  // A leg that ended before the switch was told what to note.
  return ends.filter((end) => callIdOf(end) !== '');
}

/** The record of the leg is told. */
export const forgetEnd = (client: SwitchClient, callId: string): Promise<void> =>
  remove(client, realms.ends, callId, digest);

function parseEnd(value: string): SwitchEvent {
  const noted = decode(value);
  const fields = noted
    .slice(wordLength)
    .split(noted.slice(0, wordLength))
    .flatMap((field): [string, string][] => {
      const colon = field.indexOf(':');
      const [name, text] = [field.slice(0, colon), field.slice(colon + 1)];
      return colon < 0 || text === '' ? [] : [[isHeader.has(name) ? name : `variable_${name}`, text]];
    });
  const end = Object.fromEntries(fields);
  return {
    ...end,
    'Event-Name': 'CHANNEL_DESTROY',
    'Channel-State': 'CS_REPORTING',
    'Event-Date-Timestamp': end['variable_end_uepoch'] ?? '',
    'Hangup-Cause': end['variable_hangup_cause'] ?? '',
  };
}

/** `%XX` are bytes, of whatever encoding: what is no UTF-8 must not make the record unreadable. */
function decode(text: string): string {
  const bytes = text.replace(/%([\dA-F]{2})/g, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString();
}
