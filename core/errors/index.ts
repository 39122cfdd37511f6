// The one error class of the project: a code from the catalogue, with details that can cross the bus.
import { catalogue, type ErrorCode } from './catalogue.ts';

export { catalogue, type ErrorCode } from './catalogue.ts';

/** What may be said about an error beside its code. `details` must survive JSON. */
export interface ErrorOptions {
  readonly message?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

/** The fields under which an error crosses the bus. */
export interface ErrorFields {
  readonly 'Error-Code': string;
  readonly 'Error-Message': string;
  readonly 'Error-Details'?: Readonly<Record<string, unknown>>;
}

/**
 * An error with a meaning. Compare by `code`, never by text.
 * `status` is the HTTP status it maps to; `retryable` says whether the same request may succeed later unchanged.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, options: ErrorOptions = {}) {
    super(options.message ?? catalogue[code].message, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = catalogue[code].status;
    this.retryable = catalogue[code].retryable;
    this.details = options.details ?? {};
  }

  /** The error as message fields; the cause stays at home. */
  toFields(): ErrorFields {
    return {
      'Error-Code': this.code,
      'Error-Message': this.message,
      ...(Object.keys(this.details).length > 0 ? { 'Error-Details': this.details } : {}),
    };
  }

  /** Rebuilds an error that crossed the bus; an unknown code becomes `unspecified_fault`. */
  static fromFields(fields: ErrorFields): AppError {
    const code = fields['Error-Code'];
    return new AppError(isErrorCode(code) ? code : 'unspecified_fault', {
      message: fields['Error-Message'],
      details: fields['Error-Details'],
    });
  }
}

/** True for an AppError with this code. */
export function hasCode(error: unknown, code: ErrorCode): error is AppError {
  return error instanceof AppError && error.code === code;
}

/** Any thrown value as an AppError; what is not ours becomes `unspecified_fault` with the original as cause. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('unspecified_fault', { message: errorText(error), cause: error });
}

/** The text of any thrown value. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(catalogue, code);
}
