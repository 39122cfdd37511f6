// The `resource` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';
import { endpointMedia } from './endpoint_media.ts';
import {
  byPattern,
  closed,
  customSipHeaders,
  formatters,
  oneOf,
  strings,
  stringsByDefault,
} from './shared.ts';

const gatewayCodecs = [
  'OPUS',
  'G729',
  'PCMU',
  'PCMA',
  'G722_16',
  'G722_32',
  'CELT_48',
  'CELT_64',
  'Speex',
  'GSM',
  'H261',
  'H263',
  'H264',
  'VP8',
];

/** What of the call is said in a parameter of the INVITE. */
const ofTheCall = Type.String({ pattern: 'custom_channel_vars\\..*|custom_sip_headers\\..*|^zone$' });
const inviteParameter = oneOf(
  ofTheCall,
  Type.Object({ key: ofTheCall, separator: Type.Optional(Type.String()), tag: Type.String() }, closed),
);

/** A carrier: gateways for outbound calls. */
export const resource = document({
  type: 'resource',
  schema: 'resources',
  database: 'offnet',
  summary: 'A carrier: gateways for outbound calls',
  fields: {
    caller_id_options: Type.Optional(
      Type.Object({
        type: Type.Optional(Type.Enum(['internal', 'external', 'emergency'])),
      }),
    ),
    cid_rules: Type.Optional(strings),
    classifiers: Type.Optional(
      byPattern(
        '.+',
        Type.Object({
          emergency: Type.Optional(Type.Boolean({ default: false })),
          enabled: Type.Optional(Type.Boolean({ default: true })),
          prefix: Type.Optional(Type.String({ maxLength: 64 })),
          regex: Type.Optional(Type.String()),
          suffix: Type.Optional(Type.String({ maxLength: 64 })),
          weight_cost: Type.Optional(Type.Integer({ default: 50, minimum: 0, maximum: 100 })),
        }),
      ),
    ),
    emergency: Type.Optional(Type.Boolean({ default: false })),
    enabled: Type.Optional(Type.Boolean({ default: true })),
    flags: Type.Optional(stringsByDefault),
    flat_rate_blacklist: Type.Optional(Type.String()),
    flat_rate_whitelist: Type.Optional(Type.String()),
    format_from_uri: Type.Optional(Type.Boolean()),
    formatters: Type.Optional(formatters),
    from_account_realm: Type.Optional(Type.Boolean({ default: false })),
    from_uri_realm: Type.Optional(Type.String()),
    gateway_strategy: Type.Optional(Type.Enum(['sequential', 'random'])),
    gateways: Type.Array(
      Type.Object({
        bypass_media: Type.Optional(Type.Boolean()),
        caller_id_type: Type.Optional(Type.Enum(['internal', 'external', 'emergency'])),
        channel_selection: Type.Optional(Type.Enum(['ascending', 'descending'], { default: 'ascending' })),
        codecs: Type.Optional(Type.Array(Type.Enum(gatewayCodecs), { uniqueItems: true })),
        custom_sip_headers: Type.Optional(customSipHeaders),
        custom_sip_interface: Type.Optional(Type.String()),
        enabled: Type.Optional(Type.Boolean({ default: true })),
        endpoint_type: Type.Optional(Type.Enum(['sip', 'freetdm', 'skype', 'amqp'], { default: 'sip' })),
        force_port: Type.Optional(Type.Boolean({ default: false })),
        format_from_uri: Type.Optional(Type.Boolean()),
        from_uri_realm: Type.Optional(Type.String()),
        invite_format: Type.Optional(
          Type.Enum(['route', 'username', 'e164', 'npan', '1npan', 'strip_plus'], { default: 'route' }),
        ),
        invite_parameters: Type.Optional(
          Type.Object(
            {
              dynamic: Type.Optional(Type.Array(inviteParameter)),
              static: Type.Optional(strings),
            },
            closed,
          ),
        ),
        media: Type.Optional(
          Type.Object({
            fax_option: Type.Optional(Type.Boolean()),
            rtcp_mux: Type.Optional(Type.Boolean()),
          }),
        ),
        password: Type.Optional(Type.String({ maxLength: 32 })),
        port: Type.Optional(Type.Integer({ default: 5060 })),
        prefix: Type.Optional(Type.String({ maxLength: 64 })),
        progress_timeout: Type.Optional(Type.Integer()),
        realm: Type.Optional(Type.String({ maxLength: 64 })),
        route: Type.Optional(Type.String()),
        server: Type.String({ minLength: 1, maxLength: 128 }),
        skype_interface: Type.Optional(Type.String()),
        skype_rr: Type.Optional(Type.Boolean({ default: true })),
        span: Type.Optional(Type.String()),
        suffix: Type.Optional(Type.String({ maxLength: 64 })),
        username: Type.Optional(Type.String({ maxLength: 32 })),
      }),
    ),
    grace_period: Type.Optional(Type.Integer({ default: 5, minimum: 1, maximum: 20 })),
    ignore_flags: Type.Optional(Type.Boolean()),
    media: Type.Optional(endpointMedia),
    name: Type.String({ minLength: 1, maxLength: 128 }),
    require_flags: Type.Optional(Type.Boolean()),
    rules: Type.Optional(stringsByDefault),
    rules_test: Type.Optional(stringsByDefault),
    weight_cost: Type.Optional(Type.Integer({ default: 50, minimum: 0, maximum: 100 })),
  },
});
