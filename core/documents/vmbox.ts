// The `vmbox` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';
import { notifyCallback, oneOf } from './shared.ts';

/** A voicemail box. */
export const vmbox = document({
  type: 'vmbox',
  schema: 'vmboxes',
  database: 'account',
  summary: 'A voicemail box',
  fields: {
    announcement_only: Type.Optional(Type.Boolean({ default: false })),
    check_if_owner: Type.Optional(Type.Boolean({ default: true })),
    delete_after_notify: Type.Optional(Type.Boolean({ default: false })),
    flags: Type.Optional(Type.Array(Type.String())),
    include_message_on_notify: Type.Optional(Type.Boolean({ default: true })),
    include_transcription_on_notify: Type.Optional(Type.Boolean({ default: true })),
    is_setup: Type.Optional(Type.Boolean({ default: false })),
    is_voicemail_ff_rw_enabled: Type.Optional(Type.Boolean({ default: false })),
    mailbox: Type.String({ minLength: 1, maxLength: 30 }),
    media: Type.Optional(
      Type.Object(
        { unavailable: Type.Optional(Type.String({ minLength: 32, maxLength: 32 })) },
        { default: {} },
      ),
    ),
    media_extension: Type.Optional(Type.Enum(['mp3', 'mp4', 'wav'], { default: 'mp3' })),
    name: Type.String({ minLength: 1, maxLength: 128 }),
    not_configurable: Type.Optional(Type.Boolean({ default: false })),
    notify: Type.Optional(Type.Object({ callback: Type.Optional(notifyCallback) })),
    notify_email_addresses: Type.Optional(Type.Array(Type.String({ format: 'email' }), { default: [] })),
    oldest_message_first: Type.Optional(Type.Boolean({ default: false })),
    operator_number: Type.Optional(oneOf(Type.Integer(), Type.String())),
    owner_id: Type.Optional(Type.String({ minLength: 32, maxLength: 32 })),
    pin: Type.Optional(Type.String({ minLength: 4, maxLength: 6 })),
    require_pin: Type.Optional(Type.Boolean({ default: false })),
    save_after_notify: Type.Optional(Type.Boolean({ default: false })),
    seek_duration_ms: Type.Optional(Type.Integer({ minimum: 0, default: 10000 })),
    skip_envelope: Type.Optional(Type.Boolean({ default: false })),
    skip_greeting: Type.Optional(Type.Boolean({ default: false })),
    skip_instructions: Type.Optional(Type.Boolean({ default: false })),
    timezone: Type.Optional(Type.String({ minLength: 5, maxLength: 32 })),
    transcribe: Type.Optional(Type.Boolean({ default: false })),
  },
});
