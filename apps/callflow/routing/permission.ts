// Whether callflow answers a route request, given who calls (contract/callflow.md §2).
import type { MessageOf } from '../../../core/contract/index.ts';
import type { routeReq } from '../../../core/messages/route.ts';
import type { Lookup } from './lookup.ts';

type RouteRequest = MessageOf<typeof routeReq>;

const served = new Set([
  '',
  'account',
  'user',
  'device',
  'mobile',
  'callforward',
  'clicktocall',
  'click2call',
  'conference',
  'resource',
  'sys_info',
]);

/** How the caller is known: the Authorizing-Type, or '' when nothing authorised the call. */
export function authorizingType(request: RouteRequest): string {
  return String(request['Custom-Channel-Vars']?.['Authorizing-Type'] ?? '');
}

/** True when callflow handles calls of this caller at all. */
export function isServed(request: RouteRequest): boolean {
  return served.has(authorizingType(request));
}

/** A no_match flow leads out to carriers: only for callers of the account itself, never for calls from carriers. */
export function mayUse(request: RouteRequest, found: Lookup): boolean {
  if (!found.noMatch) return true;
  const type = authorizingType(request);
  if (type !== '' && type !== 'resource' && type !== 'sys_info') return true;
  const vars = request['Custom-Channel-Vars'];
  return vars?.['Referred-By'] !== undefined || vars?.['Redirected-By'] !== undefined;
}
