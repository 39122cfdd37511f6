// The `click2call` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';
import { bypassMedia } from './endpoint_media.ts';
import { byPattern, customSipHeaders } from './shared.ts';

/** A button on a page that makes a call. */
export const clickToCall = document({
  type: 'click2call',
  schema: 'clicktocall',
  database: 'account',
  summary: 'A button on a page that makes a call',
  fields: {
    auth_required: Type.Optional(Type.Boolean({ default: true })),
    bypass_media: Type.Optional(bypassMedia),
    caller_id_number: Type.Optional(Type.String()),
    custom_application_vars: Type.Optional(byPattern('[a-zA-Z0-9\\-_]+', Type.String(), { default: {} })),
    custom_sip_headers: Type.Optional(customSipHeaders),
    dial_first: Type.Optional(Type.Enum(['extension', 'contact'])),
    extension: Type.String(),
    media: Type.Optional(Type.Object({ ignore_early_media: Type.Optional(Type.Boolean()) })),
    music_on_hold: Type.Optional(Type.Object({ media_id: Type.Optional(Type.String({ maxLength: 2048 })) })),
    name: Type.String({ minLength: 1, maxLength: 128 }),
    outbound_callee_id_name: Type.Optional(Type.String()),
    outbound_callee_id_number: Type.Optional(Type.String()),
    presence_id: Type.Optional(Type.String()),
    ringback: Type.Optional(Type.String()),
    throttle: Type.Optional(Type.Integer()),
    timeout: Type.Optional(Type.Integer()),
    whitelist: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
  },
});
