// parking: a call was parked, taken back or lost in its slot.
import { callEvent } from '../../../core/messages/call.ts';
import { accountOf } from './channel.ts';
import { source } from './source.ts';

const names = ['PARK_PARKED', 'PARK_RETRIEVED', 'PARK_ABANDONED'] as const;

export const parking = source<typeof callEvent>({
  bindings: names.map((name) => ({ exchange: 'callevt', key: `call.${name}.*` })),
  contracts: [callEvent],
  events: names,
  hookOf: () => 'parking',
  accountOf,
  payloadOf: (event, account) => ({
    event_name: event['Event-Name'],
    call_id: event['Call-ID'],
    account_id: account._id,
    caller_id_name: event['Caller-ID-Name'],
    // Kazoo spells this one so.
    caller_id_Number: event['Caller-ID-Number'],
    callee_id_name: event['Callee-ID-Name'],
    callee_id_number: event['Callee-ID-Number'],
    parking_slot: event['Parking-Slot'],
  }),
});
