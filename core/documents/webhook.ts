// The `webhook` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';

/** What an URL can be told of; `all` is any of the others. */
export const hookNames = [
  'all',
  'channel_answer',
  'channel_bridge',
  'channel_create',
  'channel_destroy',
  'notifications',
  'object',
  'parking',
  'sms',
] as const;

export type HookName = (typeof hookNames)[number];

/** A webhook. */
export const webhook = document({
  type: 'webhook',
  schema: 'webhooks',
  database: 'webhooks',
  summary: 'An URL that is told of events',
  fields: {
    custom_data: Type.Optional(Type.Record(Type.String(), Type.String())),
    enabled: Type.Optional(Type.Boolean({ default: true })),
    format: Type.Optional(Type.Enum(['form-data', 'json'], { default: 'form-data' })),
    hook: Type.Enum([...hookNames]),
    http_verb: Type.Optional(Type.Enum(['get', 'post', 'put'], { default: 'post' })),
    include_internal_legs: Type.Optional(Type.Boolean({ default: true })),
    include_subaccounts: Type.Optional(Type.Boolean()),
    name: Type.String(),
    retries: Type.Optional(Type.Integer({ default: 2, minimum: 0, maximum: 4 })),
    uri: Type.String({ format: 'uri' }),
  },
  privateFields: {
    pvt_disabled_message: Type.String(),
  },
});
