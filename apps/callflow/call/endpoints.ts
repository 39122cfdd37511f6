// Which endpoints a device, user, group or ring-group member stands for, and the caller id they are shown.
import { getAt, isRecord, type MessageFields } from '../../../core/contract/index.ts';
import { group } from '../../../core/documents/index.ts';
import type { bridge } from '../../../core/messages/commands/legs.ts';
import {
  type BridgeEndpoint,
  buildEndpoints,
  type MergedEndpoint,
  mergeEndpoint,
  musicOnHold,
  type RingParameters,
} from '../../../core/telephony/endpoint.ts';
import type { Call } from './call.ts';
import { channelVar } from './state.ts';

type Parameters = Partial<Omit<RingParameters, 'accountId' | 'callerId'>>;

/** A member of a ring group or page group. Times in seconds. */
export interface Member {
  readonly id: string;
  readonly endpoint_type: string;
  readonly delay?: number;
  readonly timeout?: number;
  readonly weight?: number;
  readonly disable_until?: number;
}

/** The endpoints of one device; none when it is disabled, in do-not-disturb, or the caller. */
export async function deviceEndpoints(
  call: Call,
  id: string,
  parameters: Parameters,
): Promise<readonly BridgeEndpoint[]> {
  const device = await mergedDevice(call, id);
  if (!device) {
    call.log.warn('callflow rings a device that is not there', { device: id });
    return [];
  }
  const callerId = channelVar(call.state, 'Authorizing-ID');
  const built = buildEndpoints(device, { ...parameters, accountId: call.state.accountId, callerId });
  if ('endpoints' in built) return built.endpoints;
  call.log.info('device is not rung', { device: id, reason: built.skipped });
  return [];
}

/** The endpoints of all devices of a user. */
export async function userEndpoints(
  call: Call,
  id: string,
  parameters: Parameters,
): Promise<readonly BridgeEndpoint[]> {
  const built = await Promise.all(
    (await devicesOf(call, id)).map((device) => deviceEndpoints(call, device, parameters)),
  );
  return built.flat();
}

/** The endpoints of ring group members, in order, each device once. */
export async function memberEndpoints(
  call: Call,
  members: readonly Member[],
  {
    ringtones,
  }: { readonly ringtones?: { readonly internal?: string; readonly external?: string } | undefined } = {},
): Promise<readonly BridgeEndpoint[]> {
  const seen = new Set<string>();
  const ringtone =
    channelVar(call.state, 'Inception') === undefined ? ringtones?.internal : ringtones?.external;
  const endpoints: BridgeEndpoint[] = [];
  for (const { device, member } of await membersDevices(call, members, new Set())) {
    if (seen.has(device)) continue;
    seen.add(device);
    endpoints.push(
      ...(await deviceEndpoints(call, device, {
        delay: member.delay,
        timeout: member.timeout,
        ringtone,
        direct: false,
      })),
    );
  }
  return endpoints;
}

async function membersDevices(
  call: Call,
  members: readonly Member[],
  groups: Set<string>,
): Promise<{ readonly device: string; readonly member: Member }[]> {
  const now = Date.now() / 1000 + 62_167_219_200;
  const found: { device: string; member: Member }[] = [];
  for (const member of members) {
    if (member.disable_until !== undefined && member.disable_until > now) continue;
    if (member.endpoint_type === 'device') found.push({ device: member.id, member });
    else if (member.endpoint_type === 'user')
      found.push(...(await devicesOf(call, member.id)).map((device) => ({ device, member })));
    else if (!groups.has(member.id)) {
      // A group may name another group; one that names itself must not go round for ever.
      groups.add(member.id);
      found.push(...(await membersDevices(call, await groupMembers(call, member), groups)));
    }
  }
  return found;
}

async function groupMembers(call: Call, member: Member): Promise<Member[]> {
  const found = await call.findDocument(group, member.id);
  return Object.entries(found?.endpoints ?? {})
    .map(([id, settings]) => {
      const own = isRecord(settings) ? settings : {};
      const number = (key: string): number | undefined =>
        typeof own[key] === 'number' ? own[key] : undefined;
      const delay = number('delay') ?? member.delay;
      const timeout = number('timeout') ?? member.timeout;
      return {
        id,
        endpoint_type: String(own['type'] ?? 'device'),
        weight: number('weight') ?? 0,
        ...(delay === undefined ? {} : { delay }),
        ...(timeout === undefined ? {} : { timeout }),
      };
    })
    .sort((a, b) => a.weight - b.weight);
}

async function devicesOf(call: Call, userId: string): Promise<string[]> {
  const owned = await call.database.view<string>('attributes', 'owned', { key: [userId, 'device'] });
  const hotdesked = await call.database.view('attributes', 'hotdesk_users', { key: userId });
  return [...new Set([...owned.map((row) => row.id), ...hotdesked.map((row) => row.id)])];
}

/** The device with what it inherits from its owner and the account. */
export async function mergedDevice(call: Call, id: string): Promise<MergedEndpoint | undefined> {
  const device = await call.database.find(id);
  if (device?.pvt_type !== 'device') return undefined;
  const owner = device['owner_id'];
  const [account, user] = await Promise.all([
    call.database.find(call.state.accountId),
    typeof owner === 'string' && owner !== '' ? call.database.find(owner) : undefined,
  ]);
  return mergeEndpoint(account, user, device);
}

/** The endpoint that makes the call, merged; undefined when no device of the account does. */
export async function callingEndpoint(call: Call): Promise<MergedEndpoint | undefined> {
  const id = channelVar(call.state, 'Authorizing-ID');
  return id === undefined ? undefined : mergedDevice(call, id);
}

/** Seconds to ring; 0 and absent mean the default of 20. */
export function ringTimeout(timeout: number | undefined): number {
  return timeout === undefined || timeout === 0 ? 20 : timeout;
}

export interface RingOptions {
  readonly timeout: number;
  readonly strategy: 'simultaneous' | 'single';
  readonly failOnSingleReject?: boolean;
  readonly ignoreForward?: boolean;
  readonly ringback?: string;
}

/** The fields of the bridge command that rings these endpoints. */
export async function ringFields(
  call: Call,
  endpoints: readonly BridgeEndpoint[],
  options: RingOptions,
): Promise<Omit<MessageFields<typeof bridge>, 'Call-ID' | 'Application-Name'>> {
  const caller = await callerId(call, 'internal');
  const account = await call.database.find(call.state.accountId);
  return {
    Endpoints: endpoints.map((endpoint) => ({
      ...endpoint,
      'Endpoint-Timeout': endpoint['Endpoint-Timeout'] ?? options.timeout,
    })),
    'Dial-Endpoint-Method': options.strategy,
    Timeout: options.strategy === 'single' ? options.timeout * endpoints.length : options.timeout,
    'Continue-On-Fail': true,
    'Fail-On-Single-Reject': options.failOnSingleReject === true ? true : undefined,
    'Ignore-Forward': options.ignoreForward === false ? false : undefined,
    Ringback: options.ringback,
    'Hold-Media': account && musicOnHold(account, call.state.accountId),
    'Outbound-Caller-ID-Name': caller.name,
    'Outbound-Caller-ID-Number': caller.number,
  };
}

/** The caller id to show for a kind of call, unless the flow set its own. */
async function callerId(
  call: Call,
  kind: string,
): Promise<{ readonly name: string; readonly number: string }> {
  const shown = { name: call.state.callerIdName, number: call.state.callerIdNumber };
  if (channelVar(call.state, 'Retain-CID') === 'true') return shown;
  const endpoint = await callingEndpoint(call);
  const own = endpoint ? getAt(endpoint, `caller_id.${kind}`) : undefined;
  if (!isRecord(own)) return shown;
  return { name: String(own['name'] ?? shown.name), number: String(own['number'] ?? shown.number) };
}

/** The caller ids of a call that leaves through carriers. */
export async function offnetCaller(call: Call, kind: string): Promise<Record<string, string | undefined>> {
  const [external, endpoint] = await Promise.all([callerId(call, kind), callingEndpoint(call)]);
  const text = (path: string): string | undefined => {
    const value = getAt(endpoint, path);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  return {
    'Outbound-Caller-ID-Name': external.name,
    'Outbound-Caller-ID-Number': external.number,
    // Never the extension that is shown otherwise: those who answer must be able to call back.
    'Emergency-Caller-ID-Name': text('caller_id.emergency.name'),
    'Emergency-Caller-ID-Number': text('caller_id.emergency.number'),
    'Asserted-Identity-Name': text('caller_id.asserted.name'),
    'Asserted-Identity-Number': text('caller_id.asserted.number'),
    'Asserted-Identity-Realm': text('caller_id.asserted.realm'),
  };
}
