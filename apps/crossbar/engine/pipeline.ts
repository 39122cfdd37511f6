// The stages of a request on a known path, in Kazoo's order (contract/crossbar.md §1).
import type { IncomingHttpHeaders } from 'node:http';
import type { Context } from 'koa';
import type { ConfigValues } from '../../../core/config/index.ts';
import type { Verb } from '../../../core/contract/index.ts';
import { AppError, toAppError } from '../../../core/errors/index.ts';
import { addToLogContext } from '../../../core/log/index.ts';
import { knownCaller, whoAsks } from '../auth/authenticate.ts';
import { guardOf } from '../billing/guard.ts';
import { findAccount } from './accounts.ts';
import { auditEntry, changeOf } from './audit.ts';
import { authorize } from './authorize.ts';
import type { Body } from './body.ts';
import type { Endpoint, Operation, Reply } from './endpoint.ts';
import { checkThrough, type Through } from './nested.ts';
import { recorder } from './recorder.ts';
import type { Auth, RestRequest, Services } from './request.ts';
import { tokenOf } from './token.ts';

/** What the outer layers know of a request before its path is matched. */
export interface Received {
  readonly services: Services;
  /** `system_config/crossbar`, as it was when the request came. */
  readonly config: ConfigValues;
  readonly id: string;
  readonly method: string;
  /** Below the version, with the caller's account where the client wrote its alias. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly clientIp: string;
  readonly scheme: RestRequest['scheme'];
  /** It came by a magic path. */
  readonly isSigned: boolean;
  readonly body: Body;
  /** What the client's path led through on its way to `path`. */
  readonly through?: Through;
}

/** An endpoint, and where its path has its last noun. */
export interface Route {
  readonly endpoint: Endpoint;
  readonly noun: string;
  /** How many parts of the path come before what stands behind the noun. */
  readonly depth: number;
}

/** `nouns` are the names of all resources. */
export function routeOf(endpoint: Endpoint, nouns: ReadonlySet<string>): Route {
  const parts = endpoint.path.split('/');
  const at = parts.findLastIndex((part) => nouns.has(part));
  return { endpoint, noun: parts[at] ?? '', depth: at + 1 };
}

/** Runs the stages; who asks, and what it took from their bucket, is left in `context.state`. */
export async function handle(
  received: Received,
  route: Route,
  params: Readonly<Record<string, string>>,
  context: Context,
): Promise<Reply> {
  const { endpoint } = route;
  const { services, config, clientIp, body } = received;
  const verb = received.method as Verb;
  const operation = endpoint.operations[verb];
  if (!operation) throw new AppError('invalid_method', { details: { allowed: allowedMethods(endpoint) } });
  const accountId = params['account_id'];
  // Who has no token must not learn which accounts there are.
  const anonymous =
    operation.anonymous !== undefined && (await mayBeAnonymous(received, operation, params, context));
  // A public operation takes no notice of tokens: an old one in a browser must not keep its user from logging in.
  const isOpen = anonymous || operation.permission === 'public';
  const { headers } = context.req;
  const auth = isOpen
    ? undefined
    : (knownCaller(received, headers) ?? (await authenticate(received, headers)));
  context.state['auth'] = auth;
  context.state['tokens'] = services.buckets.consume(config, clientIp, auth?.account._id, operation.cost);
  const own = auth && auth.account._id === accountId ? auth.account : undefined;
  const account = own ?? (accountId === undefined ? undefined : await findAccount(services.store, accountId));
  addToLogContext({ accountId: account?._id });
  const parameters = received.path.split('/').slice(route.depth).map(decoded);
  const userId = userOf(endpoint, params);
  if (!anonymous)
    authorize(operation.permission, auth, {
      account,
      accountId,
      userId,
      endpoint: route.noun,
      parameters,
      verb,
    });
  if (received.through) await checkThrough(services.store, account, received.through);
  checkContentType(body, operation);
  const request: RestRequest = {
    ...received,
    verb,
    params,
    headers,
    envelope: body.envelope,
    data: operation.accept ? operation.accept(body.data) : body.data,
    uploads: body.uploads,
    auth,
    account,
  };
  return verb === 'GET' ? operation.run(request) : audited(request, operation, received.path);
}

/** Runs what may change something, and keeps in the audit trail what it did, also when it failed half way. */
export async function audited(
  request: RestRequest,
  { run }: Pick<Operation, 'run'>,
  path: string,
): Promise<Reply> {
  const { services } = request;
  const guard = guardOf(request);
  const { store, written } = recorder(services.store, guard);
  const keep = (status: number): void => {
    const changes = written().map(changeOf);
    if (changes.length === 0 && (status >= 400 || !request.auth)) return;
    const entry = auditEntry(request, changes, { path: `/v2${path}`, status });
    if (entry) services.behind.store(entry.database, entry.document);
  };
  try {
    const reply = await run({ ...request, services: { ...services, store } });
    keep(('status' in reply ? reply.status : undefined) ?? (request.verb === 'PUT' ? 201 : 200));
    return reply;
  } catch (error) {
    keep(toAppError(error).status);
    throw error;
  } finally {
    guard.end();
  }
}

function decoded(part: string): string {
  if (!part.includes('%')) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The verbs of a path, as Allow and CORS say them. */
export function allowedMethods({ operations }: Endpoint): string {
  return [...Object.keys(operations), 'OPTIONS'].join(', ');
}

/** Whether the operation serves who has no token, as some do for documents that say so. */
async function mayBeAnonymous(
  { services, query, body, isSigned }: Received,
  { anonymous }: Operation,
  params: Readonly<Record<string, string>>,
  context: Context,
): Promise<boolean> {
  if (!anonymous || tokenOf(context.req.headers, query, body.envelope) !== undefined) return false;
  const accountId = params['account_id'];
  const account = accountId === undefined ? undefined : await findAccount(services.store, accountId);
  return anonymous({ services, account, params, isSigned });
}

async function authenticate(received: Received, headers: IncomingHttpHeaders): Promise<Auth> {
  try {
    return await whoAsks(received, headers);
  } catch (error) {
    // Who is nobody pays as well, so that tokens cannot be tried without end.
    received.services.buckets.consume(received.config, received.clientIp, undefined, undefined);
    throw error;
  }
}

/** The user whose own document the path is about, whichever way its parameter is called. */
function userOf(endpoint: Endpoint, params: Readonly<Record<string, string>>): string | undefined {
  if (params['user_id'] !== undefined) return params['user_id'];
  return endpoint.path.startsWith('/accounts/:account_id/users/') ? params['id'] : undefined;
}

function checkContentType({ rawType }: Body, { uploads }: Operation): void {
  if (rawType !== undefined && !uploads?.test(rawType))
    throw new AppError('unsupported_media_type', { message: `${rawType} is not accepted here` });
}
