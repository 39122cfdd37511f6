// A media server says who calls or is called at its own address: outside that is the realm of the call.
import type { RawMessage } from '../drachtio.ts';
import { parseUri, uriOf } from '../uri.ts';

/** Fields in which an address of the inside may stand for a person. */
const identities = new Set([
  'remote-party-id',
  'p-asserted-identity',
  'p-preferred-identity',
  'referred-by',
  'diversion',
  'history-info',
]);

/** Puts the realm of the call in place of an inside address; `isInside` knows those, IPv6 in brackets. */
export function withoutInside(
  fields: Readonly<Record<string, string>>,
  message: RawMessage,
  isInside: (host: string) => boolean,
): Record<string, string> {
  const hostOf = (name: string): string => parseUri(uriOf(message.headers[name] ?? ''))?.host ?? '';
  const realm = [hostOf('from'), hostOf('to')].find((host) => host !== '' && !isInside(host));
  const hidden = (value: string): string =>
    value.replace(/@(\[[0-9a-f:]+\]|[\d.]+)(?::\d+)?/gi, (whole, host: string) =>
      isInside(host) ? `@${realm ?? 'anonymous.invalid'}` : whole,
    );
  const entries = Object.entries(fields).map(([name, value]) =>
    identities.has(name.toLowerCase()) ? [name, hidden(value)] : [name, value],
  );
  return Object.fromEntries(entries) as Record<string, string>;
}
