// Parts that several document types share (contract/couch.md §4).
import { registerSchema, type TSchema, Type } from '../contract/index.ts';

/** An object with any keys. */
export const freeObject = Type.Record(Type.String(), Type.Unknown());

/** The same; an empty one where none is given. */
export const freeObjectByDefault = Type.Record(Type.String(), Type.Unknown(), { default: {} });

/** An object whose keys fit a pattern. Other keys are kept unchecked. */
export const byPattern = <T extends TSchema>(
  pattern: string,
  value: T,
  options: { default?: object; minProperties?: number } = {},
) =>
  Type.Unsafe<Record<string, Type.Static<T>>>({
    type: 'object',
    patternProperties: { [pattern]: value },
    ...options,
  });

/** Nothing twice. */
const once = { uniqueItems: true } as const;

/** Rules by endpoint (`_`: any other): the first whose accounts fit counts; verbs by pattern of the rest of the path. */
export const endpointRules = byPattern(
  '^\\w+$',
  Type.Array(
    Type.Object({
      allowed_accounts: Type.Optional(Type.Array(Type.String(), once)),
      rules: Type.Optional(
        byPattern('.', Type.Array(Type.Enum(['_', 'GET', 'PUT', 'POST', 'PATCH', 'DELETE']), once)),
      ),
    }),
  ),
);

/** One of several forms, and no two of them. */
export const oneOf = <const T extends readonly TSchema[]>(...forms: T) =>
  Type.Unsafe<{ [K in keyof T]: Type.Static<T[K]> }[number]>({ oneOf: forms });

/** No key that is not named. */
export const closed = { additionalProperties: false } as const;

/** A list of texts. */
export const strings = Type.Array(Type.String());

/** The same; an empty one where none is given. */
export const stringsByDefault = Type.Array(Type.String(), { default: [] });

/** One text or a list of them. */
export const oneOrMore = oneOf(Type.String(), strings);

const email = Type.String({ format: 'email' });
export const emails = Type.Array(email);

/** Where a mail or a text message is sent: to one address or to several. */
export const mailedTo = Type.Object({ send_to: Type.Optional(oneOf(email, emails)) });
export const textedTo = Type.Object({ send_to: Type.Optional(oneOrMore) });

/** By classification of the number that is called: `deny` refuses such calls, `inherit` leaves it to what is above. */
export const callRestriction = Type.Record(
  Type.String(),
  Type.Object({ action: Type.Optional(Type.Enum(['inherit', 'deny'])) }),
  { default: {} },
);

/** SIP headers by name. */
const sipHeaders = Type.Unsafe<Record<string, string>>({
  type: 'object',
  patternProperties: { '^[a-zA-Z0-9_-]+$': { type: 'string' } },
  additionalProperties: false,
});

/** SIP headers of an endpoint: those of calls to it, or those of each direction. */
export const customSipHeaders = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  anyOf: [sipHeaders, { type: 'object', properties: { in: sipHeaders, out: sipHeaders } }],
});

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

export const callRecordingParameters = Type.Object(
  {
    enabled: Type.Optional(Type.Boolean()),
    format: Type.Optional(Type.Enum(['mp3', 'wav'])),
    record_min_sec: Type.Optional(Type.Integer()),
    record_on_answer: Type.Optional(Type.Boolean()),
    record_on_bridge: Type.Optional(Type.Boolean()),
    record_sample_rate: Type.Optional(Type.Integer()),
    time_limit: Type.Optional(Type.Integer({ minimum: 5, maximum: 10800 })),
    url: Type.Optional(Type.String({ format: 'uri' })),
  },
  closed,
);

export const callRecordingSource = Type.Object(
  {
    any: Type.Optional(callRecordingParameters),
    offnet: Type.Optional(callRecordingParameters),
    onnet: Type.Optional(callRecordingParameters),
  },
  closed,
);

export const callRecording = Type.Object(
  {
    any: Type.Optional(callRecordingSource),
    inbound: Type.Optional(callRecordingSource),
    outbound: Type.Optional(callRecordingSource),
  },
  closed,
);

const profileFields = {
  addresses: Type.Optional(
    Type.Array(
      Type.Object({
        address: Type.Optional(Type.String()),
        types: Type.Optional(
          Type.Array(Type.Enum(['dom', 'postal', 'intl', 'parcel', 'home', 'work', 'pref'])),
        ),
      }),
    ),
  ),
  assistant: Type.Optional(Type.String()),
  birthday: Type.Optional(Type.String()),
  nicknames: Type.Optional(strings),
  note: Type.Optional(Type.String()),
  role: Type.Optional(Type.String()),
  'sort-string': Type.Optional(Type.String()),
  title: Type.Optional(Type.String()),
};

export const profile = Type.Object(profileFields);
/** The same; an empty one where none is given. */
export const profileByDefault = Type.Object(profileFields, { default: {} });

/** How numbers that are dialled are changed: rules by regular expression, and the names of those of the system. */
export const dialplans = Type.Unsafe<{ system?: string[] } & Record<string, unknown>>({
  type: 'object',
  properties: { system: strings },
  additionalProperties: Type.Object({
    description: Type.Optional(Type.String()),
    prefix: Type.Optional(Type.String()),
    suffix: Type.Optional(Type.String()),
  }),
});

const formatter = Type.Object({
  direction: Type.Optional(Type.Enum(['inbound', 'outbound', 'both'])),
  match_invite_format: Type.Optional(Type.Boolean()),
  prefix: Type.Optional(Type.String()),
  regex: Type.Optional(Type.String()),
  strip: Type.Optional(Type.Boolean()),
  suffix: Type.Optional(Type.String()),
  value: Type.Optional(Type.String()),
});

/** Rewrites of request and caller numbers, by field name. */
export const formatters = byPattern('^[A-Za-z0-9_]+$', oneOf(Type.Array(formatter), formatter));

/** How to call somebody back who has a message waiting; durations in seconds. */
export const notifyCallback = Type.Object({
  attempts: Type.Optional(Type.Integer()),
  disabled: Type.Optional(Type.Boolean()),
  interval_s: Type.Optional(Type.Integer()),
  number: Type.Optional(Type.String()),
  schedule: Type.Optional(Type.Array(Type.Integer())),
  timeout_s: Type.Optional(Type.Integer()),
});

const position = Type.Integer({ minimum: 1, maximum: 10 });
const labelled = <T extends TSchema>(value: T) => oneOf(value, Type.Object({ label: Type.String(), value }));

/** One programmable key of a phone. */
export const comboKey = oneOf(
  Type.Null(),
  Type.Object({
    type: Type.Enum(['parking']),
    value: Type.Optional(oneOf(labelled(position), Type.String({ pattern: '^([1-9]|10)$' }))),
  }),
  Type.Object({
    type: Type.Enum(['line', 'presence', 'personal_parking', 'speed_dial']),
    value: Type.Optional(labelled(Type.String())),
  }),
);

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

/** An in-call action, and those that may follow. Checked at every depth. */
export const metaflow = Type.Unsafe<Metaflow>({
  $id: 'metaflow',
  type: 'object',
  required: ['module'],
  properties: {
    module: { type: 'string', minLength: 1, maxLength: 64 },
    data: { type: 'object', default: {} },
    children: { type: 'object', patternProperties: { '.+': { $ref: 'metaflow' } } },
  },
});
registerSchema('metaflow', metaflow);

const metaflowBy = (pattern: string) =>
  Type.Unsafe<Record<string, Metaflow>>({
    type: 'object',
    patternProperties: { [pattern]: { $ref: 'metaflow' } },
    ...closed,
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
  numbers: Type.Optional(metaflowBy('^[0-9]+$')),
  patterns: Type.Optional(metaflowBy('.+')),
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
  rate: Type.Optional(Type.Enum([8000, 12000, 16000, 24000, 32000, 44100, 48000], { type: 'integer' })),
  'unmuted-sound': Type.Optional(Type.String()),
});

/** Most packets a proxy lets through in a second or a minute. */
const packets = Type.Object({
  invites: Type.Optional(Type.Integer()),
  registrations: Type.Optional(Type.Integer()),
  total_packets: Type.Integer(),
});

export const rateLimitsOf = Type.Object({ per_minute: packets, per_second: packets });
