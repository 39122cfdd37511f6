// The random identifiers of SIP.

import { randomBytes } from 'node:crypto';

/** Every branch of RFC 3261 begins with this. */
export const BRANCH_COOKIE = 'z9hG4bK';

/** A tag for From or To, with 64 random bits. */
export function newTag(): string {
  return randomBytes(8).toString('hex');
}

/** A branch for Via. */
export function newBranch(): string {
  return BRANCH_COOKIE + randomBytes(10).toString('hex');
}

/** A Call-ID; `host` is put after an `@`. */
export function newCallId(host?: string): string {
  const id = randomBytes(12).toString('hex');
  return host === undefined ? id : `${id}@${host}`;
}
