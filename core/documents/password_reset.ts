// The `password_reset` document: a link that lets somebody in who forgot the password (contract/couch.md §3).
import { document, Type } from '../contract/index.ts';

/** Good once, until `expires` (Gregorian seconds). Its id is the month and the SHA-256 of what stands in the link. */
export const password_reset = document({
  type: 'password_reset',
  schema: 'password_resets',
  database: 'modb',
  summary: 'A link that lets somebody in who forgot the password',
  fields: { expires: Type.Integer() },
  privateFields: {
    pvt_userid: Type.String(),
    /** That of the user when the link was made. */
    pvt_signature_secret: Type.String(),
  },
});
