// Attempts to log in, in the account's month: those that failed too, but not more of them than somebody would read.
import { randomBytes } from 'node:crypto';
import { gregorian, monthDatabase, monthOf } from '../../../core/couch/index.ts';
import { login_attempt } from '../../../core/documents/index.ts';
import type { ListReply } from '../engine/endpoint.ts';
import { monthList } from '../engine/months.ts';
import type { RestRequest } from '../engine/request.ts';
import { securityOf } from './security.ts';
import type { AuthMethod } from './tokens.ts';

export interface Attempt {
  readonly accountId: string;
  readonly method: AuthMethod;
  /** `jwt_auth_token`, `multi_factor`, … */
  readonly type: string;
  readonly status: 'success' | 'failed';
  readonly message: string;
  readonly userId?: string | undefined;
}

interface Minute {
  readonly minute: number;
  count: number;
}

const perMinute = 60;
const most = 10_000;
const counts = new Map<string, Minute>();

/** Notes an attempt, unless the account does not want it or had too many of them in this minute. */
export async function noteAttempt(request: RestRequest, attempt: Attempt): Promise<void> {
  const { services, clientIp, id, headers } = request;
  const { accountId, method, type, status, message, userId } = attempt;
  const config = (await securityOf(services, accountId))[method];
  if ((status === 'failed' ? config?.log_failed_attempts : config?.log_successful_attempts) === false) return;
  const now = new Date();
  const nth = countOf(`${status} ${accountId}`, Math.floor(now.getTime() / 60_000));
  if (nth > perMinute) return;
  services.behind.store(monthDatabase(accountId, now), {
    _id: `${monthOf(now)}-${randomBytes(16).toString('hex')}`,
    pvt_type: login_attempt.type,
    auth_type: type,
    auth_module: method,
    status,
    message: nth === perMinute ? `${message} (no more of this minute are kept)` : message,
    client_ip: clientIp,
    client_headers: { 'user-agent': headers['user-agent'] ?? '' },
    crossbar_request_id: id,
    timestamp: gregorian(now),
    ...(userId !== undefined && { owner_id: userId }),
  });
}

/** The attempts of an account, or those of one type. */
export function loginAttempts(request: RestRequest, type?: string): Promise<ListReply> {
  return type === undefined
    ? monthList(request, { design: 'auth', view: 'login_attempt_by_time', plainKey: true })
    : monthList(request, { design: 'auth', view: 'login_attempt_by_auth_type', prefix: [type] });
}

function countOf(key: string, minute: number): number {
  const known = counts.get(key);
  const current = known?.minute === minute ? known : { minute, count: 0 };
  current.count += 1;
  counts.delete(key);
  counts.set(key, current);
  for (const oldest of counts.keys()) {
    if (counts.size <= most) break;
    counts.delete(oldest);
  }
  return current.count;
}
