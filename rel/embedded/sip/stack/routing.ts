// Where a request goes next by its own headers (RFC 3261 §8.1.2 and §16.6; without the SRV records of RFC 3263).

import { parseNameAddr } from './fields.ts';
import { type Address, protocols } from './flow.ts';
import type { SipRequest } from './message.ts';
import { SipParseError } from './parse-error.ts';
import { parseUri } from './uri.ts';

/** The address a SIP URI stands for: `maddr` over host, the `transport` parameter or UDP, port 5060 (TLS: 5061) by default. */
export function addressOf(uri: string): Address {
  const { scheme, host, port, params } = parseUri(uri);
  const transport = scheme === 'sips' ? 'tls' : (params.get('transport')?.toLowerCase() ?? 'udp');
  const protocol = protocols.find((it) => it === transport);
  if (scheme === 'tel') throw new SipParseError('URI', 'a tel URI says nothing about where to send', 416);
  if (!protocol) throw new SipParseError('URI', `transport ${transport} is not spoken here`, 503);
  const usual = protocol === 'tls' ? 5061 : 5060;
  return { protocol, host: params.get('maddr') ?? host, port: port ?? usual };
}

/** The next hop of a request: its first Route, or else its Request-URI. Throws `SipParseError`. */
export function nextHop(request: SipRequest): Address {
  const route = request.headers.get('route');
  return addressOf(route === undefined ? request.uri : parseNameAddr(route).uri);
}
