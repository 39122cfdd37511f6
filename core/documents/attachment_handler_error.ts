// The `attachment_handler_error` document: an attachment that could not be stored outside (contract/couch.md §3).
import { document, Type } from '../contract/index.ts';

export const attachmentHandlerError = document({
  type: 'attachment_handler_error',
  schema: 'attachment_handler_errors',
  database: 'modb',
  summary: 'An attachment that could not be stored outside of the database',
  fields: {
    attachment_name: Type.Optional(Type.String()),
    handler_id: Type.Optional(Type.String()),
    reason: Type.Optional(Type.String()),
    resp_code: Type.Optional(Type.Integer()),
  },
});
