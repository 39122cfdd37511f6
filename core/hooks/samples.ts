// What each kind of webhook is told, as examples (contract/crossbar.md §11).
import type { AnyMessage } from '../contract/index.ts';
import { notifications } from '../messages/notification.ts';
import { sampleFields } from '../messages/samples.ts';
import { snakeCase } from '../messages/snake-case.ts';

type Payload = Readonly<Record<string, unknown>>;

const accountId = '0e10f9365fb2383d0fa65e907bfe4cb3';
const otherId = 'd860229e722bf8f738737365b0b1e333';

const leg = {
  account_id: accountId,
  authorizing_id: '7f2b66a620cf9523d349cc5de8f21f37',
  authorizing_type: 'device',
  call_direction: 'inbound',
  call_forwarded: false,
  call_id: 'call-1@phone.example',
  callee_id_name: 'Bob',
  callee_id_number: '+14155550102',
  caller_id_name: 'Alice',
  caller_id_number: '+14155550101',
  custom_application_vars: {},
  custom_channel_vars: { account_id: accountId },
  emergency_resource_used: false,
  from: '1001@sip.example',
  inception: '+14155550101@sip.example',
  is_internal_leg: false,
  local_resource_id: 'd88c4e753d18755ca71adbae784e5f10',
  local_resource_used: true,
  other_leg_call_id: 'call-2@switch.example',
  owner_id: otherId,
  request: '+14155550102@sip.example',
  reseller_id: '026f4f0a6d99f9a19b6aa4aa75501d7d',
  timestamp: 63_900_000_000,
  to: '+14155550102@sip.example',
};

const ofLeg = (hook_event: string, more: Payload = {}): readonly Payload[] => [
  { hook_event, ...leg, ...more },
];

/** A notification with every field, each with a value of its type. */
function sampleOf(contract: AnyMessage): Payload {
  const [name] = contract.names as readonly string[];
  return snakeCase({
    'Event-Category': contract.category,
    'Event-Name': name,
    ...sampleFields(contract),
    'Account-ID': accountId,
  }) as Payload;
}

/** By kind of hook. */
export const hookSamples: Readonly<Record<string, readonly Payload[]>> = {
  channel_answer: ofLeg('channel_answer'),
  channel_bridge: ofLeg('channel_bridge', {
    original_number: '+14155550102',
    other_leg_destination_number: '1002',
  }),
  channel_create: ofLeg('channel_create'),
  channel_destroy: ofLeg('channel_destroy', {
    billing_seconds: 6,
    duration_seconds: 9,
    hangup_cause: 'NORMAL_CLEARING',
    hangup_code: 'sip:200',
    ringing_seconds: 3,
  }),
  notifications: notifications.map(sampleOf),
  object: ['doc_created', 'doc_edited', 'doc_deleted'].map((action) => ({
    account_id: accountId,
    action,
    id: otherId,
    type: 'user',
  })),
  parking: ['PARK_PARKED', 'PARK_RETRIEVED', 'PARK_ABANDONED'].map((event_name) => ({
    account_id: accountId,
    call_id: leg.call_id,
    callee_id_name: leg.callee_id_name,
    callee_id_number: leg.callee_id_number,
    caller_id_Number: leg.caller_id_number,
    caller_id_name: leg.caller_id_name,
    event_name,
    parking_slot: '1',
  })),
  sms: [
    {
      id: otherId,
      account_id: accountId,
      type: 'sms',
      from: leg.caller_id_number,
      to: leg.callee_id_number,
      body: 'Hello',
      origin: 'offnet',
      charges: 1,
    },
  ],
};
