// CouchDB's answers as errors of the catalogue.
import { isRecord } from '../contract/index.ts';
import { AppError, type ErrorCode } from '../errors/index.ts';

/** Where a request went: it stands in the details of every error. */
export interface Where {
  readonly database?: string | undefined;
  readonly id?: string | undefined;
}

const codes: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_data',
  404: 'not_found',
  409: 'datastore_conflict',
  412: 'precondition_failed',
  413: 'too_large',
  416: 'range_not_satisfiable',
};

/** The error that a status and a body of CouchDB (`{error, reason}`) amount to. */
export function storeError(status: number, body: unknown, where: Where): AppError {
  const { error = '', reason = '' } = isRecord(body) ? body : {};
  const details = { ...where, status, ...(reason === '' ? {} : { reason }) };
  if (status === 404 && isMissingDatabase(reason))
    return new AppError('datastore_missing', {
      message: `the database ${where.database ?? ''} does not exist`,
      details,
    });
  if (status === 401 || status === 403)
    return new AppError('datastore_fault', {
      message: `CouchDB refuses the request (${String(reason)}): check store.user and store.password`,
      details,
    });
  const code = codes[status] ?? 'datastore_fault';
  const place = [where.database, where.id].filter(Boolean).join(' ');
  return new AppError(code, {
    message: `${place === '' ? 'CouchDB' : place}: ${String(reason || error || `status ${status}`)}`,
    details,
  });
}

/** Whether the reason of a 404 is that there is no such database, and not that a document is missing. */
export function isMissingDatabase(reason: unknown): boolean {
  return reason === 'no_db_file' || /^Database does not exist/.test(String(reason));
}
