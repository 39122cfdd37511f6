// How a call is refused that nobody takes or that may not be made.
import { type AppError, hasCode } from '../../../core/errors/index.ts';

export interface Refusal {
  readonly code: number;
  readonly text: string;
  /** For the counter and the log. */
  readonly outcome: string;
}

/** The SIP answer for what went wrong before a call had a controller. */
export function refusalOf(error: unknown): Refusal {
  if (hasCode(error, 'forbidden')) return { code: 403, text: 'Forbidden', outcome: 'forbidden' };
  // Nobody in the cluster takes this number (contract/kapi.md §4, step 7).
  if (hasCode(error, 'request_timeout') || hasCode(error, 'nobody_listens'))
    return { code: 604, text: 'Nobody takes this call', outcome: 'unanswered' };
  const retry = (error as Partial<AppError>).retryable === true;
  return retry
    ? { code: 503, text: 'Try again later', outcome: 'unavailable' }
    : { code: 500, text: 'Internal error', outcome: 'failed' };
}

/** The code and text of a `route_resp` with Method error. */
export function refusalFrom(code: unknown, text: unknown): Refusal {
  const known = Number(code);
  const valid = Number.isInteger(known) && known >= 300 && known <= 699;
  return {
    code: valid ? known : 480,
    text: typeof text === 'string' && text !== '' ? text : 'Refused',
    outcome: 'refused',
  };
}
