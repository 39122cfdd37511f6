// Calls from a PBX to the world: won by the route handshake, then given to the carriers by offnet_req.
import { type CarrierJob, giveToCarriers } from '../../core/calls/index.ts';
import type { MessageOf } from '../../core/contract/index.ts';
import { accountDatabase, type StoredDocument } from '../../core/couch/index.ts';
import { connectivity } from '../../core/documents/index.ts';
import type { routeReq } from '../../core/messages/route.ts';
import { classify, isReconcilable, numbering, toE164 } from '../../core/telephony/index.ts';
import { type Outcome, outcomeOf, outcomeOfEnd } from './attempts.ts';
import type { TrunkCall } from './calls.ts';
import { address, record, text } from './fields.ts';
import {
  callingServer,
  emergencyCaller,
  flagsOf,
  headersOf,
  mediaOf,
  outboundCaller,
  type Pbx,
  type Trunk,
} from './trunk.ts';
import type { TrunkJob, TrunkOptions } from './trunk-job.ts';

type Request = MessageOf<typeof routeReq>;

/** What to do with a call that a PBX makes; undefined when it is not for a carrier: callflow has it then. */
export async function outboundJob(
  options: TrunkOptions,
  request: Request,
  accountId: string,
): Promise<TrunkJob | undefined> {
  const { store, systemConfig, log } = options.context;
  const database = store.database(accountDatabase(accountId));
  const id = text(request['Custom-Channel-Vars']?.['Authorizing-ID']);
  const pbx = id === undefined ? undefined : await database.find(id);
  if (pbx?.pvt_type !== connectivity.type) return undefined;
  const numbers = await numbering(systemConfig);
  const trunk = callingServer(pbx as Pbx, request, numbers);
  if (!trunk) {
    log.info('a PBX calls whose servers are all disabled', { pbx: id });
    return undefined;
  }
  const number = toE164(address(request.Request).user, numbers);
  const classifier = classify(number, numbers, numbers.classifiers);
  const leavesHere = isReconcilable(number, numbers) || classifier?.emergency === true;
  if (!leavesHere && !(await huntsAnyway(options, trunk, number, accountId))) return undefined;
  if (isDenied(pbx, classifier?.name)) return { refuse: { code: 403, text: 'Call restricted' } };
  const account = await database.find(accountId);
  return {
    direction: 'outbound',
    work: (call) => callOut(options, call, offnetFields(options, { request, trunk, number, account })),
  };
}

/** `hunt_non_reconcilable`: what is no public number goes out as well, unless a callflow has it. */
async function huntsAnyway(
  { context }: TrunkOptions,
  { server }: Trunk,
  number: string,
  accountId: string,
): Promise<boolean> {
  if (server.options?.hunt_non_reconcilable !== true) return false;
  const query = { key: number, limit: 1 };
  const database = context.store.database(accountDatabase(accountId));
  return (await database.view('callflows', 'listing_by_number', query)).length === 0;
}

const isDenied = (pbx: StoredDocument, classifier = ''): boolean =>
  record(record(pbx['call_restriction'])[classifier])['action'] === 'deny';

interface Outgoing {
  readonly request: Request;
  readonly trunk: Trunk;
  readonly number: string;
  readonly account: StoredDocument | undefined;
}

function offnetFields({ context }: TrunkOptions, { request, trunk, number, account }: Outgoing): CarrierJob {
  const { options = {} } = trunk.server;
  const shown = { name: request['Caller-ID-Name'], number: request['Caller-ID-Number'] };
  const caller = outboundCaller(trunk, shown);
  const emergency = emergencyCaller(trunk);
  return {
    'Application-Name': 'bridge',
    'Resource-Type': request['Resource-Type'] === 'video' ? 'video' : 'audio',
    'To-DID': number,
    'Account-ID': account?._id,
    'Account-Realm': text(account?.['realm']),
    'Outbound-Caller-ID-Name': caller.name,
    'Outbound-Caller-ID-Number': caller.number,
    'Emergency-Caller-ID-Name': emergency.name,
    'Emergency-Caller-ID-Number': emergency.number,
    'Caller-ID-Name': shown.name,
    'Caller-ID-Number': shown.number,
    'Custom-SIP-Headers': headersOf(trunk),
    Flags: flagsOf(trunk, request, context.settings.zone),
    'Force-Outbound': trunk.did?.force_outbound ?? options.force_outbound,
    'Hunt-Account-ID': text(options.hunt_account_id),
    'Ignore-Early-Media': options.ignore_early_media,
    Media: mediaOf(trunk),
    Timeout: options.timeout,
  };
}

/** Gives the call to the carriers and awaits how it ends there. */
export async function callOut(
  { context }: TrunkOptions,
  call: TrunkCall,
  fields: CarrierJob,
): Promise<Outcome> {
  try {
    const answer = await giveToCarriers(context.bus, call, fields);
    const cause = answer['Response-Message'];
    return { ...outcomeOf(cause), ...(answer['Response-Code'] ? { code: answer['Response-Code'] } : {}) };
  } catch (error) {
    if (call.ended) return outcomeOfEnd(call, error);
    context.log.warn('no carrier could be asked', { error });
    return outcomeOf('NORMAL_TEMPORARY_FAILURE');
  }
}
