// Generated requests against every operation: paths and verbs from the declarations, bodies from the schemas, all of them bent.
import { isRecord, type JsonSchema, putAt, type Verb } from '../../../core/contract/index.ts';
import type { Endpoint, RestModule } from '../engine/index.ts';
import { bad, headers, parameters, types, values, weird } from './bent.ts';
import { Dice } from './dice.ts';
import type { Answer, Rest, Tenant } from './rest.ts';

/** What was sent, and what a server should never answer. */
export interface Finding {
  readonly request: string;
  readonly status: number;
  readonly message: string;
}

/** What came of it: the findings, how many requests did something, and how many had each status. */
export interface Outcome {
  readonly findings: readonly Finding[];
  readonly statuses: ReadonlyMap<number, number>;
  readonly succeeded: number;
}

export interface FuzzOptions {
  readonly seed: number;
  readonly count: number;
}

/** Errors of 500 and more that are a right answer where nobody listens on the bus, or are Kazoo's. */
const expected = new Set(['nobody_listens', 'request_timeout', 'account_has_descendants', 'not_implemented']);

interface Target {
  readonly endpoint: Endpoint;
  readonly verb: Verb;
  readonly example: unknown;
}

/** Sends `count` requests, one after the other; the same seed sends the same. */
export async function fuzz(
  rest: Rest,
  tenant: Tenant,
  modules: readonly RestModule[],
  { seed, count }: FuzzOptions,
): Promise<Outcome> {
  const dice = new Dice(seed);
  const targets = targetsOf(modules);
  const known: Known = new Map();
  const findings: Finding[] = [];
  const statuses = new Map<number, number>();
  // Without something there is little that can be asked for.
  const making = targets.filter(({ endpoint, verb }) => verb === 'PUT' && !last.test(`PUT ${endpoint.path}`));
  const makers = [...making, ...making];
  let succeeded = 0;
  for (let n = 0; n < count; n++) {
    const target = (n % 2 === 0 ? makers[n / 2] : undefined) ?? likely(dice, targets, known);
    const sent = requestOf(dice, target, tenant, rest.master.token, known);
    const answer = await answered(rest, sent);
    remember(known, target, sent, answer);
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    if (answer.status < 300) succeeded++;
    const message = messageOf(answer);
    // A head alone does not say which 503 it is.
    const isFailure = sent.verb === 'HEAD' ? [500, 599].includes(answer.status) : answer.status >= 500;
    if (isFailure && !expected.has(message))
      findings.push({
        request: `seed ${seed}, request ${n}: ${sent.verb} /v2/${sent.path} ${String(sent.raw ?? '').slice(0, 500)}`,
        status: answer.status,
        message,
      });
  }
  return { findings, statuses, succeeded };
}

/** A target, mostly one whose ids are known, and rather not the end of what is known. */
function likely(dice: Dice, targets: readonly Target[], known: Known): Target {
  const isUnlikely = ({ endpoint, verb }: Target): boolean =>
    (verb === 'DELETE' && dice.chance(0.7)) ||
    [...endpoint.path.matchAll(/([\w-]*)\/:(\w+)/g)].some(
      ([, noun = '', name = '']) => !/^(account|user)_id$/.test(name) && !known.get(noun)?.length,
    );
  let target = dice.pick(targets);
  for (let tries = 0; tries < 5 && isUnlikely(target) && dice.chance(0.9); tries++)
    target = dice.pick(targets);
  return target;
}

/** Ids of what was made, by the noun that stands before them in a path. */
type Known = Map<string, string[]>;

/** Most ids that are known of one noun. */
const mostKnown = 10;

const nounOf = (path: string): string =>
  path.split('/').findLast((part) => part !== '' && !part.startsWith(':')) ?? '';

function remember(known: Known, { endpoint }: Target, { verb, path }: Sent, { status, body }: Answer): void {
  const noun = nounOf(endpoint.path);
  const ids = known.get(noun) ?? [];
  const gone = (id: string): boolean => verb === 'DELETE' && status === 200 && path.includes(id);
  const made =
    status === 201 && isRecord(body?.data) && typeof body.data['id'] === 'string' ? [body.data['id']] : [];
  known.set(noun, [...ids.filter((id) => !gone(encodeURIComponent(id))), ...made].slice(-mostKnown));
}

/** Longest time for an answer, milliseconds; for none at all. */
const patience = 60_000;

/** The answer, or one of status 599 when there is none: a request that is never answered, or a connection that breaks. */
async function answered(rest: Rest, sent: Sent): Promise<Answer> {
  const none = (why: unknown): Answer => ({
    status: 599,
    headers: new Headers(),
    text: `no answer: ${String(why)}`,
    body: undefined,
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Answer>((resolve) => {
    timer = setTimeout(() => resolve(none('too late')), patience);
  });
  const answer = rest.send(sent.verb, sent.path, undefined, sent).catch(none);
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

/** The code of an error, also where it is wrapped in a function. */
const messageOf = ({ text }: Answer): string =>
  /"message":\s*"(\w+)",\s*"error":/.exec(text)?.[1] ?? text.slice(0, 200);

function targetsOf(modules: readonly RestModule[]): Target[] {
  return modules.flatMap(({ endpoints, plain }) =>
    endpoints.flatMap((endpoint) =>
      Object.entries(endpoint.operations).map(([verb, { body }]) => ({
        endpoint,
        verb: verb as Verb,
        example: plain && body === plain.document.schema ? plain.example : body && sample(body as Schema),
      })),
    ),
  );
}

interface Sent {
  readonly verb: string;
  readonly path: string;
  readonly token?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly raw?: string | Uint8Array;
}

const verbs = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'];

/** What would leave nothing to try the rest with: no account, or no token that may do anything. */
const last = /^(DELETE \/accounts\/:account_id|DELETE \/token_auth|P\w+ .*\/(token_restrictions|security))$/;

function requestOf(dice: Dice, target: Target, tenant: Tenant, master: string, known: Known): Sent {
  const verb = dice.chance(0.95) ? target.verb : dice.pick(verbs);
  const hasBody = verb !== 'GET' && verb !== 'HEAD';
  const isLast = last.test(`${verb} ${target.endpoint.path}`);
  const own = isLast ? 'none' : tenant.id;
  const path = target.endpoint.path.slice(1).replace(/([\w-]*)\/:(\w+)/g, (_, noun: string, name: string) => {
    const ids =
      name === 'account_id' ? [own] : name === 'user_id' ? [tenant.userId] : (known.get(noun) ?? []);
    const id = dice.chance(0.95) && ids.length > 0 ? dice.pick(ids) : dice.pick(weird);
    return `${noun}/${encodeURIComponent(id)}`;
  });
  const isOfAll = !target.endpoint.path.startsWith('/accounts/:account_id/');
  const usual = dice.chance(isOfAll ? 0.3 : 0.7) ? tenant.token : master;
  const good = dice.chance(0.97) ? usual : dice.pick(['', 'x', 'a.b.c']);
  const token = isLast && target.endpoint.path === '/token_auth' ? 'x' : good;
  const body = hasBody && dice.chance(0.97) ? sentBody(dice, target.example) : undefined;
  return {
    verb,
    path: path + queryOf(dice),
    token,
    headers: { ...headersOf(dice), ...(body && { 'content-type': body.type }) },
    ...(body && { raw: body.raw }),
  };
}

function queryOf(dice: Dice): string {
  if (dice.chance(0.7)) return '';
  const pairs = Array.from({ length: dice.below(3) + 1 }, () => [dice.pick(parameters), dice.pick(values)]);
  return `?${pairs.map(([name = '', value = '']) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')}`;
}

function headersOf(dice: Dice): Record<string, string> {
  if (dice.chance(0.8)) return {};
  return Object.fromEntries(Array.from({ length: dice.below(3) + 1 }, () => dice.pick(headers)));
}

interface SentBody {
  readonly type: string;
  readonly raw: string | Uint8Array;
}

/** Mostly JSON; else files in every way they can come, and what is no text or goes deep. */
function sentBody(dice: Dice, example: unknown): SentBody {
  const text = bodyOf(dice, example);
  if (dice.chance(0.92))
    return { type: dice.chance(0.97) ? 'application/json' : dice.pick(types), raw: text };
  const part = (head: string, body: string): string => `--x\r\n${head}\r\n\r\n${body}\r\n`;
  const json = part('content-type: application/json', text);
  const file = part(
    'content-disposition: form-data; name="f"; filename="a.wav"\r\ncontent-type: audio/wav',
    'RIFF',
  );
  const deep = dice.pick([100, 5_000, 100_000]);
  return dice.pick<SentBody>([
    { type: 'multipart/form-data; boundary=x', raw: `${json}${file}--x--\r\n` },
    { type: 'multipart/mixed; boundary=x', raw: `${file}${dice.chance(0.5) ? json : '--x'}` },
    { type: 'application/base64', raw: `data:audio/wav;base64,${Buffer.from(text).toString('base64')}` },
    { type: 'application/x-base64', raw: Buffer.from(text).toString('base64').slice(dice.below(4)) },
    { type: 'application/json', raw: `{"data":${'['.repeat(deep)}${']'.repeat(deep)}}` },
    { type: 'application/json', raw: `{"data":${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}}` },
    { type: 'application/json', raw: `{"data":{"name":"${'x'.repeat(1_000_000)}"}}` },
    { type: 'application/json', raw: withBadBytes(dice, text) },
  ]);
}

/** A text with bytes in it that are no UTF-8. */
function withBadBytes(dice: Dice, text: string): Uint8Array {
  const bytes = Buffer.from(text);
  for (let n = dice.below(3) + 1; n > 0 && bytes.length > 0; n--)
    bytes[dice.below(bytes.length)] = dice.pick([0x80, 0xc0, 0xe2, 0xed, 0xf5, 0xff]);
  return bytes;
}

/** The example with some of it bent, in an envelope that may be bent itself. */
function bodyOf(dice: Dice, example: unknown): string {
  if (dice.chance(0.03))
    return dice.pick(['', '{', '[]', 'null', '"x"', '{"data":', '{"data":1}', '\ud800', '[1,2', '{}']);
  const data: unknown = structuredClone(dice.chance(0.05) ? dice.pick(bad) : (example ?? {}));
  // As often as not nothing is wrong with it.
  if (isRecord(data) && dice.chance(0.5)) {
    const paths = pathsOf(data);
    for (let n = dice.chance(0.7) ? 1 : dice.below(4); n > 0; n--) {
      const path =
        paths.length > 0 && dice.chance(0.8)
          ? dice.pick(paths)
          : String(dice.pick(weird)).replaceAll('.', '');
      putAt(data, path, structuredClone(dice.pick(bad)));
    }
  }
  if (isRecord(data)) {
    if (dice.chance(0.5))
      for (const path of pathsOf(data))
        if (/name|number|user/.test(path) && dice.chance(0.3)) putAt(data, path, `x${dice.below(1e6)}`);
  }
  return JSON.stringify({ data, ...(dice.chance(0.1) && { [dice.pick(parameters)]: dice.pick(bad) }) });
}

function pathsOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return path === '' ? [] : [path];
  const below = Object.entries(value).flatMap(([key, item]) =>
    pathsOf(item, path === '' ? key.replaceAll('.', '%2E') : `${path}.${key.replaceAll('.', '%2E')}`),
  );
  return path === '' ? below : [path, ...below];
}

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly default?: unknown;
}

/** Any value of about the right form. */
function sample(schema: Schema, depth = 0): unknown {
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  if (schema.properties && depth < 5)
    return Object.fromEntries(
      Object.entries(schema.properties).map(([key, it]) => [key, sample(it as Schema, depth + 1)]),
    );
  if (schema.items && depth < 5) return [sample(schema.items as Schema, depth + 1)];
  return (
    { string: 'text', integer: 5, number: 1.5, boolean: true, array: [], object: {} }[schema.type ?? ''] ??
    'text'
  );
}
