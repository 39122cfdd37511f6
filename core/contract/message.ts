// message(): one declaration of an AMQP message gives its type, validator, routing key and served schema.
import { type Static, type TProperties, Type } from 'typebox';
import { AppError } from '../errors/index.ts';
import { accommodate } from './coerce.ts';
import { isRecord } from './path.ts';
import { compile, type Violation } from './validator.ts';

/** Headers that every message carries (contract/kapi.md §2). */
export const headerFields = {
  'App-Name': Type.String(),
  'App-Version': Type.String(),
  'Event-Category': Type.String(),
  'Event-Name': Type.String(),
  'Msg-ID': Type.Optional(Type.String()),
  'Server-ID': Type.Optional(Type.String()),
  Node: Type.Optional(Type.String()),
  'System-Log-ID': Type.Optional(Type.String()),
  'Server-Queue-ID': Type.Optional(Type.String()),
  'Access-Group': Type.Optional(Type.String()),
  'Geo-Location': Type.Optional(Type.Unknown()),
  'Destination-Server': Type.Optional(Type.String()),
  'Raw-Headers': Type.Optional(Type.Unknown()),
  'Defer-Response': Type.Optional(Type.Boolean()),
  'AMQP-Broker': Type.Optional(Type.String()),
  'AMQP-Broker-Zone': Type.Optional(Type.String()),
  'AMQP-Received': Type.Optional(Type.Unknown()),
  'Request-From-PID': Type.Optional(Type.String()),
  'Reply-To-PID': Type.Optional(Type.String()),
  'Deliver-To-PID': Type.Optional(Type.String()),
  'Tenant-ID': Type.Optional(Type.String()),
} satisfies TProperties;

export type Headers = Static<ReturnType<typeof Type.Object<typeof headerFields>>>;

/** Where a message is published. `targeted` goes to the requester's Server-ID; `callctl` to a control queue. */
export type ExchangeName =
  | 'targeted'
  | 'callctl'
  | 'callevt'
  | 'callmgr'
  | 'resources'
  | 'conference'
  | 'configuration'
  | 'kapps'
  | 'presence'
  | 'notifications'
  | 'registrar'
  | 'sysconf'
  | 'nodes'
  | 'monitor'
  | 'leader'
  | 'tasks'
  | 'switch'
  | 'metaflow'
  | 'cdr'
  | 'discovery'
  | 'trusted'
  | 'omnipresence'
  | 'faxes'
  | 'im';

/** Optional keys may also be given as undefined: they are dropped before publishing. */
export type Loose<T> = { [K in keyof T]: undefined extends T[K] ? T[K] | undefined : T[K] } & {
  [K in keyof T as T extends Record<K, T[K]> ? never : K]?: T[K] | undefined;
};

/** The values of some declared fields. */
export type FieldsOf<P extends TProperties> = Static<ReturnType<typeof Type.Object<P>>>;

/** The declaration, as data. */
export interface MessageDeclaration<
  C extends string,
  N extends string,
  P extends TProperties,
  A extends AnyMessage,
> {
  readonly category: C;
  readonly name: N | readonly N[];
  readonly exchange: ExchangeName;
  /** Routing key of a message, from its fields. Not needed on `targeted` and `callctl`, where the target is the key. */
  readonly key?: (fields: FieldsOf<P> & { readonly 'Event-Name'?: string }) => string;
  readonly summary?: string;
  readonly fields: P;
  /** The messages that answer this request. */
  readonly answers?: readonly A[];
}

/** A declared message. `validate` is used both on the way out and on the way in. */
export interface MessageContract<
  C extends string = string,
  N extends string = string,
  P extends TProperties = TProperties,
  A extends AnyMessage = AnyMessage,
> {
  readonly id: string;
  readonly category: C;
  readonly names: readonly N[];
  readonly exchange: ExchangeName;
  readonly summary: string;
  readonly fields: P;
  readonly schema: object;
  readonly answers: readonly A[];
  routingKey(fields: FieldsOf<P> & { readonly 'Event-Name'?: string }): string;
  /** True when category, name and every field with one possible value are those of the contract. */
  matches(json: unknown): boolean;
  /** All violations of the contract; unknown keys are not among them. */
  check(json: unknown): readonly Violation[];
  /** The same of what another process has sent, after making it into what the contract says where its meaning is clear. */
  accept(json: Record<string, unknown>): readonly Violation[];
  /** Top-level keys that the contract does not name. */
  unknownKeys(json: object): readonly string[];
}

// biome-ignore lint/suspicious/noExplicitAny: the only way to say "any declared message" to the type checker
export type AnyMessage = MessageContract<any, any, any, any>;

/** The fields a publisher gives (without the common headers). `Event-Name` is needed where the contract has several. */
export type MessageFields<M extends AnyMessage> = Loose<FieldsOf<M['fields']>> & {
  'Event-Name'?: M['names'][number];
};

/** The whole message as received. */
export type MessageOf<M extends AnyMessage> =
  M extends MessageContract<infer C, infer N, infer P, AnyMessage>
    ? Omit<Headers, 'Event-Category' | 'Event-Name'> & { 'Event-Category': C; 'Event-Name': N } & FieldsOf<P>
    : never;

/** What may come back for a request. */
export type AnswerOf<M extends AnyMessage> =
  M extends MessageContract<string, string, TProperties, infer A> ? MessageOf<A> : never;

/**
 * Declares a message.
 * @example
 * const authnReq = message({ category: 'directory', name: 'authn_req', exchange: 'callmgr',
 *   key: (m) => `authn.req.${segment(m['Auth-Realm'])}`, fields: { 'Auth-Realm': Type.String() }, answers: [authnResp] })
 */
export function message<
  const C extends string,
  const N extends string,
  P extends TProperties,
  A extends AnyMessage = never,
>(declaration: MessageDeclaration<C, N, P, A>): MessageContract<C, N, P, A> {
  const { category, exchange, fields, key } = declaration;
  const names: readonly N[] =
    typeof declaration.name === 'string' ? [declaration.name] : (declaration.name as readonly N[]);
  const schema = Type.Object({
    ...headerFields,
    'Event-Category': Type.Literal(category),
    'Event-Name': Type.Enum([...names]),
    ...fields,
  });
  const known = new Set(Object.keys(schema.properties));
  // A command is told from the others by its Application-Name: fields with one possible value are part of the identity.
  const literals = Object.entries(fields).flatMap(([field, type]) =>
    'const' in type ? [[field, type.const] as const] : [],
  );
  const validator = compile(schema);
  const id = [category, names.join('|'), ...literals.map(([, value]) => String(value))].join('/');
  return {
    id,
    category,
    names,
    exchange,
    fields,
    schema,
    summary: declaration.summary ?? '',
    answers: declaration.answers ?? [],
    routingKey: (message) => {
      if (!key)
        throw new AppError('invalid_message', {
          message: `${id} has no routing key: publish it to a target`,
        });
      return key(message);
    },
    matches: (json) =>
      isRecord(json) &&
      json['Event-Category'] === category &&
      names.includes(json['Event-Name'] as N) &&
      literals.every(([field, value]) => json[field] === value),
    check: (json) => validator.check(json),
    accept: (json) => {
      const violations = validator.check(json);
      if (violations.length === 0) return violations;
      accommodate(json, violations);
      return validator.check(json);
    },
    unknownKeys: (json) => unknownOf(json, known),
  };
}

const none: readonly string[] = [];

// Asked of every message that comes and goes, and nearly always for nothing.
function unknownOf(json: object, known: ReadonlySet<string>): readonly string[] {
  let unknown = none;
  for (const name in json) if (!known.has(name)) unknown = [...unknown, name];
  return unknown;
}

/**
 * One segment of a routing key, percent-encoded as Kazoo does (contract/kapi.md §1):
 * letters, digits, `-`, `_`, `~` stay; `.` is `%2E`, space is `+`; `*` and `#` alone stay.
 */
export function segment(value: string): string {
  return value === '*' || value === '#' ? value : value.replace(/[^A-Za-z0-9_~-]/gu, encodeCharacter);
}

function encodeCharacter(character: string): string {
  if (character === ' ') return '+';
  let out = '';
  for (const byte of Buffer.from(character)) out += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return out;
}

/** Drops `undefined` and `""` recursively, as every publisher does (contract/kapi.md §1). */
export function compact<T>(value: T): T {
  if (Array.isArray(value)) return value.map(compact) as T;
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined && item !== '');
  return Object.fromEntries(entries.map(([name, item]) => [name, compact(item)])) as T;
}
