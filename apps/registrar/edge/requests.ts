// Where each request goes, by who sent it and by its method (the order of contract/kamailio.md §6).
import { setTimeout } from 'node:timers/promises';
import type { Logger } from '../../../core/log/index.ts';
import type { Metrics } from '../../../core/metrics/index.ts';
import { type InsideOptions, relayInside } from './inside.ts';
import { type OutsideOptions, relayOutside } from './outside.ts';
import type { Peers } from './peers.ts';
import type { Outcome as RegisterOutcome } from './register.ts';
import { type Limits, screen } from './screening.ts';
import type { Incoming } from './sip.ts';
import { parseUri } from './uri.ts';

/** All that drachtio hands to an application outside of dialogs. */
export const methods = [
  'REGISTER',
  'INVITE',
  'MESSAGE',
  'OPTIONS',
  'SUBSCRIBE',
  'NOTIFY',
  'PUBLISH',
  'INFO',
  'REFER',
];

const allowed = 'INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, MESSAGE, NOTIFY, INFO, UPDATE, REFER, PRACK';

export interface RequestsOptions {
  readonly inside: InsideOptions;
  readonly outside: OutsideOptions;
  readonly peers: Peers;
  readonly register: (request: Incoming) => Promise<RegisterOutcome>;
  readonly limits: Limits;
  readonly isDraining: () => boolean;
  readonly log: Logger;
  readonly metrics: Metrics;
}

interface Parts extends RequestsOptions {
  readonly waiting: Set<Incoming>;
}

/** Makes the handler of all requests. It never throws: what fails is answered 500 and logged. */
export function createRequests(options: RequestsOptions): (request: Incoming) => void {
  const parts: Parts = { ...options, waiting: new Set() };
  const outcomes = parts.metrics.counter('edge_requests_total', 'SIP requests', ['method', 'outcome']);
  return (request) => {
    handle(parts, request).then(
      (outcome) => outcomes.inc({ method: request.method, outcome }),
      (error: unknown) => {
        outcomes.inc({ method: request.method, outcome: 'failed' });
        parts.log.error('a SIP request failed', {
          method: request.method,
          uri: request.uri,
          callId: request.header('call-id'),
          error,
        });
        request.reply(500);
      },
    );
  };
}

/**
 * drachtio keeps what a phone sends again to itself, so a request that was too much is looked at again at the times of RFC
 * 3261 (T1, then twice as long): a phone behind the NAT of an attacker gets in as soon as there is room.
 */
const again = [500, 1_000, 2_000];
/** Requests that wait; more than that are dropped at once. */
const mostWaiting = 2_000;

async function handle(parts: Parts, request: Incoming, times = 0): Promise<string> {
  const { dispatcher, options } = parts.outside;
  const fromPeer = parts.peers.isPeer(request.source);
  const internal = fromPeer || dispatcher.isMediaServer(request.source, request.header('x-fs-core-uuid'));
  const screened = screen(request, options(), parts.limits, parts.inside.listeners(), internal);
  if (screened.kind === 'answer') return answer(request, screened.status, screened.reason);
  if (screened.kind === 'drop') {
    const pause = again[times];
    if (screened.why === 'scanner' || pause === undefined || parts.waiting.size >= mostWaiting)
      return drop(parts, request, screened.why);
    parts.waiting.add(request);
    await setTimeout(pause, undefined, { ref: false });
    parts.waiting.delete(request);
    return handle(parts, request, times + 1);
  }
  const isProbe = request.method === 'OPTIONS' && isForUs(parts, request);
  // While it drains an edge takes no new calls from outside, but it still reaches its phones.
  if (fromPeer && isProbe) return answer(request, 200);
  if (internal && !isProbe) return relayInside(parts.inside, request, fromPeer);
  return fromOutside(parts, request);
}

async function fromOutside(parts: RequestsOptions, request: Incoming): Promise<string> {
  const { method } = request;
  if (method === 'OPTIONS') return answer(request, parts.isDraining() ? 503 : 200);
  if (method === 'REGISTER') return parts.register(request);
  // What belongs to a dialog comes by its Record-Route and never gets here.
  if (/;\s*tag=/i.test(request.header('to') ?? '')) return answer(request, 481);
  if (method === 'NOTIFY')
    return answer(request, /keep-?alive/i.test(request.header('event') ?? '') ? 200 : 489);
  if (method === 'SUBSCRIBE') return answer(request, 489);
  if (method === 'PUBLISH' || method === 'INFO') return answer(request, 405);
  if (Number(request.header('max-forwards') ?? 70) <= 0) return answer(request, 483);
  if (parts.isDraining()) return answer(request, 503);
  const outcome = await relayOutside(parts.outside, request);
  return outcome === 'dropped' ? drop(parts, request, 'no_realm') : outcome;
}

function answer(request: Incoming, status: number, reason?: string): string {
  const allow = status === 405 || (status === 200 && request.method === 'OPTIONS');
  request.reply(
    status,
    {
      ...(allow ? { Allow: allowed } : {}),
      ...(status === 503 ? { 'Retry-After': '5' } : {}),
    },
    reason,
  );
  return `answered_${status}`;
}

/** No answer; but an INVITE has been answered 100 by drachtio, and would wait for ever. */
function drop(parts: RequestsOptions, request: Incoming, why: string): string {
  const { method, source } = request;
  parts.log.debug('SIP request dropped', {
    why,
    method,
    from: source.host,
    agent: request.header('user-agent'),
  });
  if (method === 'INVITE') request.reply(603);
  return `dropped_${why}`;
}

/** An address without a user at our own host. */
function isForUs(parts: RequestsOptions, request: Incoming): boolean {
  const uri = parseUri(request.uri);
  return !uri || (uri.user === '' && parts.inside.listeners().some(({ host }) => host === uri.host));
}
