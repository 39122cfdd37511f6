// Calls to a DID of a PBX: won by the route handshake, then bridged to the server that has the DID, or to its failover.
import type { CarrierJob } from '../../core/calls/index.ts';
import type { MessageOf } from '../../core/contract/index.ts';
import { accountDatabase, numberDatabase } from '../../core/couch/index.ts';
import { connectivity } from '../../core/documents/index.ts';
import type { routeReq } from '../../core/messages/route.ts';
import {
  type BridgeEndpoint,
  findE164,
  type Numbering,
  numbering,
  toNpan,
} from '../../core/telephony/index.ts';
import { type Attempt, type Outcome, tryAttempts } from './attempts.ts';
import type { TrunkCall } from './calls.ts';
import { address, given, record, text } from './fields.ts';
import {
  type Failover,
  failoverOf,
  mediaOf,
  type Pbx,
  pbxEndpoint,
  serverOfDid,
  type Trunk,
} from './trunk.ts';
import type { TrunkJob, TrunkOptions } from './trunk-job.ts';
import { callOut } from './trunk-outbound.ts';

type Request = MessageOf<typeof routeReq>;

/** What to do with a call to a number of the account; undefined when no PBX has the number. */
export async function inboundJob(
  options: TrunkOptions,
  request: Request,
  accountId: string,
): Promise<TrunkJob | undefined> {
  const { store, systemConfig } = options.context;
  const numbers = await numbering(systemConfig);
  const e164 = findE164(address(request.Request).user, numbers);
  if (e164 === undefined) return undefined;
  const [trunk, number, account] = await Promise.all([
    findTrunk(options, accountId, e164, numbers),
    store.database(numberDatabase(e164)).find(e164),
    store.database(accountDatabase(accountId)).find(accountId),
  ]);
  const usedBy = text(number?.['pvt_used_by']);
  if (!trunk || (usedBy !== undefined && usedBy !== 'trunkstore')) return undefined;
  const realm = text(record(trunk.server.auth)['auth_realm']) ?? text(account?.['realm']) ?? '';
  const failover = failoverOf(trunk, number);
  return {
    direction: 'inbound',
    work: (call) => callPbx(options, call, { request, accountId, e164, trunk, realm, failover, numbers }),
  };
}

/** The server that has the DID, by `trunkstore/lookup_did`; DIDs may be spelled as they are used. */
async function findTrunk(
  { context }: TrunkOptions,
  accountId: string,
  e164: string,
  numbers: Numbering,
): Promise<Trunk | undefined> {
  const database = context.store.database(accountDatabase(accountId));
  const keys = [...new Set([e164, e164.slice(1), toNpan(e164, numbers)])];
  for (const { id } of await database.view('trunkstore', 'lookup_did', { keys })) {
    const pbx = await database.find(id);
    const trunk = pbx?.pvt_type === connectivity.type ? serverOfDid(pbx as Pbx, e164, numbers) : undefined;
    if (trunk) return trunk;
  }
  return undefined;
}

interface Incoming {
  readonly request: Request;
  readonly accountId: string;
  readonly e164: string;
  readonly trunk: Trunk;
  readonly realm: string;
  readonly failover: Failover;
  readonly numbers: Numbering;
}

// The caller gave up, or the PBX had the call: nobody wants it elsewhere.
const final = new Set([
  'ORIGINATOR_CANCEL',
  'NORMAL_CLEARING',
  'PICKED_OFF',
  'BLIND_TRANSFER',
  'ATTENDED_TRANSFER',
]);

async function callPbx(options: TrunkOptions, call: TrunkCall, incoming: Incoming): Promise<Outcome> {
  const { request, e164, trunk, realm, failover, numbers } = incoming;
  const { log } = options.context;
  const attempts: Attempt[] = [{ name: trunk.pbx._id, endpoint: pbxEndpoint(trunk, e164, realm, numbers) }];
  if (failover.sip) attempts.push({ name: 'failover', endpoint: failoverEndpoint(failover.sip, e164) });
  const outcome = await tryAttempts(call, attempts, {
    fields: given({
      'Outbound-Caller-ID-Name': request['Caller-ID-Name'],
      'Outbound-Caller-ID-Number': request['Caller-ID-Number'],
      Media: mediaOf(trunk),
    }),
    final,
    onFailure: ({ name }, { cause }) => log.info('a PBX did not take a call', { name, number: e164, cause }),
  });
  const done = call.ended || outcome.cause === 'SUCCESS' || final.has(outcome.cause);
  if (done || failover.e164 === undefined) return outcome;
  log.info('a call to a PBX goes to its failover', { number: e164, to: failover.e164 });
  return callOut(options, call, failoverFields(incoming, failover.e164));
}

function failoverEndpoint(uri: string, e164: string): BridgeEndpoint {
  return { 'Invite-Format': 'route', Route: /^sips?:/i.test(uri) ? uri : `sip:${uri}`, 'To-DID': e164 };
}

/** The failover shows the caller: whoever is called there wants to know who calls. */
function failoverFields({ request, accountId, realm, trunk }: Incoming, number: string): CarrierJob {
  return {
    'Application-Name': 'bridge',
    'Resource-Type': request['Resource-Type'] === 'video' ? 'video' : 'audio',
    'To-DID': number,
    'Account-ID': accountId,
    'Account-Realm': realm,
    'Outbound-Caller-ID-Name': request['Caller-ID-Name'],
    'Outbound-Caller-ID-Number': request['Caller-ID-Number'],
    'Hunt-Account-ID': text(trunk.server.options?.hunt_account_id),
  };
}
