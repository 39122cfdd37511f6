// What is turned away before anybody looks closer: what is too large, loops, comes from a scanner or in a flood.
import { mayCarry } from './between.ts';
import type { Source } from './location.ts';
import type { EdgeOptions } from './options.ts';
import { Buckets, isScanner } from './scanners.ts';
import type { Incoming, Listener } from './sip.ts';
import { splitList } from './uri.ts';

/** What to do with a request: go on with it, answer it with a status, or say nothing. */
export type Screened =
  | { readonly kind: 'pass' }
  | { readonly kind: 'answer'; readonly status: number; readonly reason: string }
  | { readonly kind: 'drop'; readonly why: 'scanner' | 'flood' };

/** What one address may send. */
export interface Limits {
  /** Counts a request; true when there were too many of them, or too many without good credentials. */
  isOver(source: Source): boolean;
  /** Counts a request without good credentials. */
  onStranger(source: Source): void;
  sweep(): void;
}

/**
 * Who has signed in from a port of an address is counted alone: others behind the same NAT do not shut it out, and it
 * does not get around its own limit.
 */
export function createLimits(
  options: () => Pick<EdgeOptions, 'unauthenticated' | 'requests'>,
  hasSignedIn: (source: Source) => boolean,
): Limits {
  const strangers = new Buckets(() => options().unauthenticated);
  const requests = new Buckets(() => options().requests);
  const nameOf = (source: Source): string =>
    hasSignedIn(source) ? `${source.host} ${source.protocol} ${source.port}` : source.host;
  return {
    isOver: (source) => {
      const name = nameOf(source);
      if (requests.isEmpty(name) || strangers.isEmpty(name)) return true;
      requests.take(name);
      return false;
    },
    onStranger: (source) => strangers.take(nameOf(source)),
    sweep: () => {
      strangers.sweep();
      requests.sweep();
    },
  };
}

const pass: Screened = { kind: 'pass' };

export function screen(
  request: Incoming,
  options: EdgeOptions,
  limits: Limits,
  listeners: readonly Listener[],
  internal: boolean,
): Screened {
  if (request.size > options.request_size)
    return { kind: 'answer', status: 513, reason: 'Message Too Large' };
  if (isLoop(request.header('via') ?? '', listeners))
    return { kind: 'answer', status: 482, reason: 'Loop Detected' };
  if (internal) return pass;
  if (isScanner(request.header('user-agent'), options.scanners)) return { kind: 'drop', why: 'scanner' };
  if (limits.isOver(request.source)) return { kind: 'drop', why: 'flood' };
  if (!mayCarry(request, options)) return { kind: 'answer', status: 403, reason: 'Reserved Header Field' };
  return pass;
}

/** True when the request has passed here before: one of its Vias is ours. */
function isLoop(vias: string, listeners: readonly Listener[]): boolean {
  if (!vias.includes(',')) return false;
  return splitList(vias).some((via) => {
    const [, host, port] =
      /^SIP\s*\/\s*2\.0\s*\/\s*\w+\s+(\[[^\]]+\]|[^\s:;]+)(?:\s*:\s*(\d+))?/i.exec(via) ?? [];
    return listeners.some((own) => own.host === host && own.port === Number(port ?? 5060));
  });
}
