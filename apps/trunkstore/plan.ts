// What to do with a number that is to be called: back into the cluster, or out by which carriers.
import type { AppContext } from '../../core/app/index.ts';
import { accountDatabase } from '../../core/couch/index.ts';
import {
  type BridgeEndpoint,
  type CallerId,
  classify,
  findE164,
  isReconcilable,
  type Numbering,
  numbering,
  toE164,
} from '../../core/telephony/index.ts';
import type { Attempt, Outcome } from './attempts.ts';
import type { Carriers } from './carriers.ts';
import { given, orAbsent, text, texts } from './fields.ts';
import { type Formatting, gatewayEndpoint, type OffnetRequest } from './format.ts';
import { findNumber, type OwnedNumber } from './numbers.ts';
import { type Carrier, chooseCarriers, type Wanted } from './selection.ts';
import { stepswitchSetting } from './settings.ts';

/** The ways to try, or why there is none. */
export type Plan = { readonly attempts: readonly Attempt[] } | { readonly refusal: Refusal };

export interface Refusal extends Outcome {
  readonly message: string;
}

export type Planning = Pick<AppContext, 'store' | 'systemConfig' | 'log'> & { readonly carriers: Carriers };

/** Plans an offnet request. Everything it reads is in memory once it was needed. Rejects when the store fails. */
export async function planOffnet(around: Planning, request: OffnetRequest): Promise<Plan> {
  const numbers = await numbering(around.systemConfig);
  const number = request['Bypass-E164'] === true ? request['To-DID'] : toE164(request['To-DID'], numbers);
  const classifier = classify(number, numbers, numbers.classifiers);
  const emergency = classifier?.emergency === true;
  const emergencyCaller = await emergencyCallerOf(around, request, numbers);
  if (emergency && emergencyCaller.number === undefined) return noEmergencyCaller;
  if (!emergency && request['Force-Outbound'] !== true) {
    const owned = await findNumber(around.store, number, numbers);
    if (typeof owned === 'object' && owned.document['force_outbound'] !== true)
      return { attempts: [{ name: 'local', endpoint: localEndpoint(owned, request, numbers) }] };
  }
  const wanted: Wanted = {
    number,
    classifier,
    emergency,
    callerNumber: request['Outbound-Caller-ID-Number'] ?? '',
    flags: texts(request.Flags),
  };
  const formatting: Formatting = {
    request,
    numbers,
    emergency,
    emergencyCaller,
    defaultCallerIdType: await stepswitchSetting(around.systemConfig, 'default_caller_id_type'),
    progressTimeout: await stepswitchSetting(around.systemConfig, 'default_progress_timeout'),
    vars: numberVars(number, wanted.callerNumber, numbers),
  };
  const attempts = attemptsOf(around, await carriersFor(around, request, emergency), wanted, formatting);
  return attempts.length > 0 ? { attempts } : noCarrier(number);
}

/** `E164-*` and the class of the number, as channel variables of the outgoing leg. */
export function numberVars(number: string, caller: string, numbers: Numbering): Record<string, string> {
  return given({
    'E164-Destination': findE164(number, numbers),
    'E164-Origination': findE164(caller, numbers),
    'DID-Classifier': classify(number, numbers, numbers.classifiers)?.name,
  });
}

function attemptsOf(
  { log }: Planning,
  carriers: readonly Carrier[],
  wanted: Wanted,
  formatting: Formatting,
): Attempt[] {
  const { choices, passedOver, unusable } = chooseCarriers(carriers, wanted);
  const wrong = orAbsent(unusable);
  if (wrong) log.warn('carriers have rules that cannot be used', { rules: wrong });
  log.debug('carriers chosen', { chosen: choices.map(({ carrier }) => carrier.id), passedOver });
  return choices.flatMap((choice) =>
    choice.gateways.map((gateway) => ({
      name: choice.carrier.id,
      endpoint: gatewayEndpoint(choice, gateway, formatting),
    })),
  );
}

/** Who is shown to emergency services: a number that they can call back, so no extension. */
async function emergencyCallerOf(
  { systemConfig }: Planning,
  request: OffnetRequest,
  numbers: Numbering,
): Promise<CallerId> {
  const fallback = await stepswitchSetting(systemConfig, 'default_emergency_cid_number');
  const known = [request['Emergency-Caller-ID-Number'], fallback];
  return {
    name: request['Emergency-Caller-ID-Name'] ?? request['Outbound-Caller-ID-Name'],
    number: known.find((number) => number !== undefined && isReconcilable(number, numbers)),
  };
}

/**
 * The carriers of `Hunt-Account-ID`, else those of the cluster. An emergency call that its account's carriers may not
 * take is also offered to the cluster's.
 */
async function carriersFor(
  around: Planning,
  request: OffnetRequest,
  emergency: boolean,
): Promise<readonly Carrier[]> {
  const hunt = request['Hunt-Account-ID'];
  if (hunt === undefined) return around.carriers.list();
  const local = (await mayHunt(around, hunt, request['Account-ID'])) ? await around.carriers.list(hunt) : [];
  return emergency ? [...local, ...(await around.carriers.list())] : local;
}

/** An account may use its own carriers and those of the accounts above it. */
async function mayHunt(
  { store, log }: Planning,
  hunt: string,
  accountId: string | undefined,
): Promise<boolean> {
  if (accountId === undefined) return false;
  if (hunt === accountId) return true;
  const account = await store.database(accountDatabase(accountId)).find(accountId);
  const allowed = texts(account?.['pvt_tree']).includes(hunt);
  if (!allowed) log.warn('an account may not use the carriers of another', { accountId, hunt });
  return allowed;
}

/** A number of this cluster does not go out: the call comes back for the account of the number. */
function localEndpoint(owned: OwnedNumber, request: OffnetRequest, numbers: Numbering): BridgeEndpoint {
  const { e164, accountId, realm } = owned;
  const caller = request['Outbound-Caller-ID-Number'] ?? request['Caller-ID-Number'];
  return given({
    'Invite-Format': 'loopback',
    Route: e164,
    'To-DID': e164,
    'To-Realm': text(realm),
    'Account-ID': accountId,
    'Outbound-Caller-ID-Name': request['Outbound-Caller-ID-Name'] ?? request['Caller-ID-Name'],
    'Outbound-Caller-ID-Number': caller,
    'Custom-Channel-Vars': {
      ...numberVars(e164, caller ?? '', numbers),
      ...(realm === '' ? {} : { 'Account-Realm': realm }),
      'Account-ID': accountId,
      // The other account has not authorised this caller: it is a call from outside.
      'Authorizing-Type': 'resource',
      Inception: `${e164}@${realm}`,
      'Ignore-Display-Updates': 'true',
      'Retain-CID': 'true',
    },
  }) as BridgeEndpoint;
}

const noEmergencyCaller: Plan = {
  refusal: {
    cause: 'MANDATORY_IE_MISSING',
    code: 'sip:403',
    message: 'an emergency call needs an emergency caller id: set caller_id.emergency.number of the account',
  },
};

const noCarrier = (number: string): Plan => ({
  refusal: {
    cause: 'NO_ROUTE_DESTINATION',
    code: 'sip:404',
    message: `no carrier takes ${number}: see the rules, flags and weights of the resources`,
  },
});
