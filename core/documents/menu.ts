// The `menu` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';
import { oneOf, strings } from './shared.ts';

/** Whether something is played, or which media. */
const prompt = oneOf(Type.Boolean(), Type.String({ minLength: 3, maxLength: 2048 }));

/** An IVR menu. */
export const menu = document({
  type: 'menu',
  schema: 'menus',
  database: 'account',
  summary: 'An IVR menu',
  fields: {
    allow_record_from_offnet: Type.Optional(Type.Boolean({ default: false })),
    flags: Type.Optional(strings),
    hunt: Type.Optional(Type.Boolean({ default: true })),
    hunt_allow: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    hunt_deny: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    interdigit_timeout: Type.Optional(Type.Integer({ minimum: 1, maximum: 10000 })),
    max_extension_length: Type.Optional(Type.Integer({ default: 4, minimum: 1, maximum: 6 })),
    media: Type.Optional(
      Type.Object(
        {
          exit_media: Type.Optional(prompt),
          greeting: Type.Optional(Type.String({ minLength: 3, maxLength: 2048 })),
          invalid_media: Type.Optional(prompt),
          transfer_media: Type.Optional(prompt),
        },
        { default: {} },
      ),
    ),
    name: Type.String({ minLength: 1, maxLength: 128 }),
    record_pin: Type.Optional(Type.String({ minLength: 3, maxLength: 6 })),
    retries: Type.Optional(Type.Integer({ default: 3, minimum: 1, maximum: 10 })),
    suppress_media: Type.Optional(Type.Boolean({ default: false })),
    timeout: Type.Optional(Type.Integer({ minimum: 1, maximum: 60000 })),
  },
});
