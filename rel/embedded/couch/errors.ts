// CouchDB's error answers: an HTTP status with the body {"error", "reason"}, and their translation from PouchDB.

/** An answer that CouchDB gives instead of a result. Handlers throw it, the router sends it. */
export class CouchError extends Error {
  readonly status: number;
  readonly error: string;
  readonly reason: string;
  readonly headers: Record<string, string>;

  constructor(status: number, error: string, reason: string, headers: Record<string, string> = {}) {
    super(`${error}: ${reason}`);
    this.name = 'CouchError';
    this.status = status;
    this.error = error;
    this.reason = reason;
    this.headers = headers;
  }
}

export const badRequest = (reason: string) => new CouchError(400, 'bad_request', reason);
export const queryParseError = (reason: string) => new CouchError(400, 'query_parse_error', reason);
export const docValidation = (reason: string) => new CouchError(400, 'doc_validation', reason);
export const notFound = (reason = 'missing') => new CouchError(404, 'not_found', reason);
export const databaseMissing = () => notFound('Database does not exist.');
export const conflict = () => new CouchError(409, 'conflict', 'Document update conflict.');
export const tooLarge = (reason: string) => new CouchError(413, 'too_large', reason);
export const unauthorized = (reason: string, headers: Record<string, string> = {}) =>
  new CouchError(401, 'unauthorized', reason, headers);
export const forbidden = (reason: string) => new CouchError(403, 'forbidden', reason);
export const methodNotAllowed = (methods: readonly string[]) =>
  new CouchError(405, 'method_not_allowed', `Only ${methods.join(',')} allowed`, {
    Allow: methods.join(','),
  });

interface PouchError {
  status?: number;
  name?: string;
  message?: string;
  reason?: string;
}

/** Turns what PouchDB rejected with into CouchDB's answer; an unknown failure becomes a 500 with its text. */
export function toCouchError(error: unknown): CouchError {
  if (error instanceof CouchError) return error;
  const { status, name, reason, message = reason } = error as PouchError;
  if (name === 'conflict') return conflict();
  if (name === 'doc_validation') return docValidation(message ?? 'Bad special document member');
  if (name === 'missing_stub') return new CouchError(412, 'missing_stub', message ?? 'missing_stub');
  if (message === 'Only reserved document ids may start with underscore.')
    return new CouchError(400, 'illegal_docid', message);
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new CouchError(status, name ?? 'bad_request', reason ?? message ?? 'bad request');
  return new CouchError(500, 'internal_server_error', message ?? String(error));
}
