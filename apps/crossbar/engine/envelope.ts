// The envelope of every answer, and errors as Kazoo spells them (contract/crossbar.md §2).
import { createHash } from 'node:crypto';
import { isRecord, type Violation } from '../../../core/contract/index.ts';
import type { AppError, ErrorCode } from '../../../core/errors/index.ts';
import { version } from '../../../core/files/index.ts';
import type { Tokens } from './buckets.ts';
import type { DataReply } from './endpoint.ts';

/** What every envelope says about the request. */
export interface About {
  readonly requestId: string;
  /** `app@host`. */
  readonly node: string;
  /** The token used, when there was one. */
  readonly token: string | undefined;
  /** What the request took from the caller's bucket. */
  readonly tokens: Tokens | undefined;
}

export function success(reply: DataReply, about: About): Record<string, unknown> {
  return {
    data: reply.data,
    status: 'success',
    ...(reply.revision === undefined ? {} : { revision: reply.revision }),
    ...common(about),
    ...reply.envelope,
  };
}

export function failure(error: AppError, about: About): Record<string, unknown> {
  return {
    data: errorBody(error),
    status: 'error',
    message: spelled(error),
    error: String(error.status),
    ...common(about),
  };
}

function common({ requestId, node, token, tokens }: About): Record<string, unknown> {
  return {
    ...(token === undefined ? {} : { auth_token: token, version }),
    request_id: requestId,
    node: shortNode(node),
    ...(tokens && { tokens }),
    timestamp: timestamp(),
  };
}

let [second, secondText] = [0, ''];

/** Now, to the second: written once for all answers of the same one. */
function timestamp(): string {
  const now = Math.floor(Date.now() / 1000);
  if (now === second) return secondText;
  second = now;
  secondText = `${new Date(now * 1000).toISOString().slice(0, 19)}Z`;
  return secondText;
}

const shortNodes = new Map<string, string>();

/** Clients see that two answers came from the same node, not what it is called. */
function shortNode(node: string): string {
  const known = shortNodes.get(node) ?? createHash('sha256').update(node).digest('base64url').slice(0, 22);
  shortNodes.set(node, known);
  return known;
}

const spellings: Partial<Record<ErrorCode, string>> = {
  invalid_data: 'validation error',
  invalid_envelope: 'invalid request envelope',
  bad_request: 'bad request',
  accept_charges: 'accept charges',
  parse_error: 'validation error',
  too_large: 'validation error',
  range_not_satisfiable: 'range not satisfiable',
};

function spelled({ code, details }: AppError): string {
  if (code === 'bad_identifier' && details['account'] !== undefined) return 'bad identifier';
  return spellings[code] ?? code;
}

/** What went wrong with one number. */
export function numberError({ code, message, details, status }: AppError, number: unknown): object {
  return { code: status, error: code, cause: details['cause'] ?? number, message };
}

/** What an envelope holds as `data` for an error. */
export function errorBody(error: AppError): unknown {
  const { code, message, details, status } = error;
  if (Array.isArray(details['violations'])) return violationBody(details['violations']);
  if (code === 'bad_identifier' && details['account'] !== undefined) return [details['account']];
  if (code === 'accept_charges') return details['invoices'];
  if (details['number'] !== undefined) return numberError(error, details['number']);
  // What went wrong inside is for the log, not for the client.
  if (status >= 500) return { message: code === 'unspecified_fault' ? 'internal error' : message };
  return {
    message,
    ...(details['cause'] === undefined ? {} : { cause: details['cause'] }),
    ...(isRecord(details['data']) && details['data']),
  };
}

/** `{<dotted path>: {<code>: {message, value?, target?, cause?}}}`. */
function violationBody(violations: readonly Violation[]): Record<string, Record<string, unknown>> {
  const body = new Map<string, Map<string, unknown>>();
  for (const { path, code, ...standard } of violations) {
    const codes = body.get(path || 'data') ?? new Map<string, unknown>();
    body.set(path || 'data', codes.set(code, standard));
  }
  return Object.fromEntries([...body].map(([path, codes]) => [path, Object.fromEntries(codes)]));
}
