// The `user` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';
import { endpointMedia } from './endpoint_media.ts';
import {
  callerId,
  callForward,
  callRecording,
  callRestriction,
  callWaiting,
  dialplans,
  formatters,
  freeObject,
  metaflows,
  notifyCallback,
  profile,
  strings,
} from './shared.ts';

/** A person of an account. */
export const user = document({
  type: 'user',
  schema: 'users',
  database: 'account',
  summary: 'A person of an account',
  fields: {
    call_forward: Type.Optional(callForward),
    call_recording: Type.Optional(callRecording),
    call_restriction: Type.Optional(callRestriction),
    call_waiting: Type.Optional(callWaiting),
    caller_id: Type.Optional(callerId),
    caller_id_options: Type.Optional(
      Type.Object({
        outbound_privacy: Type.Optional(Type.Enum(['full', 'name', 'number', 'none'])),
      }),
    ),
    contact_list: Type.Optional(
      Type.Object(
        {
          exclude: Type.Optional(Type.Boolean()),
        },
        { default: {} },
      ),
    ),
    dial_plan: Type.Optional(dialplans),
    directories: Type.Optional(freeObject),
    do_not_disturb: Type.Optional(
      Type.Object({
        enabled: Type.Optional(Type.Boolean()),
      }),
    ),
    email: Type.Optional(Type.String({ minLength: 3, maxLength: 254, format: 'email' })),
    enabled: Type.Optional(Type.Boolean({ default: true })),
    feature_level: Type.Optional(Type.String()),
    first_name: Type.String({ minLength: 1, maxLength: 128 }),
    flags: Type.Optional(strings),
    formatters: Type.Optional(formatters),
    hotdesk: Type.Optional(
      Type.Object(
        {
          enabled: Type.Optional(Type.Boolean({ default: false })),
          id: Type.Optional(Type.String({ maxLength: 15 })),
          keep_logged_in_elsewhere: Type.Optional(Type.Boolean({ default: false })),
          pin: Type.Optional(Type.String({ minLength: 4, maxLength: 15 })),
          require_pin: Type.Optional(Type.Boolean({ default: false })),
        },
        { default: {} },
      ),
    ),
    language: Type.Optional(Type.String()),
    last_name: Type.String({ minLength: 1, maxLength: 128 }),
    media: Type.Optional(endpointMedia),
    metaflows: Type.Optional(metaflows),
    music_on_hold: Type.Optional(
      Type.Object(
        {
          media_id: Type.Optional(Type.String({ maxLength: 128 })),
        },
        { default: {} },
      ),
    ),
    password: Type.Optional(Type.String()),
    presence_id: Type.Optional(Type.String()),
    priv_level: Type.Optional(Type.Enum(['user', 'admin'], { default: 'user' })),
    profile: Type.Optional(profile),
    pronounced_name: Type.Optional(
      Type.Object({
        media_id: Type.Optional(Type.String({ maxLength: 128 })),
      }),
    ),
    require_password_update: Type.Optional(Type.Boolean({ default: false })),
    ringtones: Type.Optional(
      Type.Object(
        {
          external: Type.Optional(Type.String({ maxLength: 256 })),
          internal: Type.Optional(Type.String({ maxLength: 256 })),
        },
        { default: {} },
      ),
    ),
    /** Id of a `role` of the account, which then says what the user may do instead of `priv_level`. */
    role: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    timezone: Type.Optional(Type.String()),
    username: Type.Optional(Type.String({ minLength: 1, maxLength: 256, pattern: '^([+@.\\w_-]+)$' })),
    verified: Type.Optional(Type.Boolean({ default: false })),
    vm_to_email_enabled: Type.Optional(Type.Boolean({ default: true })),
    voicemail: Type.Optional(
      Type.Object({
        notify: Type.Optional(
          Type.Object({
            callback: Type.Optional(notifyCallback),
          }),
        ),
      }),
    ),
  },
  privateFields: {
    pvt_md5_auth: Type.String(),
    pvt_sha1_auth: Type.String(),
    /** Salted argon2id over the md5 and the sha1 that clients send; how, says apps/crossbar/auth/credentials.ts. */
    pvt_argon2_auth: Type.Object({
      md5: Type.Optional(Type.String()),
      sha: Type.Optional(Type.String()),
      /** With the user name as it was typed, when it has capitals. */
      md5_typed: Type.Optional(Type.String()),
      sha_typed: Type.Optional(Type.String()),
    }),
    pvt_signature_secret: Type.String(),
    /** The one-time passwords of the user; how, says apps/crossbar/auth/totp.ts. */
    pvt_totp: Type.Object({
      /** Sealed with the system secret. */
      secret: Type.String(),
      /** A code has proved that the user has the secret. */
      confirmed: Type.Boolean(),
      /** The period of the last code that was used. */
      last_step: Type.Integer(),
      /** Digests of the recovery codes that are left. */
      recovery: Type.Optional(Type.Array(Type.String())),
    }),
  },
});
