// The `parked_call` document (contract/couch.md §§3-4), id `parking-slot-<slot>`.
import { document, Type } from '../contract/index.ts';

/** The keys that callflow writes of a slot are those of the call in it. */
export const parkedCall = document({
  type: 'parked_call',
  schema: 'parked_calls',
  database: 'account',
  summary: 'A slot with a parked call',
  fields: {
    slot: Type.Optional(
      Type.Object({
        'Call-ID': Type.Optional(Type.String()),
        'CID-Name': Type.Optional(Type.String()),
        'CID-Number': Type.Optional(Type.String()),
        'CID-URI': Type.Optional(Type.String()),
        'Hold-Media': Type.Optional(Type.String()),
        Node: Type.Optional(Type.String()),
        'Parker-Call-ID': Type.Optional(Type.String()),
        'Presence-ID': Type.Optional(Type.String()),
        'Presence-Realm': Type.Optional(Type.String()),
        'Presence-User': Type.Optional(Type.String()),
        'Ringback-ID': Type.Optional(Type.String()),
        'Slot-Call-ID': Type.Optional(Type.String()),
        'Switch-URI': Type.Optional(Type.String()),
        'To-Tag': Type.Optional(Type.String()),
        'From-Tag': Type.Optional(Type.String()),
      }),
    ),
  },
});
