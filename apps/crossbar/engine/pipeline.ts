// The stages of a request on a known path, in Kazoo's order (contract/crossbar.md §1).
import type { Context } from 'koa';
import type { Verb } from '../../../core/contract/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { withLogContext } from '../../../core/log/index.ts';
import { readToken } from '../auth/tokens.ts';
import { getAccount } from './accounts.ts';
import { authorize } from './authorize.ts';
import type { Body } from './body.ts';
import type { Endpoint, Operation, Reply } from './endpoint.ts';
import type { AccountDocument, Auth, RestRequest, Services } from './request.ts';
import { tokenOf } from './token.ts';

/** What the outer layers know of a request before its path is matched. */
export interface Received {
  readonly services: Services;
  readonly id: string;
  readonly method: string;
  readonly query: Readonly<Record<string, string>>;
  readonly clientIp: string;
  readonly body: Body;
}

/** Runs the stages; who asks is left in `context.state.auth`. */
export async function handle(
  received: Received,
  endpoint: Endpoint,
  params: Readonly<Record<string, string>>,
  context: Context,
): Promise<Reply> {
  const operation = endpoint.operations[received.method as Verb];
  if (!operation) throw new AppError('invalid_method', { details: { allowed: allowedMethods(endpoint) } });
  const account = await accountOf(received, params);
  return withLogContext({ accountId: account?._id }, async () => {
    const auth = await authenticate(received, operation, context);
    context.state['auth'] = auth;
    authorize(operation.permission, auth, { account, userId: userOf(endpoint, params) });
    checkContentType(received.body, operation);
    const request: RestRequest = {
      ...received,
      verb: received.method as Verb,
      params,
      headers: context.req.headers,
      envelope: received.body.envelope,
      data: operation.accept ? operation.accept(received.body.data) : received.body.data,
      uploads: received.body.uploads,
      auth,
      account,
    };
    return operation.run(request);
  });
}

/** The verbs of a path, as Allow and CORS say them. */
export function allowedMethods({ operations }: Endpoint): string {
  return [...Object.keys(operations), 'OPTIONS'].join(', ');
}

async function accountOf(
  { services }: Received,
  params: Readonly<Record<string, string>>,
): Promise<AccountDocument | undefined> {
  const id = params['account_id'];
  return id === undefined ? undefined : getAccount(services.store, id);
}

/** A public operation takes no notice of tokens: an old one in a browser must not keep its user from logging in. */
async function authenticate(
  { services, query, body }: Received,
  { permission }: Operation,
  context: Context,
): Promise<Auth | undefined> {
  if (permission === 'public') return undefined;
  const token = tokenOf(context.req.headers, query, body.envelope);
  if (token === undefined) throw new AppError('invalid_credentials', { message: 'a token is needed' });
  return readToken(services, token);
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
