// A request as resources see it: what was asked, by whom, for which account. No resource knows koa.
import type { IncomingHttpHeaders } from 'node:http';
import type { AppContext } from '../../../core/app/index.ts';
import { type DocumentOf, isRecord, type Verb } from '../../../core/contract/index.ts';
import { accountDatabase, type Database } from '../../../core/couch/index.ts';
import type { account, role, user } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import type { Lockout } from '../auth/lockout.ts';
import type { EndpointRules } from '../auth/restrictions.ts';
import type { Secrets } from '../auth/secrets.ts';
import type { Behind } from './behind.ts';
import type { Buckets } from './buckets.ts';

export type AccountDocument = DocumentOf<typeof account>;
export type UserDocument = DocumentOf<typeof user>;

/** What every resource may use. */
export interface Services extends AppContext {
  readonly secrets: Secrets;
  readonly buckets: Buckets;
  /** What is written behind the answer: audit trail, attempts to log in. */
  readonly behind: Behind;
  /** Slows down who guesses. */
  readonly lockout: Lockout;
}

/** Who asks. */
export interface Auth {
  /** Undefined when each request brings name and password. */
  readonly token: string | undefined;
  /** The module that knew who it is, e.g. `cb_user_auth` or `cb_api_auth`. */
  readonly method: string;
  readonly account: AccountDocument;
  /** Absent for tokens of an API key or of an address. */
  readonly user: UserDocument | undefined;
  /** Who really asks, when the token was made to see what somebody else sees. */
  readonly original?: { readonly accountId: string; readonly ownerId: string | undefined };
  /** True for API keys and for users with priv_level admin, their own or that of their role. */
  readonly admin: boolean;
  /** True for admins of the master account. */
  readonly superduper: boolean;
  /** The role that the user bears. */
  readonly role?: Pick<DocumentOf<typeof role>, 'name' | 'priv_level' | 'rules'> | undefined;
  /** What narrows all that; a request must fit each of them. */
  readonly rules: readonly EndpointRules[];
}

/** A file in a request. */
export interface Upload {
  readonly name: string | undefined;
  readonly contentType: string;
  readonly body: Buffer;
}

/** A request as a resource gets it; `Data` is what its declared body makes of `data`. */
export interface RestRequest<Data = unknown> {
  readonly services: Services;
  readonly id: string;
  readonly verb: Verb;
  /** Path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly clientIp: string;
  /** How the client speaks to us, or to the proxy between. */
  readonly scheme: 'http' | 'https';
  /** It came by a magic path. */
  readonly isSigned: boolean;
  /** The keys beside `data`, in lower case with `_`. */
  readonly envelope: Readonly<Record<string, unknown>>;
  /** `data` of the envelope; `{}` when there was no body. */
  readonly data: Data;
  readonly uploads: readonly Upload[];
  /** Undefined where no token is needed and none was given. */
  readonly auth: Auth | undefined;
  /** The account in the path. */
  readonly account: AccountDocument | undefined;
}

/** A parameter, wherever the client put it: `data`, then the query, then the envelope (contract/crossbar.md §1). */
export function parameter(request: Pick<RestRequest, 'data' | 'query' | 'envelope'>, key: string): unknown {
  for (const place of [request.data, request.query, request.envelope])
    if (isRecord(place) && Object.hasOwn(place, key)) return place[key];
  return undefined;
}

/** True for `true` and `"true"`. */
export function flag(request: RestRequest, key: string): boolean {
  return String(parameter(request, key)) === 'true';
}

/** A path parameter of the matched endpoint. */
export function pathParameter(request: RestRequest, name: string): string {
  const value = request.params[name];
  if (value === undefined) throw new AppError('bad_identifier', { message: `the path has no ${name}` });
  return value;
}

/** The account in the path. */
export function targetAccount(request: RestRequest): AccountDocument {
  if (!request.account) throw new AppError('bad_identifier', { message: 'the path names no account' });
  return request.account;
}

/** The database of the account in the path. */
export function targetDatabase(request: RestRequest): Database {
  return request.services.store.database(accountDatabase(targetAccount(request)._id));
}

/** Who asks; on endpoints that need a token there is always somebody. */
export function caller(request: RestRequest): Auth {
  if (!request.auth) throw new AppError('invalid_credentials');
  return request.auth;
}

/** `data` as an object. */
export function dataObject(request: RestRequest): Record<string, unknown> {
  if (isRecord(request.data)) return request.data;
  throw invalid('data', 'type', 'must be object', { target: 'object', value: request.data });
}

/** A validation error of one field (contract/crossbar.md §2). */
export function invalid(path: string, code: string, message: string, more: object = {}): AppError {
  return new AppError('invalid_data', { details: { violations: [{ path, code, message, ...more }] } });
}
