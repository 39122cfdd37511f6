// What is turned away before anybody looks closer: what is too large, loops, comes from a scanner or in a flood.
import { mayCarry } from './between.ts';
import type { EdgeOptions } from './options.ts';
import { type Buckets, isScanner } from './scanners.ts';
import type { Incoming, Listener } from './sip.ts';
import { splitList } from './uri.ts';

/** What to do with a request: go on with it, answer it with a status, or say nothing. */
export type Screened =
  | { readonly kind: 'pass' }
  | { readonly kind: 'answer'; readonly status: number; readonly reason: string }
  | { readonly kind: 'drop'; readonly why: 'scanner' | 'flood' };

const pass: Screened = { kind: 'pass' };

export function screen(
  request: Incoming,
  options: EdgeOptions,
  buckets: Buckets,
  listeners: readonly Listener[],
  internal: boolean,
): Screened {
  if (request.size > options.request_size)
    return { kind: 'answer', status: 513, reason: 'Message Too Large' };
  if (isLoop(request.header('via') ?? '', listeners))
    return { kind: 'answer', status: 482, reason: 'Loop Detected' };
  if (internal) return pass;
  if (isScanner(request.header('user-agent'), options.scanners)) return { kind: 'drop', why: 'scanner' };
  if (buckets.isEmpty(request.source.host)) return { kind: 'drop', why: 'flood' };
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
