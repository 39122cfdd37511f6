// The `notification` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';
import { emails, freeObjectByDefault } from './shared.ts';

/** A mail template. */
export const notification = document({
  type: 'notification',
  schema: 'notifications',
  database: 'account',
  summary: 'A mail template',
  fields: {
    bcc: Type.Optional(
      Type.Object({
        email_addresses: Type.Optional(emails),
        type: Type.Optional(Type.Enum(['original', 'specified', 'admins'], { minLength: 2, maxLength: 253 })),
      }),
    ),
    category: Type.Optional(Type.String({ minLength: 1 })),
    cc: Type.Optional(
      Type.Object({
        email_addresses: Type.Optional(emails),
        type: Type.Optional(Type.Enum(['original', 'specified', 'admins'])),
      }),
    ),
    enabled: Type.Optional(Type.Boolean({ default: true })),
    friendly_name: Type.Optional(Type.String({ minLength: 1 })),
    from: Type.String({ format: 'email' }),
    macros: Type.Optional(freeObjectByDefault),
    reply_to: Type.Optional(Type.String({ format: 'email' })),
    subject: Type.String({ minLength: 1, maxLength: 200 }),
    template_charset: Type.Optional(Type.String({ default: 'utf-8', minLength: 1 })),
    to: Type.Object({
      email_addresses: Type.Optional(emails),
      type: Type.Optional(Type.Enum(['original', 'specified', 'admins'], { minLength: 2, maxLength: 253 })),
    }),
  },
});
