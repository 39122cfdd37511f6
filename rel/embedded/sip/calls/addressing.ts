// What the server puts into an application's text: its own address for `localhost`, the content type, the target.

import type { SipText } from '../control/commands.ts';
import {
  type Address,
  addressOf,
  formatHostPort,
  type Headers,
  parseNameAddr,
  parseUri,
  type SipRequest,
  type SipStack,
  type Target,
} from '../stack/index.ts';
import type { Context } from './context.ts';

/** A command that cannot be done; the text is what the application is told. */
export class Refused extends Error {}

/** Fields in which an application writes `localhost` for the server's own address. */
const PLACED = ['From', 'To', 'Contact', 'P-Asserted-Identity'];

/** A copy of an application's headers, with our address in place of `localhost`. */
export function placed(headers: Headers, local: Address): Headers {
  const copy = headers.clone();
  for (const name of PLACED) {
    const values = copy.getAll(name);
    if (values.some((value) => value.includes('localhost'))) {
      copy.set(
        name,
        values.map((value) =>
          value.replace(/(?<=[@:])localhost(:\d+)?/, formatHostPort(local.host, local.port)),
        ),
      );
    }
  }
  return copy;
}

/** SDP is recognised; any other body needs its Content-Type. Throws `Refused`. */
export function withContentType(headers: Headers, body: string): Headers {
  if (body === '' || headers.has('content-type')) return headers;
  if (!body.startsWith('v=0')) throw new Refused('missing content-type');
  return headers.add('Content-Type', 'application/sdp');
}

/** Method and URI of an application's start line. Throws `Refused`. */
export function parseRequestLine({ start }: SipText): { method: string; uri: string } {
  const [method, uri] = start.split(' ');
  if (!method || !uri || !/^[A-Z]+$/.test(method)) throw new Refused(`invalid request-uri: ${start}`);
  return { method, uri };
}

/** Where a request to `uri` goes: the connection of a registered contact, or the URI's address. */
export function targetOf({ registered }: Context, uri: string): Target {
  return registered.find(uri) ?? addressOf(uri);
}

/** The Contact for messages that leave by `target`. */
export function contactFor(stack: SipStack, target: Target): string {
  return `<${stack.uriFor(target)}>`;
}

/** Whether a URI means this server itself. */
export function isLocal(stack: SipStack, uri: string): boolean {
  try {
    const { scheme, host, port } = parseUri(uri);
    if (scheme === 'tel') return false;
    return stack.transport.isLocal(host, port ?? 5060);
  } catch {
    return false;
  }
}

/** Takes the Routes off that mean this server; true when there was one. */
export function stripRoutes(stack: SipStack, request: SipRequest): boolean {
  let stripped = false;
  for (;;) {
    const route = request.headers.get('route');
    if (route === undefined || !isLocal(stack, parseNameAddr(route).uri)) return stripped;
    request.headers.shift('Route');
    stripped = true;
  }
}
