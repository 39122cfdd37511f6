// The error of a message that is not SIP: what is wrong, and where.

import type { SipRequest } from './message.ts';

/**
 * Says what is wrong with a message and in which part (`start line`, `Via`, `body`, …).
 * `status` is what a malformed request deserves; `request` is present when enough of it could be read to answer it.
 */
export class SipParseError extends Error {
  readonly where: string;
  readonly status: number;
  readonly request: SipRequest | undefined;

  constructor(where: string, what: string, status = 400, request?: SipRequest) {
    super(`${where}: ${what}`);
    this.name = 'SipParseError';
    this.where = where;
    this.status = status;
    this.request = request;
  }
}
