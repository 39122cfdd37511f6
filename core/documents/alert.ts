// The `alert` document (contract/couch.md §3; fields as Kazoo's cb_alerts takes them).
import { document, Type } from '../contract/index.ts';
import { freeObject } from './shared.ts';

/** Who an alert is from or for: an account, a user, or all of a kind. */
const party = Type.Object({
  type: Type.String({ minLength: 1 }),
  value: Type.String({ minLength: 1 }),
});

/** A message that the page of an account shows until it is read or over. */
export const alert = document({
  type: 'alert',
  schema: 'alerts',
  database: 'alerts',
  summary: 'A message for the people of some accounts',
  fields: {
    category: Type.String(),
    clearable: Type.Optional(Type.Boolean()),
    expiration_date: Type.Optional(Type.Integer()),
    from: Type.Optional(Type.Array(party)),
    level: Type.Optional(Type.String()),
    message: Type.String(),
    metadata: Type.Optional(freeObject),
    title: Type.String(),
    to: Type.Array(party),
  },
  privateFields: {
    pvt_expiration_date: Type.Integer(),
  },
});
