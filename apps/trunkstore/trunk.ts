// The servers of a PBX (`sys_info`): which one calls, what it shows, how it is reached. Pure.
import type { DocumentOf, MessageOf } from '../../core/contract/index.ts';
import type { connectivity } from '../../core/documents/index.ts';
import type { routeReq } from '../../core/messages/route.ts';
import {
  type BridgeEndpoint,
  type CallerId,
  findE164,
  type Numbering,
  toE164,
} from '../../core/telephony/index.ts';
import { address, count, given, type Json, orAbsent, record, text, texts } from './fields.ts';

export type Pbx = DocumentOf<typeof connectivity>;
export type Server = NonNullable<Pbx['servers']>[number];
type Did = NonNullable<Server['DIDs']>[string];
type Request = MessageOf<typeof routeReq>;

/** A server with the DID at hand, if it is one of its own. */
export interface Trunk {
  readonly pbx: Pbx;
  readonly server: Server;
  readonly did: Did | undefined;
}

/** True unless the server is switched off. */
export const isEnabled = ({ options }: Server): boolean => options?.enabled !== false;

/**
 * The server that sends a call: by the name it signed in with, else by its From user, its address, the DID it shows;
 * else the only one. Undefined when none is enabled.
 */
export function callingServer(pbx: Pbx, request: Request, numbers: Numbering): Trunk | undefined {
  const servers = (pbx.servers ?? []).filter(isEnabled);
  const user = address(request.From).user;
  const caller = request['Caller-ID-Number'] ?? user;
  const signedIn = text(request['Custom-Channel-Vars']?.['Username']);
  const named = (name: string | undefined) =>
    servers.find(({ auth }) => name && auth.auth_user?.toLowerCase() === name.toLowerCase());
  const at = request['From-Network-Addr'] ?? request['Orig-IP'];
  const server =
    named(signedIn) ??
    named(user) ??
    servers.find(({ auth, options }) => at !== undefined && (auth.ip === at || options?.ip === at)) ??
    servers.find((it) => didOf(it, caller, numbers) !== undefined) ??
    servers[0];
  return server && { pbx, server, did: didOf(server, caller, numbers) };
}

/** The server that has a DID. */
export function serverOfDid(pbx: Pbx, number: string, numbers: Numbering): Trunk | undefined {
  for (const server of pbx.servers ?? []) {
    const did = didOf(server, number, numbers);
    if (did && isEnabled(server)) return { pbx, server, did };
  }
  return undefined;
}

function didOf({ DIDs = {} }: Server, number: string, numbers: Numbering): Did | undefined {
  const e164 = toE164(number, numbers);
  const found = Object.entries(DIDs).find(([did]) => toE164(did, numbers) === e164);
  return found?.[1];
}

/** The caller id of calls from a PBX: of the DID it shows, the server, the account; else what it shows. */
export function outboundCaller({ pbx, server, did }: Trunk, shown: CallerId): CallerId {
  return [did?.caller_id, server.options?.caller_id, pbx.account?.caller_id]
    .map(toCallerId)
    .reduceRight((last, own) => ({ name: own.name ?? last.name, number: own.number ?? last.number }), shown);
}

/** The caller id of emergency calls from a PBX. */
export function emergencyCaller({ pbx, server }: Trunk): CallerId {
  const [own, account] = [server.options?.emergency_caller_id, pbx.account?.emergency_caller_id].map(
    toCallerId,
  );
  return { name: own?.name ?? account?.name, number: own?.number ?? account?.number };
}

const toCallerId = (given: unknown): CallerId => ({
  name: text(record(given)['cid_name']),
  number: text(record(given)['cid_number']),
});

/** The flags that carriers must have: fixed ones, and those that are read from the call (`zone`, `from_realm`, a field). */
export function flagsOf({ server }: Trunk, request: Request, zone: string): string[] {
  const dynamic = texts(server.options?.dynamic_flags).flatMap(
    (name) => dynamicFlag(name, request, zone) ?? [],
  );
  return [...new Set([...texts(server.options?.flags), ...dynamic])];
}

function dynamicFlag(name: string, request: Request, zone: string): string | undefined {
  if (name === 'zone') return zone;
  const part = /^(from|to|request)_(user|realm)$/.exec(name);
  if (part) {
    const whole = { from: request.From, to: request.To, request: request.Request };
    return text(address(whole[part[1] as keyof typeof whole])[part[2] as 'user' | 'realm']);
  }
  const variable = /^custom_channel_vars\.(.+)$/.exec(name)?.[1];
  const fields: Json = variable === undefined ? request : record(request['Custom-Channel-Vars']);
  const wanted = plain(variable ?? name);
  return text(Object.entries(fields).find(([field]) => plain(field) === wanted)?.[1]);
}

const plain = (name: string): string => name.toLowerCase().replaceAll('-', '_');

/** The headers that a server wants on its calls. */
export const headersOf = ({ server }: Trunk): Json | undefined =>
  orAbsent(Object.assign({}, ...(server.options?.sip_headers ?? []).map(record)) as Json);

/** The media handling that was chosen; nothing chosen leaves it to the switch. */
export const mediaOf = ({ server }: Trunk): 'process' | 'bypass' | undefined =>
  server.options?.media_handling;

/** The PBX as an endpoint: where it registered, or its address. `realm` is that of the account. */
export function pbxEndpoint(trunk: Trunk, e164: string, realm: string, numbers: Numbering): BridgeEndpoint {
  const { auth, options = {} } = trunk.server;
  const byAddress = text(auth.auth_method)?.toLowerCase() === 'ip';
  const host = text(options.ip) ?? (byAddress ? text(auth.ip) : undefined);
  const port = options.port ?? auth.port;
  return given({
    'Invite-Format': inviteFormat(options.inbound_format, e164, numbers),
    'To-User': text(auth.auth_user) ?? e164,
    'To-Username': text(auth.auth_user),
    'To-Realm': text(realm),
    'To-DID': e164,
    'To-IP': host && (port === undefined ? host : `${host}:${port}`),
    'Callee-ID-Number': e164,
    'Endpoint-ID': trunk.pbx._id,
    'Endpoint-Delay': options.delay || undefined,
    'Endpoint-Timeout': count(options.timeout),
    'Endpoint-Progress-Timeout': options.progress_timeout,
    'Ignore-Early-Media': options.ignore_early_media,
    'Custom-SIP-Headers': headersOf(trunk),
    'Custom-Channel-Vars': { 'Authorizing-ID': trunk.pbx._id, 'Authorizing-Type': trunk.pbx.pvt_type },
  }) as BridgeEndpoint;
}

/** National forms are for numbers of the North American plan; others keep their country. */
function inviteFormat(wanted: string | undefined, e164: string, numbers: Numbering): string {
  const format = wanted ?? 'npan';
  const national = format === 'npan' || format === '1npan';
  return national && !/^\+1\d{10}$/.test(findE164(e164, numbers) ?? e164) ? 'e164' : format;
}

export interface Failover {
  readonly sip: string | undefined;
  readonly e164: string | undefined;
}

/** Where a call goes that the PBX does not take: of the DID, the server, or the number document. */
export function failoverOf({ server, did }: Trunk, number: Json = {}): Failover {
  for (const given of [did?.failover, server.options?.failover, number['failover']]) {
    const { sip, e164 } = record(given);
    if (text(sip) || text(e164)) return { sip: text(sip), e164: text(e164) };
  }
  return { sip: undefined, e164: undefined };
}
