// Generated requests against every operation: paths and verbs from the declarations, bodies from the schemas, all of them bent.
import { isRecord, type JsonSchema, putAt, type Verb } from '../../../core/contract/index.ts';
import type { Endpoint, RestModule } from '../engine/index.ts';
import { bad, headers, parameters, values, weird } from './bent.ts';
import { Dice } from './dice.ts';
import type { Answer, Rest, Tenant } from './rest.ts';

/** What was sent, and what a server should never answer. */
export interface Finding {
  readonly request: string;
  readonly status: number;
  readonly message: string;
}

/** What came of it: the findings, and how many requests did something. */
export interface Outcome {
  readonly findings: readonly Finding[];
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
  const known: string[] = [];
  const findings: Finding[] = [];
  let succeeded = 0;
  for (let n = 0; n < count; n++) {
    const sent = requestOf(dice, dice.pick(targets), tenant, rest.master.token, known);
    const answer = await answered(rest, sent);
    if (answer.status === 201 && isRecord(answer.body?.data)) known.push(String(answer.body.data['id']));
    if (known.length > 50) known.shift();
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
  return { findings, succeeded };
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
  readonly raw?: string;
}

const verbs = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'];

/** What would leave nothing to try the rest with: no account, or no token that may do anything. */
const last = /^(DELETE \/accounts\/:account_id|DELETE \/token_auth|P\w+ .*\/(token_restrictions|security))$/;

function requestOf(
  dice: Dice,
  target: Target,
  tenant: Tenant,
  master: string,
  known: readonly string[],
): Sent {
  const verb = dice.chance(0.9) ? target.verb : dice.pick(verbs);
  const hasBody = verb !== 'GET' && verb !== 'HEAD';
  const isLast = last.test(`${verb} ${target.endpoint.path}`);
  const own = isLast ? 'none' : tenant.id;
  const path = target.endpoint.path.slice(1).replace(/:(\w+)/g, (_, name: string) => {
    if (name === 'account_id') return dice.chance(0.9) ? own : encodeURIComponent(dice.pick(weird));
    return encodeURIComponent(dice.chance(0.6) && known.length > 0 ? dice.pick(known) : dice.pick(weird));
  });
  const good = dice.chance(0.6) ? tenant.token : dice.chance(0.8) ? master : dice.pick(['', 'x', 'a.b.c']);
  const token = isLast && target.endpoint.path === '/token_auth' ? 'x' : good;
  return {
    verb,
    path: path + queryOf(dice),
    token,
    headers: headersOf(dice),
    ...(hasBody && dice.chance(0.95) && { raw: bodyOf(dice, target.example) }),
  };
}

function queryOf(dice: Dice): string {
  if (dice.chance(0.5)) return '';
  const pairs = Array.from({ length: dice.below(3) + 1 }, () => [dice.pick(parameters), dice.pick(values)]);
  return `?${pairs.map(([name = '', value = '']) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')}`;
}

function headersOf(dice: Dice): Record<string, string> {
  return dice.chance(0.8) ? { 'content-type': 'application/json' } : Object.fromEntries([dice.pick(headers)]);
}

/** The example with some of it bent, in an envelope that may be bent itself. */
function bodyOf(dice: Dice, example: unknown): string {
  if (dice.chance(0.03))
    return dice.pick(['', '{', '[]', 'null', '"x"', '{"data":', '{"data":1}', '\ud800', '[1,2', '{}']);
  const data: unknown = structuredClone(dice.chance(0.05) ? dice.pick(bad) : (example ?? {}));
  if (isRecord(data)) {
    const paths = pathsOf(data);
    for (let n = dice.below(4); n > 0; n--) {
      const path =
        paths.length > 0 && dice.chance(0.8)
          ? dice.pick(paths)
          : String(dice.pick(weird)).replaceAll('.', '');
      putAt(data, path, structuredClone(dice.pick(bad)));
    }
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
