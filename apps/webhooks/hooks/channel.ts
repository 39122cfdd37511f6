// channel_create, channel_answer, channel_bridge, channel_destroy: what happened to a leg of a call.
import type { MessageOf } from '../../../core/contract/index.ts';
import type { HookName } from '../../../core/documents/webhook.ts';
import { callEvent } from '../../../core/messages/call.ts';
import { snakeCase } from '../../../core/messages/snake-case.ts';
import { type AccountDocument, type Payload, source } from './source.ts';

type CallEvent = MessageOf<typeof callEvent>;

const names = ['CHANNEL_CREATE', 'CHANNEL_ANSWER', 'CHANNEL_BRIDGE', 'CHANNEL_DESTROY'] as const;

export const channel = source<typeof callEvent>({
  bindings: [],
  onDemand: names.map((name) => ({
    hook: name.toLowerCase() as HookName,
    binding: { exchange: 'callevt', key: `call.${name}.*` },
  })),
  contracts: [callEvent],
  events: names,
  hookOf: (event) => event['Event-Name'].toLowerCase() as HookName,
  accountOf,
  payloadOf: (event, account) => ({ ...legOf(event, account), ...furtherOf(event) }),
  wanted: ({ include_internal_legs }, event) => include_internal_legs !== false || !isInternal(event),
});

const variable = (event: CallEvent, name: string): unknown => event['Custom-Channel-Vars']?.[name];
const isTrue = (value: unknown): boolean => String(value) === 'true';

/** The account that a leg belongs to. */
export function accountOf(event: CallEvent): string | undefined {
  const account = variable(event, 'Account-ID');
  return typeof account === 'string' ? account : undefined;
}

/** A leg that connects two others inside of a switch. */
function isInternal(event: CallEvent): boolean {
  return event['Channel-Is-Loopback'] === true || event['Channel-Name']?.startsWith('loopback/') === true;
}

/** What is told of a leg with every event (contract/crossbar.md §11). */
function legOf(event: CallEvent, account: AccountDocument): Payload {
  const isGlobal = isTrue(variable(event, 'Global-Resource'));
  return {
    hook_event: event['Event-Name'].toLowerCase(),
    account_id: account._id,
    reseller_id: account.pvt_reseller_id,
    call_id: event['Call-ID'],
    other_leg_call_id: event['Other-Leg-Call-ID'],
    call_direction: event['Call-Direction'],
    caller_id_name: event['Caller-ID-Name'],
    caller_id_number: event['Caller-ID-Number'],
    callee_id_name: event['Callee-ID-Name'],
    callee_id_number: event['Callee-ID-Number'],
    from: event.From,
    to: event.To,
    request: event.Request,
    inception: variable(event, 'Inception'),
    is_internal_leg: isInternal(event),
    authorizing_id: variable(event, 'Authorizing-ID'),
    authorizing_type: variable(event, 'Authorizing-Type'),
    owner_id: variable(event, 'Owner-ID'),
    custom_channel_vars: snakeCase(event['Custom-Channel-Vars'] ?? {}),
    custom_application_vars: event['Custom-Application-Vars'] ?? {},
    call_forwarded: isTrue(variable(event, 'Call-Forward')),
    emergency_resource_used: isTrue(variable(event, 'Emergency-Resource')),
    local_resource_used: !isGlobal,
    ...(!isGlobal && { local_resource_id: variable(event, 'Resource-ID') }),
    timestamp: event.Timestamp,
  };
}

function furtherOf(event: CallEvent): Payload {
  if (event['Event-Name'] === 'CHANNEL_BRIDGE')
    return {
      original_number: variable(event, 'Original-Number'),
      other_leg_destination_number: event['Other-Leg-Destination-Number'],
    };
  if (event['Event-Name'] !== 'CHANNEL_DESTROY') return {};
  return {
    hangup_cause: event['Hangup-Cause'],
    hangup_code: event['Hangup-Code'],
    duration_seconds: event['Duration-Seconds'],
    billing_seconds: event['Billing-Seconds'],
    ringing_seconds: event['Ringing-Seconds'],
  };
}
