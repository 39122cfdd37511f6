// What an application sends over the control protocol, taken apart.

import { Headers } from '../stack/index.ts';

/** `id|verb|…arguments`, then SIP text. */
export interface Command {
  /** The application's message id, which the answer carries. */
  id: string;
  verb: string;
  args: string[];
  sip: SipText;
}

/** SIP text of an application: incomplete, for the server adds what it owns. */
export interface SipText {
  /** The start line, or '' when there was no SIP text. */
  start: string;
  headers: Headers;
  body: string;
}

/** What an application may not set: the server owns it. */
const OWNED = new Set(['via', 'route', 'rseq', 'record-route', 'content-length']);

/** Takes a frame apart. Header fields that cannot be sent are left out, as the real server does. */
export function parseCommand(text: string): Command {
  const end = text.indexOf('\r\n');
  const [id = '', verb = '', ...args] = (end < 0 ? text : text.slice(0, end)).split('|');
  return { id, verb, args, sip: parseSipText(end < 0 ? '' : text.slice(end + 2)) };
}

function parseSipText(text: string): SipText {
  const end = text.indexOf('\r\n\r\n');
  const [start = '', ...lines] = (end < 0 ? text : text.slice(0, end)).split('\r\n');
  const headers = new Headers();
  for (const line of lines) {
    const match = /^([A-Za-z0-9.!%*_+`'~-]+)\s*:\s*([^\r\n\0]*)$/.exec(line);
    if (match?.[1] && match[2] && !OWNED.has(match[1].toLowerCase())) headers.add(match[1], match[2]);
  }
  return { start, headers, body: end < 0 ? '' : text.slice(end + 4) };
}
