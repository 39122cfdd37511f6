// The `account` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';
import {
  callerId,
  callRecording,
  callRestriction,
  callWaiting,
  closed,
  dialplans,
  formatters,
  freeObject,
  metaflows,
  notifyCallback,
  strings,
} from './shared.ts';

/** An account: one customer, with a database of its own. */
export const account = document({
  type: 'account',
  schema: 'accounts',
  database: 'account',
  summary: 'An account: one customer, with a database of its own',
  fields: {
    call_recording: Type.Optional(
      Type.Object(
        {
          account: Type.Optional(callRecording),
          endpoint: Type.Optional(callRecording),
        },
        closed,
      ),
    ),
    call_restriction: Type.Optional(callRestriction),
    call_waiting: Type.Optional(callWaiting),
    caller_id: Type.Optional(callerId),
    caller_id_options: Type.Optional(
      Type.Object({
        outbound_privacy: Type.Optional(Type.Enum(['full', 'name', 'number', 'none'])),
        show_rate: Type.Optional(Type.Boolean()),
      }),
    ),
    dial_plan: Type.Optional(dialplans),
    do_not_disturb: Type.Optional(
      Type.Object({
        enabled: Type.Optional(Type.Boolean()),
      }),
    ),
    enabled: Type.Optional(Type.Boolean({ default: true })),
    flags: Type.Optional(strings),
    formatters: Type.Optional(formatters),
    language: Type.Optional(Type.String()),
    metaflows: Type.Optional(metaflows),
    music_on_hold: Type.Optional(
      Type.Object(
        {
          media_id: Type.Optional(Type.String({ maxLength: 2048 })),
        },
        { default: {} },
      ),
    ),
    name: Type.String({ minLength: 1, maxLength: 128 }),
    notifications: Type.Optional(
      Type.Object({
        first_occurrence: Type.Optional(
          Type.Object({
            sent_initial_call: Type.Optional(Type.Boolean({ default: false })),
            sent_initial_registration: Type.Optional(Type.Boolean({ default: false })),
          }),
        ),
        low_balance: Type.Optional(
          Type.Object({
            enabled: Type.Optional(Type.Boolean()),
            last_notification: Type.Optional(Type.Integer()),
            sent_low_balance: Type.Optional(Type.Boolean()),
            threshold: Type.Optional(Type.Number()),
          }),
        ),
      }),
    ),
    org: Type.Optional(Type.String()),
    preflow: Type.Optional(
      Type.Object(
        {
          always: Type.Optional(Type.String()),
        },
        { default: {}, ...closed },
      ),
    ),
    realm: Type.Optional(Type.String({ minLength: 4, maxLength: 253, pattern: '^[.\\w-]+$' })),
    ringtones: Type.Optional(
      Type.Object(
        {
          external: Type.Optional(Type.String({ maxLength: 256 })),
          internal: Type.Optional(Type.String({ maxLength: 256 })),
        },
        { default: {} },
      ),
    ),
    timezone: Type.Optional(Type.String({ minLength: 5, maxLength: 32 })),
    topup: Type.Optional(
      Type.Object({
        threshold: Type.Optional(Type.Number()),
      }),
    ),
    voicemail: Type.Optional(
      Type.Object({
        notify: Type.Optional(
          Type.Object({
            callback: Type.Optional(notifyCallback),
          }),
        ),
      }),
    ),
    zones: Type.Optional(freeObject),
  },
  privateFields: {
    pvt_tree: Type.Array(Type.String()),
    pvt_enabled: Type.Boolean(),
    pvt_api_key: Type.String(),
    pvt_superduper_admin: Type.Boolean(),
    pvt_reseller: Type.Boolean(),
    pvt_reseller_id: Type.String(),
    pvt_wnm_allow_additions: Type.Boolean(),
    pvt_notification_preference: Type.String(),
    pvt_trial_expires: Type.Integer(),
    pvt_parent_id: Type.String(),
    /** Part of the signature of every token of the account: a new one ends them. */
    pvt_signature_secret: Type.String(),
  },
});
