// The `number` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';
import { strings, stringsByDefault } from './shared.ts';

/** What can be the case with a number. */
export const numberStates = [
  'aging',
  'available',
  'deleted',
  'discovery',
  'in_service',
  'port_in',
  'port_out',
  'released',
  'reserved',
] as const;

/** A number (E.164) and what it is used for. */
export const number = document({
  type: 'number',
  schema: 'phone_numbers',
  database: 'numbers',
  summary: 'A number (E.164) and what it is used for',
  fields: {
    carrier_name: Type.Optional(Type.String({ minLength: 1, maxLength: 30 })),
    cnam: Type.Optional(
      Type.Object({
        display_name: Type.Optional(Type.String({ minLength: 1, maxLength: 15 })),
        inbound_lookup: Type.Optional(Type.Boolean()),
      }),
    ),
    create_with_state: Type.Optional(Type.Enum(numberStates)),
    e911: Type.Optional(
      Type.Object({
        activated_time: Type.Optional(Type.String()),
        caller_name: Type.Optional(Type.String({ minLength: 3 })),
        extended_address: Type.Optional(Type.String()),
        latitude: Type.Optional(Type.String()),
        legacy_data: Type.Optional(
          Type.Object({
            house_number: Type.Optional(Type.String()),
            predirectional: Type.Optional(Type.String()),
            streetname: Type.Optional(Type.String()),
            suite: Type.Optional(Type.String()),
          }),
        ),
        locality: Type.String(),
        location_id: Type.Optional(Type.String()),
        longitude: Type.Optional(Type.String()),
        notification_contact_emails: Type.Optional(stringsByDefault),
        plus_four: Type.Optional(Type.String()),
        postal_code: Type.String(),
        region: Type.String({ minLength: 2, maxLength: 2 }),
        status: Type.Optional(Type.Enum(['INVALID', 'GEOCODED', 'PROVISIONED', 'REMOVED', 'ERROR'])),
        street_address: Type.String(),
      }),
    ),
    failover: Type.Optional(
      Type.Object({ e164: Type.Optional(Type.String()), sip: Type.Optional(Type.String()) }),
    ),
    force_outbound: Type.Optional(Type.Boolean()),
    mms: Type.Optional(Type.Object({ enabled: Type.Optional(Type.Boolean()) })),
    porting: Type.Optional(
      Type.Object({
        billing_account_id: Type.Optional(Type.String()),
        billing_extended_address: Type.Optional(Type.String()),
        billing_locality: Type.Optional(Type.String()),
        billing_name: Type.Optional(Type.String()),
        billing_postal_code: Type.Optional(Type.String()),
        billing_region: Type.Optional(Type.String()),
        billing_street_address: Type.Optional(Type.String()),
        billing_telephone_number: Type.Optional(Type.String()),
        comments: Type.Optional(strings),
        customer_contact: Type.Optional(Type.String()),
        port_id: Type.Optional(Type.String()),
        requested_port_date: Type.Optional(Type.String()),
        service_provider: Type.Optional(Type.String()),
      }),
    ),
    prepend: Type.Optional(
      Type.Object({
        enabled: Type.Optional(Type.Boolean()),
        name: Type.Optional(Type.String()),
        number: Type.Optional(Type.String()),
      }),
    ),
    ringback: Type.Optional(
      Type.Object({ early: Type.Optional(Type.String()), transfer: Type.Optional(Type.String()) }),
    ),
    sms: Type.Optional(Type.Object({ enabled: Type.Optional(Type.Boolean()) })),
  },
  privateFields: {
    pvt_state: Type.Enum(numberStates),
    pvt_assigned_to: Type.String(),
    pvt_previously_assigned_to: Type.String(),
    pvt_used_by: Type.String(),
    pvt_module_name: Type.String(),
    pvt_carrier_data: Type.Record(Type.String(), Type.Unknown()),
    pvt_features: Type.Record(Type.String(), Type.Unknown()),
    pvt_features_allowed: Type.Array(Type.String()),
    pvt_features_denied: Type.Array(Type.String()),
    pvt_reserve_history: Type.Array(Type.String()),
    pvt_ported_in: Type.Boolean(),
    pvt_authorizing_account: Type.String(),
    pvt_db_name: Type.String(),
  },
});
