// The `port_request` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';
import { byPattern, comment, freeObject, mailedTo } from './shared.ts';

/** A request to port numbers. */
export const portRequest = document({
  type: 'port_request',
  schema: 'port_requests',
  database: 'port_requests',
  summary: 'A request to bring numbers from another carrier',
  fields: {
    bill: Type.Optional(
      Type.Object({
        account_number: Type.Optional(Type.String()),
        btn: Type.Optional(Type.String()),
        carrier: Type.Optional(Type.String()),
        locality: Type.Optional(Type.String()),
        name: Type.Optional(Type.String()),
        pin: Type.Optional(Type.String()),
        postal_code: Type.Optional(Type.String()),
        region: Type.Optional(Type.String()),
        street_address: Type.Optional(Type.String()),
        street_number: Type.Optional(Type.String()),
        street_post_dir: Type.Optional(Type.String()),
        street_pre_dir: Type.Optional(Type.String()),
        street_type: Type.Optional(Type.String()),
      }),
    ),
    comments: Type.Optional(Type.Array(comment)),
    name: Type.String({ minLength: 1, maxLength: 128 }),
    notifications: Type.Optional(Type.Object({ email: Type.Optional(mailedTo) })),
    numbers: byPattern('\\+?[0-9]+', freeObject, { minProperties: 1 }),
    reference_number: Type.Optional(Type.String()),
    scheduled_date: Type.Optional(Type.Integer()),
    signee_name: Type.Optional(Type.String()),
    signing_date: Type.Optional(Type.Integer()),
    transfer_date: Type.Optional(Type.Integer()),
    winning_carrier: Type.Optional(Type.String()),
  },
  privateFields: {
    pvt_port_state: Type.Enum([
      'unconfirmed',
      'submitted',
      'pending',
      'scheduled',
      'rejected',
      'completed',
      'canceled',
    ]),
    pvt_transitions: Type.Array(Type.Unknown()),
    pvt_tree: Type.Array(Type.String()),
    pvt_port_authority: Type.String(),
    pvt_port_authority_name: Type.String(),
    pvt_account_name: Type.String(),
    /** The numbers that came, as they stood on the request. */
    pvt_ported_numbers: Type.Record(Type.String(), Type.Unknown()),
  },
});
