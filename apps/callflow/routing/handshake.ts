// The route handshake: offer to take a call, and learn whether it was won (contract/kapi.md §4, callflow.md §2).
import type { Bus, Delivery } from '../../../core/amqp/index.ts';
import { getAt, type MessageOf } from '../../../core/contract/index.ts';
import { type routeReq, routeResp, type routeWin } from '../../../core/messages/route.ts';
import type { Lookup } from './lookup.ts';

export type RouteWin = MessageOf<typeof routeWin>;
export type RouteRequest = Delivery<typeof routeReq>;

/** Offers under way, by call id. */
export class Handshakes {
  readonly #waiting = new Map<string, (win: RouteWin | undefined) => void>();

  /** Takes a route_win that arrived; false when nobody waits for it. */
  won(win: RouteWin): boolean {
    const settle = this.#waiting.get(win['Call-ID']);
    settle?.(win);
    return settle !== undefined;
  }

  /** The win of this call, or undefined after `timeout` milliseconds. */
  wait(callId: string, timeout: number): Promise<RouteWin | undefined> {
    return new Promise((resolve) => {
      const settle = (win: RouteWin | undefined): void => {
        clearTimeout(timer);
        // A second request for the same call replaced this one meanwhile: its entry is not ours to delete.
        if (this.#waiting.get(callId) === settle) this.#waiting.delete(callId);
        resolve(win);
      };
      const timer = setTimeout(() => settle(undefined), timeout);
      this.#waiting.get(callId)?.(undefined);
      this.#waiting.set(callId, settle);
    });
  }

  /** Gives up every offer. */
  cancel(): void {
    for (const settle of [...this.#waiting.values()]) settle(undefined);
  }
}

/** Answers a route request with "park it, I take it". `winQueue` is where the route_win is to go. */
export function offer(
  bus: Bus,
  request: RouteRequest,
  found: Lookup,
  options: { readonly winQueue: string; readonly ringReady: boolean },
): Promise<void> {
  const media = (path: string): string | undefined => {
    const id = getAt(found.document, path);
    return typeof id === 'string' && id !== '' ? id : undefined;
  };
  return bus.reply(
    request,
    routeResp,
    {
      Method: 'park',
      Routes: [],
      'Pre-Park': options.ringReady ? 'ring_ready' : 'none',
      'Ringback-Media': media('ringback.early'),
      'Transfer-Media': media('ringback.transfer'),
      'From-Realm': getRealm(request.message),
      'Custom-Channel-Vars': { 'CallFlow-ID': found.callflowId },
      Context: request.message.Context,
    },
    { serverId: options.winQueue },
  );
}

function getRealm(message: MessageOf<typeof routeReq>): string | undefined {
  const realm = message['Custom-Channel-Vars']?.['Account-Realm'];
  return typeof realm === 'string' ? realm : message.From.split('@')[1];
}
