// The `app` document (contract/couch.md §3): what the store of apps knows of an app of the user interface.
import { document, Type } from '../contract/index.ts';
import { allowedUsers, byPattern, freeObject } from './shared.ts';

const text = Type.Optional(Type.String());
const texts = Type.Optional(Type.Array(Type.String()));

/** An app of the user interface. The master account has them all; icon and screenshots are attachments. */
export const app = document({
  type: 'app',
  schema: 'app',
  database: 'account',
  summary: 'An app of the user interface',
  fields: {
    allowed_users: allowedUsers,
    /** For the operator to say, where it is not that of the cluster. */
    api_url: text,
    author: Type.String({ minLength: 2, maxLength: 64 }),
    extends: texts,
    i18n: byPattern(
      '^[a-z]{2}-[A-Z]{2}$',
      Type.Object({
        description: Type.String({ minLength: 3 }),
        extended_description: text,
        features: texts,
        label: Type.String({ minLength: 3, maxLength: 64 }),
      }),
    ),
    /** Name of the attachment. */
    icon: Type.String(),
    license: Type.String(),
    masqueradable: Type.Optional(Type.Boolean({ default: true })),
    name: Type.String({ minLength: 3, maxLength: 64 }),
    phase: Type.Optional(Type.Enum(['alpha', 'beta', 'gold'])),
    price: Type.Number({ minimum: 0 }),
    published: Type.Optional(Type.Boolean()),
    /** Names of the attachments. */
    screenshots: texts,
    source_url: text,
    tags: texts,
    urls: Type.Optional(freeObject),
    users: texts,
    version: Type.String(),
  },
});
