// Where a client may put its token (contract/crossbar.md §5).
import type { IncomingHttpHeaders } from 'node:http';

/** `X-Auth-Token`, else `auth_token` in query or envelope, else `Authorization` with or without `Bearer`. */
export function tokenOf(
  headers: IncomingHttpHeaders,
  query: Readonly<Record<string, string>>,
  envelope: Readonly<Record<string, unknown>>,
): string | undefined {
  const places = [
    headers['x-auth-token'],
    query['auth_token'],
    envelope['auth_token'],
    headers.authorization?.replace(/^Bearer\s+/i, ''),
  ];
  const found = places.find((place) => typeof place === 'string' && place !== '');
  return found as string | undefined;
}
