// The `faxbox` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';
import { mailedTo, strings, stringsByDefault, textedTo } from './shared.ts';

/** Who is told of a fax. */
const told = Type.Object({
  callback: Type.Optional(
    Type.Object({
      method: Type.Optional(Type.Enum(['post', 'put'])),
      type: Type.Optional(Type.Enum(['json', 'www-url-form-encoded'])),
      url: Type.Optional(Type.String({ pattern: '^https?://' })),
    }),
  ),
  email: Type.Optional(mailedTo),
  sms: Type.Optional(textedTo),
});

/** A fax box. */
export const faxbox = document({
  type: 'faxbox',
  schema: 'faxbox',
  database: 'account',
  summary: 'A fax number, its printer and whom to tell',
  fields: {
    attempts: Type.Optional(Type.Integer({ default: 0, minimum: 0, maximum: 4 })),
    caller_id: Type.Optional(Type.String()),
    caller_name: Type.Optional(Type.String({ default: 'Kazoo Fax Printer' })),
    custom_smtp_email_address: Type.Optional(Type.String()),
    fax_header: Type.Optional(Type.String({ default: 'Kazoo Fax Printer' })),
    fax_identity: Type.Optional(Type.String()),
    fax_timezone: Type.Optional(Type.String()),
    flags: Type.Optional(strings),
    media: Type.Optional(Type.Object({ fax_option: Type.Optional(Type.Boolean()) }, { default: {} })),
    name: Type.String({ minLength: 1, maxLength: 128 }),
    notifications: Type.Optional(
      Type.Object({
        inbound: Type.Optional(told),
        outbound: Type.Optional(told),
      }),
    ),
    retries: Type.Optional(Type.Integer({ default: 1, minimum: 0, maximum: 4 })),
    smtp_permission_list: Type.Optional(stringsByDefault),
  },
  privateFields: {
    pvt_smtp_email_address: Type.String(),
    pvt_reseller_id: Type.String(),
  },
});
