// The checks a message must pass before any other part sees it (RFC 3261 §8.2, RFC 4475).

import { parseCSeq, parseNameAddr, parseVia } from './fields.ts';
import type { SipMessage, SipRequest } from './message.ts';
import { SipParseError } from './parse-error.ts';

/** Fields that every message has exactly once. */
const MANDATORY = ['From', 'To', 'Call-ID', 'CSeq'] as const;
/** Fields that a message has at most once. */
const SINGLE = ['Content-Length', 'Max-Forwards', 'Content-Type', 'Expires'] as const;

/** Fields of addresses that dialogs and routing rely on. */
const ADDRESSES = ['Contact', 'Route', 'Record-Route'] as const;

/** Throws `SipParseError` for a message that cannot be routed or matched; the error carries a request that can be answered. */
export function checkMessage(message: SipMessage & { version?: string }): void {
  try {
    checkVia(message);
  } catch (error) {
    throw at('Via', error);
  }
  const request = 'method' in message ? message : undefined;
  try {
    if (message.version !== undefined) {
      throw new SipParseError('start line', `version SIP/${message.version} is not spoken here`, 505);
    }
    for (const name of MANDATORY) checkMandatory(message, name);
    for (const name of SINGLE) checkSingle(message, name);
    for (const name of ADDRESSES) for (const value of message.headers.getAll(name)) checkAddress(name, value);
    checkSequence(message, request);
    checkLength(message);
    if (request) checkRequest(request);
  } catch (error) {
    throw at('headers', error, request && answerable(request) ? request : undefined);
  }
}

function at(where: string, error: unknown, request?: SipRequest): SipParseError {
  if (!(error instanceof SipParseError)) return new SipParseError(where, String(error), 400, request);
  const what = error.message.startsWith(`${error.where}: `)
    ? error.message.slice(error.where.length + 2)
    : error.message;
  return new SipParseError(error.where, what, error.status, request);
}

/** A response needs these copied from the request. */
function answerable(request: SipRequest): boolean {
  return request.method !== 'ACK' && MANDATORY.every((name) => request.headers.has(name));
}

function checkVia(message: SipMessage): void {
  const via = message.headers.get('via');
  if (via === undefined) throw new SipParseError('Via', 'is missing');
  parseVia(via);
}

function checkMandatory(message: SipMessage, name: (typeof MANDATORY)[number]): void {
  const values = message.headers.getAll(name);
  const value = values[0];
  if (value === undefined || value === '') throw new SipParseError(name, 'is missing');
  if (values.length > 1) throw new SipParseError(name, 'is there more than once');
  if (name === 'From' || name === 'To') checkAddress(name, value);
}

function checkAddress(name: string, value: string): void {
  try {
    parseNameAddr(value);
  } catch (error) {
    throw new SipParseError(name, error instanceof Error ? error.message : String(error));
  }
}

function checkSingle(message: SipMessage, name: (typeof SINGLE)[number]): void {
  const values = message.headers.getAll(name);
  if (new Set(values).size > 1) throw new SipParseError(name, 'is there more than once');
}

function checkSequence(message: SipMessage, request: SipRequest | undefined): void {
  const { method } = parseCSeq(message.headers.get('cseq') ?? '');
  if (request && method !== request.method) {
    throw new SipParseError('CSeq', `names ${method} in a request ${request.method}`);
  }
}

function checkLength(message: SipMessage): void {
  const value = message.headers.get('content-length');
  if (value === undefined) return;
  if (!/^\d{1,9}$/.test(value))
    throw new SipParseError('Content-Length', `is not a length: ${value.slice(0, 40)}`);
  if (Number(value) > message.body.length) {
    throw new SipParseError('body', `${message.body.length} bytes where Content-Length says ${value}`);
  }
}

function checkRequest(request: SipRequest): void {
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"]+$/.test(request.uri)) {
    throw new SipParseError('start line', `not a URI: ${JSON.stringify(request.uri.slice(0, 80))}`);
  }
  const hops = request.headers.get('max-forwards');
  if (hops !== undefined && !/^\d{1,3}$/.test(hops))
    throw new SipParseError('Max-Forwards', `not a number: ${hops}`);
}
