// The `mms` document (contract/couch.md §3): the schema is Kazoo's.
import { document, Type } from '../contract/index.ts';

/** A multimedia message. */
export const mms = document({
  type: 'mms',
  schema: 'mms',
  database: 'modb',
  summary: 'A multimedia message',
  fields: {
    /** MIME; or files are uploaded. */
    body: Type.Optional(Type.String({ minLength: 1 })),
    from: Type.Optional(Type.String()),
    to: Type.String(),
  },
});
