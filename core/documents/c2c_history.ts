// The `c2c_history` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';

/** One press of a click-to-call button. `timestamp` in Gregorian seconds. */
export const clickToCallHistory = document({
  type: 'c2c_history',
  schema: 'clicktocall_history',
  database: 'modb',
  summary: 'One press of a click-to-call button',
  fields: {
    call_id: Type.Optional(Type.String()),
    contact: Type.Optional(Type.String()),
    cause: Type.Optional(Type.String()),
    result: Type.Optional(Type.Enum(['success', 'error'])),
    timestamp: Type.Optional(Type.Integer()),
  },
  privateFields: { pvt_clicktocall_id: Type.String() },
});
