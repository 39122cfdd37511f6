// The `device` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';
import { endpointMedia } from './endpoint_media.ts';
import {
  byPattern,
  callerId,
  callForward,
  callRecording,
  callRestriction,
  callWaiting,
  comboKey,
  customSipHeaders,
  dialplans,
  formatters,
  freeObject,
  metaflows,
  oneOf,
  oneOrMore,
  strings,
} from './shared.ts';

/** A phone or other endpoint. */
export const device = document({
  type: 'device',
  schema: 'devices',
  database: 'account',
  summary: 'A phone or other endpoint',
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
    device_type: Type.Optional(Type.String()),
    dial_plan: Type.Optional(dialplans),
    do_not_disturb: Type.Optional(
      Type.Object({
        enabled: Type.Optional(Type.Boolean()),
      }),
    ),
    enabled: Type.Optional(Type.Boolean({ default: true })),
    exclude_from_queues: Type.Optional(Type.Boolean({ default: false })),
    flags: Type.Optional(strings),
    formatters: Type.Optional(formatters),
    hotdesk: Type.Optional(
      Type.Object({
        users: Type.Optional(byPattern('^[a-zA-Z0-9]{32}$', freeObject)),
      }),
    ),
    language: Type.Optional(Type.String()),
    mac_address: Type.Optional(Type.String()),
    media: Type.Optional(endpointMedia),
    metaflows: Type.Optional(metaflows),
    music_on_hold: Type.Optional(
      Type.Object(
        {
          media_id: Type.Optional(Type.String({ maxLength: 2048 })),
        },
        { default: {} },
      ),
    ),
    mwi_unsolicited_updates: Type.Optional(Type.Boolean({ default: true })),
    name: Type.String({ minLength: 1, maxLength: 128 }),
    outbound_flags: Type.Optional(
      oneOf(strings, Type.Object({ dynamic: Type.Optional(strings), static: Type.Optional(strings) })),
    ),
    owner_id: Type.Optional(Type.String({ minLength: 32, maxLength: 32 })),
    presence_id: Type.Optional(Type.String()),
    provision: Type.Optional(
      Type.Object({
        combo_keys: Type.Optional(byPattern('^[0-9]+$', comboKey)),
        endpoint_brand: Type.Optional(Type.String()),
        endpoint_family: Type.Optional(Type.String()),
        endpoint_model: Type.Optional(oneOrMore),
        feature_keys: Type.Optional(byPattern('^[0-9]+$', comboKey)),
        id: Type.Optional(Type.String()),
      }),
    ),
    register_overwrite_notify: Type.Optional(Type.Boolean({ default: false })),
    ringtones: Type.Optional(
      Type.Object(
        {
          external: Type.Optional(Type.String({ maxLength: 256 })),
          internal: Type.Optional(Type.String({ maxLength: 256 })),
        },
        { default: {} },
      ),
    ),
    sip: Type.Optional(
      Type.Object(
        {
          custom_sip_headers: Type.Optional(customSipHeaders),
          custom_sip_interface: Type.Optional(Type.String()),
          expire_seconds: Type.Optional(Type.Integer({ default: 300 })),
          forward: Type.Optional(Type.String()),
          ignore_completed_elsewhere: Type.Optional(Type.Boolean()),
          invite_format: Type.Optional(
            Type.Enum(['username', 'npan', '1npan', 'e164', 'route', 'strip_plus', 'contact'], {
              default: 'contact',
            }),
          ),
          ip: Type.Optional(Type.String()),
          method: Type.Optional(Type.Enum(['password', 'ip'], { default: 'password' })),
          number: Type.Optional(Type.String()),
          password: Type.Optional(Type.String({ minLength: 5, maxLength: 32 })),
          proxy: Type.Optional(Type.String()),
          realm: Type.Optional(Type.String({ minLength: 4, maxLength: 253, pattern: '^[.\\w_-]+$' })),
          route: Type.Optional(Type.String()),
          static_invite: Type.Optional(Type.String()),
          static_route: Type.Optional(Type.String()),
          transport: Type.Optional(Type.String()),
          username: Type.Optional(Type.String({ minLength: 2, maxLength: 32 })),
        },
        { default: {} },
      ),
    ),
    suppress_unregister_notifications: Type.Optional(Type.Boolean({ default: false })),
    timezone: Type.Optional(Type.String()),
  },
});
