// The `conference` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';
import { conferenceProfile, freeObject, oneOf } from './shared.ts';

/** Whether a tone is played, or which. */
const tone = oneOf(Type.Boolean(), Type.String());

/** A room that several calls meet in. */
export const conference = document({
  type: 'conference',
  schema: 'conferences',
  database: 'account',
  summary: 'A room that several calls meet in',
  fields: {
    bridge_password: Type.Optional(Type.String()),
    bridge_username: Type.Optional(Type.String()),
    caller_controls: Type.Optional(Type.String()),
    conference_numbers: Type.Optional(
      Type.Array(Type.String({ pattern: '^[0-9]+$' }), { default: [], uniqueItems: true }),
    ),
    controls: Type.Optional(freeObject),
    domain: Type.Optional(Type.String()),
    flags: Type.Optional(Type.Array(Type.String())),
    focus: Type.Optional(Type.String()),
    language: Type.Optional(Type.String()),
    max_members_media: Type.Optional(Type.String()),
    max_participants: Type.Optional(Type.Integer()),
    member: Type.Optional(
      Type.Object(
        {
          join_deaf: Type.Optional(Type.Boolean({ default: false })),
          join_muted: Type.Optional(Type.Boolean({ default: true })),
          numbers: Type.Optional(
            Type.Array(Type.String({ pattern: '^[0-9]+$' }), { default: [], uniqueItems: true, minItems: 0 }),
          ),
          pins: Type.Optional(Type.Array(Type.String({ pattern: '^[0-9]+$' }), { default: [] })),
          play_entry_prompt: Type.Optional(Type.Boolean()),
        },
        { default: {} },
      ),
    ),
    moderator: Type.Optional(
      Type.Object(
        {
          join_deaf: Type.Optional(Type.Boolean({ default: false })),
          join_muted: Type.Optional(Type.Boolean({ default: false })),
          numbers: Type.Optional(
            Type.Array(Type.String({ pattern: '^[0-9]+$' }), { default: [], uniqueItems: true }),
          ),
          pins: Type.Optional(Type.Array(Type.String({ pattern: '^[0-9]+$' }), { default: [] })),
        },
        { default: {} },
      ),
    ),
    moderator_controls: Type.Optional(Type.String()),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    owner_id: Type.Optional(Type.String({ minLength: 32, maxLength: 32 })),
    play_entry_tone: Type.Optional(tone),
    play_exit_tone: Type.Optional(tone),
    play_name: Type.Optional(Type.Boolean({ default: false })),
    play_welcome: Type.Optional(Type.Boolean()),
    profile: Type.Optional(conferenceProfile),
    profile_name: Type.Optional(Type.String()),
    require_moderator: Type.Optional(Type.Boolean()),
    wait_for_moderator: Type.Optional(Type.Boolean()),
  },
});
