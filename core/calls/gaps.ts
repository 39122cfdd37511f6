// After the broker was away: what was told of calls meanwhile is lost. Their commands are sent again, and whether they live is asked.
import { setTimeout as wait } from 'node:timers/promises';
import type { Bus } from '../amqp/index.ts';
import { channelStatusReq } from '../messages/call.ts';
import type { CallEvent } from './controlled-call.ts';
import type { Mendable } from './hearing.ts';

const lookEvery = 500;
const patience = 1_000;
// With several ecallmgr nobody answers for a leg that is gone; but they may be on their way back to the broker, too.
const askEvery = 5_000;
const asks = 12;
// So many calls are asked about at once.
const atOnce = 20;

/** Follows the connection to the broker until it is stopped. */
export class Gaps {
  readonly #bus: Bus;
  readonly #heard: () => Iterable<Mendable>;
  readonly #timer: NodeJS.Timeout;
  readonly #stopping = new AbortController();
  #connections: number;

  constructor(bus: Bus, heard: () => Iterable<Mendable>) {
    this.#bus = bus;
    this.#heard = heard;
    this.#connections = bus.status().connections;
    this.#timer = setInterval(() => this.#look(), lookEvery);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#stopping.abort();
  }

  #look(): void {
    const { connected, connections } = this.#bus.status();
    if (!connected || connections === this.#connections) return;
    this.#connections = connections;
    void this.#mend(connections);
  }

  async #mend(connection: number): Promise<void> {
    let begun = 0;
    for (const hearing of [...this.#heard()]) {
      hearing.missed();
      void this.#ask(hearing, connection);
      begun += 1;
      if (begun % atOnce === 0) await this.#pause(lookEvery / 10);
    }
  }

  /** Tells the end of a call that nobody knows any more. Never rejects. */
  async #ask(hearing: Mendable, connection: number): Promise<void> {
    for (let asked = 0; asked < asks; asked += 1) {
      const { callId } = hearing;
      const status = await this.#bus
        .request(channelStatusReq, { 'Call-ID': callId }, { timeout: patience, silence: 'allowed' })
        .catch(() => undefined);
      const over = (): boolean =>
        hearing.released || this.#stopping.signal.aborted || this.#connections !== connection;
      if (over()) return;
      if (status?.Status === 'active') {
        // Whoever drives its switch is back, and its control queue with it or right behind.
        await this.#pause(patience);
        if (!over()) hearing.missed();
        return;
      }
      if (status) break;
      await this.#pause(askEvery);
    }
    if (hearing.released || this.#stopping.signal.aborted) return;
    hearing.take({
      'Event-Category': 'call_event',
      'Event-Name': 'CHANNEL_DESTROY',
      'Call-ID': hearing.callId,
      'Hangup-Cause': 'RECOVERY_ON_TIMER_EXPIRE',
    } as CallEvent);
  }

  async #pause(milliseconds: number): Promise<void> {
    const { signal } = this.#stopping;
    await wait(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
