// Calls from carriers: the number that was called tells the account, and the route request goes there.

import type { AppContext } from '../../core/app/index.ts';
import type { RouteRequest } from '../../core/calls/index.ts';
import type { MessageFields, MessageOf } from '../../core/contract/index.ts';
import { toAppError } from '../../core/errors/index.ts';
import { withLogContext } from '../../core/log/index.ts';
import { routeReq, routeResp } from '../../core/messages/route.ts';
import { classify, findE164, type Numbering, numbering } from '../../core/telephony/index.ts';
import { blockedBy } from './blacklists.ts';
import type { Carriers } from './carriers.ts';
import { address, given, record, text } from './fields.ts';
import { applyFormatters } from './formatters.ts';
import type { Meters } from './meters.ts';
import { findNumber, type NumberRefusal, type OwnedNumber } from './numbers.ts';
import type { Carrier } from './selection.ts';
import { stepswitchSetting } from './settings.ts';

export interface InboundOptions {
  readonly context: AppContext;
  readonly carriers: Carriers;
  readonly meters: Meters;
}

type Request = MessageOf<typeof routeReq>;
type Fields = MessageFields<typeof routeReq>;

/**
 * Takes a route request without an account from a carrier: publishes it again under the key of the number's account, with the same
 * Msg-ID and Server-ID, or refuses it at once. Other requests are left alone. Never rejects.
 */
export async function serveInbound(options: InboundOptions, delivery: RouteRequest): Promise<void> {
  const { context, meters } = options;
  const { message } = delivery;
  const vars = message['Custom-Channel-Vars'] ?? {};
  if (vars['Account-ID'] !== undefined || vars['Authorizing-Type'] !== 'resource') return;
  await withLogContext({ callId: message['Call-ID'] }, async () => {
    try {
      meters.inbound(await relayOrRefuse(options, delivery));
    } catch (error) {
      meters.inbound('failed');
      context.log.error('a call from a carrier could not be routed', { error: toAppError(error) });
    }
  });
}

async function relayOrRefuse({ context, carriers }: InboundOptions, delivery: RouteRequest): Promise<string> {
  const { bus, store, systemConfig, log } = context;
  const numbers = await numbering(systemConfig);
  const id = carrierOf(delivery.message);
  const carrier = (await carriers.list()).find((it) => it.id === id);
  const request = formatted(carrier, delivery.message, numbers);
  const called = await calledNumber(context, request);
  const owned = await findNumber(store, called, numbers);
  if (typeof owned === 'string') {
    log.info('a call from a carrier to a number that is not ours', { number: called, why: owned });
    const [code, reason] = refusals[owned];
    await refuse(context, delivery, code, reason);
    return owned;
  }
  const blocked = await blockedBy(context, owned, request, numbers);
  if (blocked) {
    log.info('a caller is not wanted', { accountId: owned.accountId, why: blocked.outcome });
    await refuse(context, delivery, blocked.code, blocked.text);
    return blocked.outcome;
  }
  log.info('a call from a carrier', { number: owned.e164, accountId: owned.accountId });
  const { 'Msg-ID': messageId = '', 'Server-ID': serverId = '' } = delivery.message;
  await bus.publish(routeReq, relayed(request, owned, { id, global: carrier !== undefined }, numbers), {
    messageId,
    serverId,
  });
  return 'relayed';
}

const refusals: Readonly<Record<NumberRefusal, readonly [code: number, text: string]>> = {
  unknown_number: [404, 'Unknown number'],
  not_in_service: [404, 'Number not in service'],
  account_disabled: [480, 'Temporarily unavailable'],
};

function refuse({ bus }: AppContext, delivery: RouteRequest, code: number, reason: string): Promise<void> {
  const answer = { Method: 'error' as const, 'Route-Error-Code': code, 'Route-Error-Message': reason };
  return bus.reply(delivery, routeResp, answer);
}

const carrierOf = ({ 'Custom-Channel-Vars': vars = {} }: Request): string | undefined =>
  text(vars['Resource-ID']) ?? text(vars['Authorizing-ID']);

/** The request as the carrier's formatters of direction `inbound` make it. */
const formatted = (carrier: Carrier | undefined, request: Request, numbers: Numbering): Request =>
  carrier
    ? applyFormatters(request, carrier.document.formatters, { direction: 'inbound', numbers })
    : request;

/** The number that was called: of `inbound_user_field`, else of the other one. */
async function calledNumber({ systemConfig }: AppContext, request: Request): Promise<string> {
  const field = await stepswitchSetting(systemConfig, 'inbound_user_field');
  const users = [address(request.Request).user, address(request.To).user];
  if (field === 'To') users.reverse();
  const number = users.find((user) => /\d/.test(user)) ?? users[0] ?? '';
  const assume = await stepswitchSetting(systemConfig, 'assume_inbound_e164');
  return assume && /^\d+$/.test(number) ? `+${number}` : number;
}

/** The request with whose call it is and where it came from (contract/kapi.md §4, step 5a). */
function relayed(
  request: Request,
  { e164, accountId, realm, document }: OwnedNumber,
  carrier: { readonly id: string | undefined; readonly global: boolean },
  numbers: Numbering,
): Fields {
  const fields = Object.fromEntries(
    Object.keys(routeReq.fields).map((name) => [name, request[name as keyof Request]]),
  ) as Fields;
  const caller = request['Caller-ID-Number'] ?? address(request.From).user;
  const vars = request['Custom-Channel-Vars'] ?? {};
  const ringback = record(document['ringback']);
  const media = { early: text(ringback['early']), transfer: text(ringback['transfer']) };
  return {
    ...given(fields),
    ...prepended(document, request, caller),
    Request: `${e164}@${address(request.Request).realm || realm}`,
    'Ringback-Media': media.early ?? request['Ringback-Media'],
    'Transfer-Media': media.transfer ?? request['Transfer-Media'],
    'Custom-Channel-Vars': given({
      ...vars,
      'Account-ID': accountId,
      'Account-Realm': text(realm),
      Inception: request.Request,
      'Resource-ID': carrier.id,
      'Resource-Type': 'offnet-origination',
      'Global-Resource': String(carrier.global),
      'Authorizing-Type': 'resource',
      'Ignore-Display-Updates': 'true',
      'E164-Destination': e164,
      'E164-Origination': findE164(caller, numbers),
      'Did-Classifier': classify(e164, numbers, numbers.classifiers)?.name,
      'Ringback-Media': media.early,
      'Transfer-Media': media.transfer,
    }),
  };
}

/** `prepend {enabled, name, number}` of a number goes before the caller id, so that who answers sees what was called. */
function prepended(document: OwnedNumber['document'], request: Request, caller: string): Partial<Fields> {
  const prepend = record(document['prepend']);
  if (prepend['enabled'] !== true) return {};
  const [name, number] = [text(prepend['name']), text(prepend['number'])];
  return given({
    'Caller-ID-Name': name && `${name}${request['Caller-ID-Name'] ?? caller}`,
    'Caller-ID-Number': number && `${number}${caller}`,
  });
}
