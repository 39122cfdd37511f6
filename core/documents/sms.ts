// The `sms` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';

/** A text message. */
export const sms = document({
  type: 'sms',
  schema: 'sms',
  database: 'modb',
  summary: 'A text message',
  fields: {
    body: Type.String({ minLength: 1, maxLength: 700 }),
    from: Type.Optional(Type.String()),
    to: Type.String(),
  },
});
