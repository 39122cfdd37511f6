// Winning calls and hearing of them: the route handshake, and one consumer bound to the events of each call at hand.
import type { Bus, Delivery, Subscription } from '../amqp/index.ts';
import { type MessageFields, type MessageOf, segment } from '../contract/index.ts';
import { callEvent, usurpControl } from '../messages/call.ts';
import { dialplanError } from '../messages/dialplan.ts';
import { type routeReq, routeResp, routeWin } from '../messages/route.ts';
import type { CallEvent, DialplanError } from './controlled-call.ts';

export type RouteRequest = Delivery<typeof routeReq>;
export type RouteWin = MessageOf<typeof routeWin>;
/** What is told of a call: its events, refused commands, and that another process took control. */
export type CallMessage = CallEvent | DialplanError | MessageOf<typeof usurpControl>;

export interface CallControl {
  /**
   * Answers a route request with "park it, I take it" and awaits whether the call was won. Undefined when another app
   * won, or after `timeout` milliseconds. From here on the call's events are heard, until `release`.
   */
  offer(
    request: RouteRequest,
    fields?: Partial<MessageFields<typeof routeResp>>,
    timeout?: number,
  ): Promise<RouteWin | undefined>;
  /** Hears the events of a call that was not won by an offer. */
  watch(callId: string): Promise<void>;
  /** Hands what is told of a call to `deliver`; replaces an earlier listener of the same call. */
  listen(callId: string, deliver: (message: CallMessage) => void): void;
  /** Hears no more of a call. */
  release(callId: string): Promise<void>;
  /** Gives up the offers under way. */
  cancelOffers(): void;
  stop(): Promise<void>;
}

/** Starts the consumer that a controlling app hears its calls by. */
export async function startCallControl(bus: Bus): Promise<CallControl> {
  const offers = new Map<string, (win: RouteWin | undefined) => void>();
  const listeners = new Map<string, (message: CallMessage) => void>();
  const contracts = [callEvent, dialplanError, usurpControl, routeWin];
  const events: Subscription = await bus.consume({ bindings: [], contracts }, ({ message }) => {
    if (message['Event-Name'] === 'route_win') offers.get(message['Call-ID'])?.(message);
    else listeners.get(message['Call-ID'])?.(message);
  });
  const binding = (callId: string) => ({ exchange: 'callevt', key: `call.*.${segment(callId)}` }) as const;
  const control: CallControl = {
    offer: async (request, fields = {}, timeout = 3000) => {
      const callId = request.message['Call-ID'];
      const winning = awaitWin(offers, callId, timeout);
      const answer = { Method: 'park' as const, Routes: [], 'Pre-Park': 'none' as const, ...fields };
      // The events are bound while the offer is under way, so that none is missed once the call is won.
      await Promise.all([
        control.watch(callId),
        bus.reply(request, routeResp, answer, { serverId: events.queue }),
      ]);
      const win = await winning;
      if (!win) await control.release(callId);
      return win;
    },
    watch: (callId) => events.bind(binding(callId)),
    listen: (callId, deliver) => void listeners.set(callId, deliver),
    release: async (callId) => {
      listeners.delete(callId);
      await events.unbind(binding(callId));
    },
    cancelOffers: () => {
      for (const settle of [...offers.values()]) settle(undefined);
    },
    stop: async () => {
      control.cancelOffers();
      await events.stop();
    },
  };
  return control;
}

function awaitWin(
  offers: Map<string, (win: RouteWin | undefined) => void>,
  callId: string,
  timeout: number,
): Promise<RouteWin | undefined> {
  return new Promise((resolve) => {
    const settle = (win: RouteWin | undefined): void => {
      clearTimeout(timer);
      // A second request for the same call may have replaced this one: its entry is not ours to delete.
      if (offers.get(callId) === settle) offers.delete(callId);
      resolve(win);
    };
    const timer = setTimeout(() => settle(undefined), timeout);
    offers.get(callId)?.(undefined);
    offers.set(callId, settle);
  });
}
