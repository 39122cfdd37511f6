// Parts that several document types share (contract/couch.md §4).
import { type TSchema, Type } from '../contract/index.ts';

/** An object with any keys. */
export const freeObject = Type.Record(Type.String(), Type.Unknown());

/** The same; an empty one where none is given. */
export const freeObjectByDefault = Type.Record(Type.String(), Type.Unknown(), { default: {} });

/** An object whose keys fit a pattern. Other keys are kept unchecked. */
export const byPattern = <T extends TSchema>(pattern: string, value: T) =>
  Type.Unsafe<Record<string, Type.Static<T>>>({ type: 'object', patternProperties: { [pattern]: value } });

/** Rules by endpoint (`_`: any other): the first whose accounts fit counts; verbs by pattern of the rest of the path. */
export const endpointRules = byPattern(
  '^\\w+$',
  Type.Array(
    Type.Object({
      allowed_accounts: Type.Optional(Type.Array(Type.String())),
      rules: Type.Optional(
        byPattern('.', Type.Array(Type.Enum(['_', 'GET', 'PUT', 'POST', 'PATCH', 'DELETE']))),
      ),
    }),
  ),
);

/** Who of an account may use an app. */
export const allowedUsers = Type.Optional(Type.Enum(['all', 'admins', 'specific']));

/** Which addresses may use an account or a device: `cidrs`, and whether those are what is allowed or what is denied. */
export const accessLists = Type.Object({
  cidrs: Type.Array(Type.String({ pattern: '^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$' })),
  order: Type.Enum(['allow,deny', 'deny,allow']),
  user_agent: Type.Optional(Type.String()),
});

export const callerId = Type.Object({
  asserted: Type.Optional(
    Type.Object({
      name: Type.Optional(Type.String({ maxLength: 35 })),
      number: Type.Optional(Type.String({ maxLength: 35 })),
      realm: Type.Optional(Type.String()),
    }),
  ),
  emergency: Type.Optional(
    Type.Object({
      name: Type.Optional(Type.String({ maxLength: 35 })),
      number: Type.Optional(Type.String({ maxLength: 35 })),
    }),
  ),
  external: Type.Optional(
    Type.Object({
      name: Type.Optional(Type.String({ maxLength: 35 })),
      number: Type.Optional(Type.String({ maxLength: 35 })),
    }),
  ),
  internal: Type.Optional(
    Type.Object({
      name: Type.Optional(Type.String({ maxLength: 35 })),
      number: Type.Optional(Type.String({ maxLength: 35 })),
    }),
  ),
});

/** Where calls go instead of, or beside, the phones. */
export const callForward = Type.Object({
  direct_calls_only: Type.Optional(Type.Boolean({ default: false })),
  enabled: Type.Optional(Type.Boolean({ default: false })),
  failover: Type.Optional(Type.Boolean({ default: false })),
  ignore_early_media: Type.Optional(Type.Boolean({ default: true })),
  keep_caller_id: Type.Optional(Type.Boolean({ default: true })),
  number: Type.Optional(Type.String({ maxLength: 35 })),
  require_keypress: Type.Optional(Type.Boolean({ default: true })),
  substitute: Type.Optional(Type.Boolean({ default: true })),
});

export const callWaiting = Type.Object({
  enabled: Type.Optional(Type.Boolean()),
});

export const callRecordingParameters = Type.Object({
  enabled: Type.Optional(Type.Boolean()),
  format: Type.Optional(Type.Enum(['mp3', 'wav'])),
  record_min_sec: Type.Optional(Type.Integer()),
  record_on_answer: Type.Optional(Type.Boolean()),
  record_on_bridge: Type.Optional(Type.Boolean()),
  record_sample_rate: Type.Optional(Type.Integer()),
  time_limit: Type.Optional(Type.Integer({ minimum: 5, maximum: 10800 })),
  url: Type.Optional(Type.String({ format: 'uri' })),
});

export const callRecordingSource = Type.Object({
  any: Type.Optional(callRecordingParameters),
  offnet: Type.Optional(callRecordingParameters),
  onnet: Type.Optional(callRecordingParameters),
});

export const callRecording = Type.Object({
  any: Type.Optional(callRecordingSource),
  inbound: Type.Optional(callRecordingSource),
  outbound: Type.Optional(callRecordingSource),
});

export const endpointMedia = Type.Object({
  audio: Type.Optional(Type.Object({ codecs: Type.Optional(Type.Array(Type.Unknown())) }, { default: {} })),
  bypass_media: Type.Optional(Type.Unknown()),
  encryption: Type.Optional(
    Type.Object(
      {
        enforce_security: Type.Optional(Type.Boolean({ default: false })),
        methods: Type.Optional(Type.Array(Type.Unknown(), { default: [] })),
      },
      { default: {} },
    ),
  ),
  fax_option: Type.Optional(Type.Boolean()),
  ignore_early_media: Type.Optional(Type.Boolean()),
  progress_timeout: Type.Optional(Type.Integer()),
  video: Type.Optional(
    Type.Object({ codecs: Type.Optional(Type.Array(Type.Unknown(), { default: [] })) }, { default: {} }),
  ),
});

export const profile = Type.Object({
  addresses: Type.Optional(
    Type.Array(
      Type.Object({
        address: Type.Optional(Type.String()),
        types: Type.Optional(Type.Array(Type.Unknown())),
      }),
    ),
  ),
  assistant: Type.Optional(Type.String()),
  birthday: Type.Optional(Type.String()),
  nicknames: Type.Optional(Type.Array(Type.Unknown())),
  note: Type.Optional(Type.String()),
  role: Type.Optional(Type.String()),
  'sort-string': Type.Optional(Type.String()),
  title: Type.Optional(Type.String()),
});

export const dialplans = Type.Object({
  system: Type.Optional(Type.Array(Type.Unknown())),
});

/** Rewrites of request and caller numbers, by field name. */
export const formatters = freeObject;

/** How to call somebody back who has a message waiting; durations in seconds. */
export const notifyCallback = Type.Object({
  attempts: Type.Optional(Type.Integer()),
  disabled: Type.Optional(Type.Boolean()),
  interval_s: Type.Optional(Type.Integer()),
  number: Type.Optional(Type.String()),
  schedule: Type.Optional(Type.Array(Type.Integer())),
  timeout_s: Type.Optional(Type.Integer()),
});

/** One programmable key of a phone. */
export const comboKey = Type.Unknown();

/** What somebody wrote beside a document. */
export const comment = Type.Object({
  account_id: Type.Optional(Type.String()),
  action_required: Type.Optional(Type.Boolean({ default: false })),
  author: Type.String(),
  content: Type.String(),
  is_private: Type.Optional(Type.Boolean({ default: false })),
  timestamp: Type.Integer(),
  user_id: Type.Optional(Type.String()),
});

interface Metaflow {
  module: string;
  data?: Record<string, unknown>;
  children?: Record<string, Metaflow>;
}

/** An in-call action. */
export const metaflow = Type.Unsafe<Metaflow>({
  type: 'object',
  required: ['module'],
  properties: {
    module: { type: 'string', minLength: 1, maxLength: 64 },
    data: { type: 'object' },
    children: { type: 'object' },
  },
});

export const metaflows = Type.Object({
  binding_digit: Type.Optional(
    Type.Enum(['1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '*', '#'], {
      default: '*',
      minLength: 1,
      maxLength: 1,
    }),
  ),
  digit_timeout: Type.Optional(Type.Integer({ minimum: 0 })),
  listen_on: Type.Optional(Type.Enum(['both', 'self', 'peer'])),
  numbers: Type.Optional(byPattern('^[0-9]+$', metaflow)),
  patterns: Type.Optional(byPattern('.+', metaflow)),
});

/** How a conference sounds (FreeSWITCH's own names); sounds are media names, `interval` is in milliseconds. */
export const conferenceProfile = Type.Object({
  'alone-sound': Type.Optional(Type.String()),
  'announce-count': Type.Optional(Type.Integer()),
  'caller-controls': Type.Optional(Type.String()),
  'comfort-noise': Type.Optional(Type.Integer({ minimum: 0, maximum: 10000 })),
  'energy-level': Type.Optional(Type.Integer({ minimum: 0, maximum: 1800 })),
  'enter-sound': Type.Optional(Type.String()),
  'exit-sound': Type.Optional(Type.String()),
  interval: Type.Optional(Type.Integer({ minimum: 10, maximum: 120 })),
  'locked-sound': Type.Optional(Type.String()),
  'max-members': Type.Optional(Type.Integer({ minimum: 2 })),
  'max-members-sound': Type.Optional(Type.String()),
  'moderator-controls': Type.Optional(Type.String()),
  'moh-sound': Type.Optional(Type.String()),
  'muted-sound': Type.Optional(Type.String()),
  rate: Type.Optional(Type.Enum([8000, 12000, 16000, 24000, 32000, 44100, 48000])),
  'unmuted-sound': Type.Optional(Type.String()),
});

/** Most packets a proxy lets through in a second or a minute. */
const packets = Type.Object({
  invites: Type.Optional(Type.Integer()),
  registrations: Type.Optional(Type.Integer()),
  total_packets: Type.Integer(),
});

export const rateLimitsOf = Type.Object({ per_minute: packets, per_second: packets });
