// The `fax` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';
import { mailedTo, textedTo } from './shared.ts';

/** A fax. */
export const fax = document({
  type: 'fax',
  schema: 'faxes',
  database: 'faxes',
  summary: 'A fax to be sent, or one that was sent or received',
  fields: {
    attempts: Type.Optional(Type.Integer({ default: 0, minimum: 0, maximum: 4 })),
    document: Type.Optional(
      Type.Object({
        content: Type.Optional(Type.String({ maxLength: 256 })),
        content_type: Type.Optional(Type.String()),
        host: Type.Optional(Type.String()),
        method: Type.Optional(Type.Enum(['get', 'post'], { default: 'get' })),
        referer: Type.Optional(Type.String()),
        url: Type.String({ pattern: '^https?://' }),
      }),
    ),
    from_name: Type.Optional(Type.String()),
    from_number: Type.String(),
    notifications: Type.Optional(
      Type.Object({
        email: Type.Optional(mailedTo),
        sms: Type.Optional(textedTo),
      }),
    ),
    retries: Type.Optional(Type.Integer({ default: 1, minimum: 0, maximum: 4 })),
    to_name: Type.Optional(Type.String()),
    to_number: Type.String(),
    tx_result: Type.Optional(
      Type.Object({
        error_message: Type.Optional(Type.String({ default: '' })),
        fax_bad_rows: Type.Optional(Type.Integer({ default: 0 })),
        fax_error_correction: Type.Optional(Type.Boolean({ default: false })),
        fax_receiver_id: Type.Optional(Type.String({ default: '' })),
        fax_speed: Type.Optional(Type.Integer({ default: 0 })),
        pages_sent: Type.Optional(Type.Integer({ default: 0 })),
        success: Type.Optional(Type.Boolean({ default: false })),
        time_elapsed: Type.Optional(Type.Integer({ default: 0 })),
      }),
    ),
  },
  privateFields: {
    /** attaching_files, pending, processing, completed, failed. */
    pvt_job_status: Type.String(),
    pvt_delivered_date: Type.Integer(),
    pvt_reseller_id: Type.String(),
  },
});
