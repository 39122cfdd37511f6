// Winning calls and hearing of them: the route handshake, and one consumer bound to the events of each call at hand.
import type { Bus, Delivery } from '../amqp/index.ts';
import type { MessageFields, MessageOf } from '../contract/index.ts';
import { callEvent, channelStatusReq, usurpControl } from '../messages/call.ts';
import { dialplanError } from '../messages/dialplan.ts';
import { type routeReq, routeResp, routeWin } from '../messages/route.ts';
import { Gaps } from './gaps.ts';
import { type Hearing, Hearings } from './hearing.ts';

export type RouteRequest = Delivery<typeof routeReq>;
export type RouteWin = MessageOf<typeof routeWin>;

/** A call that was won, and its events from the offer on. */
export interface Won {
  readonly win: RouteWin;
  readonly hearing: Hearing;
}

export interface CallControl {
  /**
   * Answers a route request with "park it, I take it" and awaits whether the call was won. Undefined when another app
   * won, or after `timeout` milliseconds. A request that is published again (same Msg-ID) is answered again while it is
   * undecided, and left alone afterwards: what it leads to is told to the first offer.
   */
  offer(
    request: RouteRequest,
    fields?: Partial<MessageFields<typeof routeResp>>,
    timeout?: number,
  ): Promise<Won | undefined>;
  /** Hears the events of a call that was not won by an offer. */
  hear(callId: string, fetchId?: string): Promise<Hearing>;
  /** Gives up the offers under way, and makes no more. */
  cancelOffers(): void;
  stop(): Promise<void>;
}

/** Starts the consumer that a controlling app hears its calls by. */
export async function startCallControl(bus: Bus): Promise<CallControl> {
  const offers = new Map<string, Offer>();
  const hearings = new Hearings();
  // Questions about a call come by the keys of its events; they are for who drives its switch.
  const contracts = [callEvent, channelStatusReq, dialplanError, usurpControl, routeWin];
  const events = await bus.consume({ addressed: true, bindings: [], contracts }, ({ message }) => {
    if (message['Event-Name'] === 'channel_status_req') return;
    if (message['Event-Name'] === 'route_win') offers.get(message['Call-ID'])?.settle(message);
    else hearings.deliver(message);
  });
  hearings.attach(events);
  const gaps = new Gaps(bus, () => hearings.all());
  let closed = false;
  const cancelOffers = (): void => {
    closed = true;
    for (const offer of [...offers.values()]) offer.settle(undefined);
  };
  return {
    offer: async (request, fields = {}, timeout = 3000) => {
      const { 'Call-ID': callId, 'Msg-ID': fetchId } = request.message;
      const answer = { Method: 'park' as const, Routes: [], 'Pre-Park': 'none' as const, ...fields };
      const say = (): Promise<void> => bus.reply(request, routeResp, answer, { serverId: events.queue });
      const same = offers.get(callId);
      if (closed) return undefined;
      if (same && fetchId !== undefined && same.fetchId === fetchId) await say();
      if (fetchId !== undefined && (same?.fetchId === fetchId || hearings.has(callId, fetchId)))
        return undefined;
      same?.settle(undefined);
      const offer = new Offer(fetchId, timeout, () => {
        // Another request for the same call may have replaced this one: its entry is not ours to delete.
        if (offers.get(callId) === offer) offers.delete(callId);
      });
      offers.set(callId, offer);
      const hearing = hearings.open(callId, fetchId);
      try {
        // The events are bound while the offer is under way, so that none is missed once the call is won.
        await Promise.all([hearing, say()]);
      } catch (error) {
        offer.settle(undefined);
        await hearing.then((it) => it.release()).catch(() => undefined);
        throw error;
      }
      const win = await offer.win;
      if (win) return { win, hearing: await hearing };
      await (await hearing).release();
      return undefined;
    },
    hear: (callId, fetchId) => hearings.open(callId, fetchId),
    cancelOffers,
    stop: async () => {
      cancelOffers();
      gaps.stop();
      await events.stop();
    },
  };
}

/** One answered route request, until it is won or its time is over. */
class Offer {
  readonly fetchId: string | undefined;
  readonly win: Promise<RouteWin | undefined>;
  readonly settle: (win: RouteWin | undefined) => void;

  constructor(fetchId: string | undefined, timeout: number, onSettled: () => void) {
    this.fetchId = fetchId;
    let resolve: (win: RouteWin | undefined) => void = () => undefined;
    this.win = new Promise((done) => {
      resolve = done;
    });
    const timer = setTimeout(() => this.settle(undefined), timeout);
    this.settle = (win) => {
      clearTimeout(timer);
      onSettled();
      resolve(win);
    };
  }
}
