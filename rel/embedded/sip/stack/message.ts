// SIP messages: what one is, how one is read from bytes and written to them (RFC 3261 §7).

import { Headers, longName } from './headers.ts';
import { splitOutside } from './params.ts';
import { SipParseError } from './parse-error.ts';
import { checkMessage } from './validate.ts';

export interface SipRequest {
  method: string;
  /** The Request-URI as written. */
  uri: string;
  headers: Headers;
  body: Buffer;
}

export interface SipResponse {
  status: number;
  reason: string;
  headers: Headers;
  body: Buffer;
}

export type SipMessage = SipRequest | SipResponse;

/** Limits of a message, in bytes and lines. */
export const LIMITS = { head: 131_072, body: 1_048_576, fields: 500 } as const;

export const NO_BODY: Buffer = Buffer.alloc(0);

/** Fields whose comma-separated values are kept as values of their own. */
const LISTS = new Set(['via', 'route', 'record-route', 'contact', 'path', 'service-route']);

export function isRequest(message: SipMessage): message is SipRequest {
  return 'method' in message;
}

/**
 * Reads one message from one datagram or frame. Accepts what phones really send: compact names, folded lines, bare LF,
 * leading empty lines, a missing Content-Length. Throws `SipParseError`, which carries the request when it can be answered.
 */
export function parseMessage(data: Buffer): SipMessage {
  let start = 0;
  while (data[start] === 0x0d || data[start] === 0x0a) start++;
  const end = endOfHead(data, start);
  if (!end) throw new SipParseError('headers', 'no empty line ends them');
  if (end.head - start > LIMITS.head) throw new SipParseError('headers', `over ${LIMITS.head} bytes`, 513);
  const lines = data.toString('utf8', start, end.head).split(/\r?\n/);
  const startLine = lines[0] ?? '';
  const message = parseStartLine(startLine);
  parseFields(lines, message);
  message.body = data.subarray(end.body);
  checkMessage(message);
  message.body = cutBody(message);
  return message;
}

/** Where the header block ends and where the body begins, or undefined while the empty line is missing. */
export function endOfHead(data: Buffer, from: number): { head: number; body: number } | undefined {
  const crlf = data.indexOf('\r\n\r\n', from);
  const lf = data.indexOf('\n\n', from);
  if (crlf >= 0 && (lf < 0 || crlf < lf)) return { head: crlf, body: crlf + 4 };
  return lf >= 0 ? { head: lf, body: lf + 2 } : undefined;
}

function parseStartLine(line: string): SipMessage {
  const response = /^SIP\/2\.0 (\d{3})(?: (.*))?$/i.exec(line);
  if (response) {
    const status = Number(response[1]);
    if (status < 100 || status > 699)
      throw new SipParseError('start line', `status ${status} is out of range`);
    return { status, reason: (response[2] ?? '').trim(), headers: new Headers(), body: NO_BODY };
  }
  const request = /^([A-Za-z0-9.!%*_+`'~-]+) (\S+) SIP\/(\d+\.\d+)$/i.exec(line);
  if (!request?.[1] || !request[2]) {
    throw new SipParseError(
      'start line',
      `neither a request nor a response: ${JSON.stringify(line.slice(0, 80))}`,
    );
  }
  return {
    method: request[1],
    uri: request[2],
    headers: new Headers(),
    body: NO_BODY,
    ...version(request[3]),
  };
}

/** A foreign version is remembered so that the request can be answered 505 once its headers are read. */
function version(text: string | undefined): { version?: string } {
  return text === '2.0' || text === undefined ? {} : { version: text };
}

function parseFields(lines: readonly string[], message: SipMessage): void {
  if (lines.length > LIMITS.fields) throw new SipParseError('headers', `over ${LIMITS.fields} lines`, 513);
  let current = '';
  for (const line of [...lines.slice(1), '']) {
    if (/^[ \t]/.test(line) && current !== '') {
      current += ` ${line.trim()}`;
      continue;
    }
    if (current !== '') addField(current, message.headers);
    current = line;
  }
}

function addField(line: string, headers: Headers): void {
  const colon = line.indexOf(':');
  const name = longName(line.slice(0, Math.max(colon, 0)).trim());
  if (name === '' || /\s/.test(name)) {
    throw new SipParseError('headers', `not a header field: ${JSON.stringify(line.slice(0, 80))}`);
  }
  const value = line
    .slice(colon + 1)
    .replaceAll('\0', '')
    .replaceAll('\r', ' ');
  headers.add(name, LISTS.has(name.toLowerCase()) ? splitOutside(value, ',') : value);
}

function cutBody(message: SipMessage): Buffer {
  const declared = message.headers.get('content-length');
  const length = declared === undefined ? message.body.length : Number(declared);
  return message.body.length === length ? message.body : message.body.subarray(0, length);
}

/** Writes a message to bytes, with the Content-Length of its body. */
export function serialize(message: SipMessage): Buffer {
  let head = isRequest(message)
    ? `${message.method} ${message.uri} SIP/2.0\r\n`
    : `SIP/2.0 ${message.status} ${message.reason}\r\n`;
  for (const [name, value] of message.headers) {
    if (name.toLowerCase() !== 'content-length') head += `${name}: ${value}\r\n`;
  }
  head += `Content-Length: ${message.body.length}\r\n\r\n`;
  return message.body.length === 0 ? Buffer.from(head) : Buffer.concat([Buffer.from(head), message.body]);
}
