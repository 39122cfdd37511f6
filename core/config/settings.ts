// The settings of a process: declared once with defaults, read from a file and from the environment, validated.
import { type Static, Type } from 'typebox';

const port = (value: number) => Type.Integer({ minimum: 0, maximum: 65535, default: value });
const further = (what: string) =>
  Type.Integer({ minimum: 0, maximum: 65535, default: 0, description: `port for ${what}; 0 means none` });
const host = Type.String({ minLength: 1, default: '127.0.0.1' });
const section = <P extends Parameters<typeof Type.Object>[0]>(fields: P, description: string) =>
  Type.Object(fields, { description, default: {}, additionalProperties: false });

export const settingsSchema = Type.Object(
  {
    zone: Type.String({
      minLength: 1,
      default: 'local',
      description: 'name of the zone this process belongs to',
    }),
    node: Type.String({ default: '', description: 'host part of node names; the host name when empty' }),
    data: Type.String({
      minLength: 1,
      default: 'var',
      description: 'folder for everything that must survive a restart',
    }),
    log: section(
      {
        level: Type.Enum(['error', 'warn', 'info', 'debug'], { default: 'info' }),
        form: Type.Enum(['json', 'text'], { default: 'json' }),
        file: Type.String({
          default: '',
          description: 'mirliton.log in the data folder when empty; - is stderr',
        }),
      },
      'logging',
    ),
    bus: section(
      {
        urls: Type.Array(Type.String({ pattern: '^amqps?://[^/]' }), {
          default: [],
          description: 'amqp:// URLs; none means the embedded broker',
        }),
        port: port(5672),
        heartbeat: Type.Integer({
          minimum: 1,
          maximum: 60,
          default: 1,
          description:
            'seconds of the AMQP heartbeat; the broker drops a process that is stopped or cut off after two to three times that',
        }),
      },
      'message broker',
    ),
    store: section(
      {
        urls: Type.Array(Type.String({ pattern: '^https?://[^/]' }), {
          default: [],
          description: 'http:// URLs of CouchDB nodes; none means the embedded one',
        }),
        user: Type.String({ default: 'admin' }),
        password: Type.String({ default: 'mirliton' }),
        port: port(5984),
        quorum: Type.Record(
          Type.String(),
          Type.Object({
            r: Type.Optional(Type.Integer({ minimum: 1 })),
            w: Type.Optional(Type.Integer({ minimum: 1 })),
          }),
          {
            default: {},
            description: 'r and w per database class, e.g. {"numbers": {"w": 3}}',
          },
        ),
      },
      'CouchDB',
    ),
    switches: Type.Array(
      Type.Object(
        {
          host: Type.String({ minLength: 1 }),
          port: port(8021),
          password: Type.String({ default: 'ClueCon' }),
          name: Type.Optional(Type.String()),
        },
        { additionalProperties: false },
      ),
      {
        default: [],
        description:
          'FreeSWITCH event sockets as [{"host", "port", "password", "name"}]; none means the embedded switch',
      },
    ),
    switch: section(
      {
        name: Type.String({ minLength: 1, default: 'embedded', description: 'its own name for itself' }),
        port: port(8021),
        sipPort: port(11000),
        rtpMin: port(16384),
        rtpMax: port(17384),
      },
      'the embedded switch',
    ),
    edge: section(
      {
        kind: Type.Enum(['drachtio', 'kamailio', 'none'], { default: 'drachtio' }),
        host: Type.String({
          default: '',
          description: 'drachtio-server to connect to; empty means the embedded one',
        }),
        port: port(9022),
        secret: Type.String({
          default: 'cymru',
          description: 'of drachtio-server, or of the RPC of Kamailio',
        }),
        rpc: Type.Array(Type.String(), {
          default: [],
          description: 'RPC addresses of the Kamailios of this zone, as ["http://127.0.0.1:5066/rpc"]',
        }),
      },
      'the SIP edge: in TypeScript on drachtio, or Kamailio (rel/kamailio)',
    ),
    sip: section(
      {
        host,
        port: port(5060),
        tls: further('TLS'),
        ws: further('WebSocket (RFC 7118)'),
        wss: further('WebSocket over TLS'),
        certificate: Type.String({ default: '', description: 'PEM file, for TLS and WebSocket over TLS' }),
        key: Type.String({ default: '', description: 'PEM file of its private key' }),
        advertise: Type.String({
          default: '',
          description: 'host:port phones should use, when not host:port',
        }),
      },
      'where phones register',
    ),
    rest: section({ host, port: port(8000) }, 'Crossbar'),
    websockets: section({ host, port: port(5555) }, 'Blackhole: events over websockets'),
    ui: section(
      {
        apps: Type.String({
          default: '',
          description: 'folder of the apps of a Monster UI, which are registered at the start',
        }),
        url: Type.String({
          default: '',
          pattern: '^(https?://[^/].*)?$',
          description: 'where browsers find the REST API, as https://api.example.com/v2/',
        }),
      },
      'the user interface of others that this zone serves data for',
    ),
    media: section(
      {
        host,
        port: port(24517),
        url: Type.String({
          default: '',
          pattern: '^(https?://[^/]+)?$',
          description:
            'where switches find it, when not at host:port: a balancer before several, as http://media.example.net',
        }),
      },
      'the media server for the switches',
    ),
    metrics: section({ host, port: port(9464) }, '/metrics and /health'),
    drain: Type.Integer({
      minimum: 0,
      default: 5,
      description: 'seconds that a stopping process waits for its calls',
    }),
    demo: Type.Boolean({ default: true, description: 'seed the demo account at the first start' }),
  },
  { additionalProperties: false, description: 'settings of a Mirliton process' },
);

/** The settings of a process, all defaults filled in. */
export type Settings = Static<typeof settingsSchema>;
