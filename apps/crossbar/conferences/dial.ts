// Dialling out from a conference: what a client may name as an endpoint, as endpoints to ring.
import { isRecord, Type, type Violation } from '../../../core/contract/index.ts';
import { device, user } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { dial } from '../../../core/messages/conference.ts';
import { snakeCase } from '../../../core/messages/snake-case.ts';
import {
  type BridgeEndpoint,
  buildEndpoints,
  mergeEndpoint,
  parseSipUri,
} from '../../../core/telephony/index.ts';
import { type DataReply, type RestRequest, targetAccount, targetDatabase } from '../engine/index.ts';
import { phonesOf } from '../live/phones.ts';
import { applicationVars } from '../live/variables.ts';

const flags = [
  'mute',
  'deaf',
  'distribute_dtmf',
  'is_moderator',
  'disable_moh',
  'ghost',
  'join_existing',
  'video_mute',
];

/** Kazoo's `conferences.dial`. */
export const dialSchema = Type.Object({
  caller_id_name: Type.Optional(Type.String()),
  caller_id_number: Type.Optional(Type.String()),
  endpoints: Type.Array(
    Type.Unknown({ description: 'ids of devices and users, numbers, SIP URIs, devices' }),
    {
      minItems: 1,
    },
  ),
  outbound_call_id: Type.Optional(Type.String()),
  participant_flags: Type.Optional(Type.Array(Type.Enum(flags))),
  profile_name: Type.Optional(Type.String()),
  target_call_id: Type.Optional(Type.String()),
  timeout: Type.Optional(Type.Integer({ minimum: 1, maximum: 300, default: 20 })),
});

export type DialData = Type.Static<typeof dialSchema>;

/** Dials, and answers what became of each endpoint. Rejects with `nobody_listens` where no node has conferences. */
export async function dialOut(
  request: RestRequest,
  conferenceId: string,
  name: string | undefined,
  data: DialData,
): Promise<DataReply> {
  const endpoints = await endpointsOf(request, conferenceId, data.endpoints);
  const vars = applicationVars(request);
  const timeout = data.timeout ?? 20;
  const caller = data.caller_id_name ?? name;
  const answer = await request.services.bus.request(
    dial,
    {
      'Application-Name': 'dial',
      'Conference-ID': conferenceId,
      'Account-ID': targetAccount(request)._id,
      Endpoints: endpoints,
      Timeout: timeout,
      ...(caller !== undefined && { 'Caller-ID-Name': caller }),
      ...(data.caller_id_number !== undefined && { 'Caller-ID-Number': data.caller_id_number }),
      ...(data.participant_flags && { 'Participant-Flags': data.participant_flags }),
      ...(data.profile_name !== undefined && { 'Profile-Name': data.profile_name }),
      ...(data.target_call_id !== undefined && { 'Target-Call-ID': data.target_call_id }),
      ...(data.outbound_call_id !== undefined && { 'Outbound-Call-ID': data.outbound_call_id }),
      ...(vars && { 'Custom-Application-Vars': vars }),
    },
    { timeout: timeout * 1000 * endpoints.length + 2_000 },
  );
  return { data: snakeCase({ 'Endpoint-Responses': answer['Endpoint-Responses'] }) };
}

/** Throws with the place of every one that leads nowhere. */
async function endpointsOf(
  request: RestRequest,
  conferenceId: string,
  named: readonly unknown[],
): Promise<BridgeEndpoint[]> {
  const built = await Promise.all(named.map((one) => endpointOf(request, conferenceId, one)));
  const violations: Violation[] = built.flatMap((found, at) =>
    typeof found === 'string' ? [{ path: `data.endpoints.${at}`, code: found, message: reasons[found] }] : [],
  );
  if (violations.length > 0) throw new AppError('invalid_data', { details: { violations } });
  return built.flatMap((found) => (typeof found === 'string' ? [] : found));
}

const reasons = {
  not_found: 'there is no such device or user',
  minItems: 'has no phone that can be rung',
  enum: 'is no number, id of a device or user, or SIP URI',
} as const;

type Reason = keyof typeof reasons;

async function endpointOf(
  request: RestRequest,
  conferenceId: string,
  one: unknown,
): Promise<readonly BridgeEndpoint[] | Reason> {
  const { _id: accountId, realm = '' } = targetAccount(request);
  if (isRecord(one)) return builtOf(one, accountId);
  if (typeof one !== 'string') return 'enum';
  if (/^sips?:/.test(one)) {
    const uri = parseSipUri(one);
    return uri
      ? builtOf(
          { sip: { invite_format: 'route', route: one, realm: uri.host, username: uri.user } },
          accountId,
        )
      : 'enum';
  }
  if (/^[0-9a-f]{32}$/.test(one)) {
    const type = (await targetDatabase(request).find(one))?.pvt_type;
    if (type !== device.type && type !== user.type) return 'not_found';
    const phones = await phonesOf(targetDatabase(request), { type, id: one }, { accountId });
    return phones.length > 0 ? phones : 'minItems';
  }
  if (!/^[+*#\d]{1,32}$/.test(one)) return 'enum';
  const uri = `${one}@${realm}`;
  return [
    {
      'Invite-Format': 'loopback',
      Route: one,
      'To-DID': one,
      'To-Realm': realm,
      'Simplify-Loopback': true,
      'Custom-Channel-Vars': {
        'Account-ID': accountId,
        'Authorizing-ID': conferenceId,
        'Authorizing-Type': 'conference',
        'Loopback-Request-URI': uri,
        'Request-URI': uri,
      },
    },
  ];
}

function builtOf(phone: Record<string, unknown>, accountId: string): readonly BridgeEndpoint[] | Reason {
  const built = buildEndpoints(mergeEndpoint(undefined, undefined, phone), { accountId });
  return 'endpoints' in built ? built.endpoints : 'minItems';
}
