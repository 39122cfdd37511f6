// The processes that control calls of ours: each is asked for a sign of life, and given up when it gives none.
import { askForSign, type Bus, type Sign } from '../../../core/amqp/index.ts';
import { errorText } from '../../../core/errors/index.ts';
import type { Logger } from '../../../core/log/index.ts';
import type { Custody } from './custody.ts';

/** Milliseconds. Silence for `deadAfter` is death; the absence of its queue twice in a row as well. */
const patience = { askEvery: 1_000, deadAfter: 3_000 };
const goneTwice = 2;
/** After our broker was away all come back one by one. */
const grace = 6_000;

/** An app by others answers none of our questions: it lives as long as its queue is there, and is asked now and then. */
const askOthersEvery = 10;

interface Seen {
  heard: number;
  gone: number;
  asked: number;
  answers: boolean;
}

type Watched = Pick<Custody, 'serverId' | 'giveUp'>;

/** Asks every controller once a second; an answer that comes late is a sign of life too. */
export class Controllers {
  readonly #bus: Bus;
  readonly #custodies: () => Iterable<Watched>;
  readonly #log: Logger;
  readonly #seen = new Map<string, Seen>();
  #graceUntil = 0;
  #connections: number | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #patience: typeof patience;

  constructor(bus: Bus, custodies: () => Iterable<Watched>, log: Logger, given = patience) {
    this.#patience = given;
    this.#bus = bus;
    this.#custodies = custodies;
    this.#log = log;
    this.#connections = bus.status().connections;
    this.#timer = setInterval(() => this.#look(), given.askEvery);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    const wanted = new Set<string>();
    for (const { serverId } of this.#custodies()) if (serverId !== undefined) wanted.add(serverId);
    for (const known of this.#seen.keys()) if (!wanted.has(known)) this.#seen.delete(known);
    const { connected, connections } = this.#bus.status();
    if (!connected || connections !== this.#connections) this.#graceUntil = now + grace;
    this.#connections = connections;
    for (const serverId of wanted) {
      const seen = this.#seen.get(serverId) ?? { heard: now, gone: 0, asked: 0, answers: false };
      this.#seen.set(serverId, seen);
      seen.asked += 1;
      const isOther = !seen.answers && seen.gone === 0 && seen.asked > goneTwice;
      if (!isOther || seen.asked % askOthersEvery === 0) void this.#ask(serverId, seen);
    }
  }

  async #ask(serverId: string, seen: Seen): Promise<void> {
    const asked = performance.now();
    try {
      this.#judge(serverId, seen, await askForSign(this.#bus, serverId, this.#patience.deadAfter), asked);
    } catch (error) {
      this.#graceUntil = performance.now() + grace;
      this.#log.debug('controllers cannot be asked', { error: errorText(error) });
    }
  }

  #judge(serverId: string, seen: Seen, sign: Sign, asked: number): void {
    const now = performance.now();
    // Given up, or forgotten, since it was asked.
    if (this.#seen.get(serverId) !== seen) return;
    const { askEvery, deadAfter } = this.#patience;
    // A process that is late itself may have answers that it has not read.
    const late = now - asked > deadAfter + askEvery;
    if (sign === 'answered' || late || now < this.#graceUntil) {
      seen.heard = now;
      seen.gone = 0;
      seen.answers ||= sign === 'answered';
      return;
    }
    seen.gone = sign === 'gone' ? seen.gone + 1 : 0;
    if (seen.gone < goneTwice && (!seen.answers || now - seen.heard < deadAfter)) return;
    this.#seen.delete(serverId);
    const lost = [...this.#custodies()].filter((custody) => custody.serverId === serverId);
    this.#log.warn('a controller gives no sign of life: its calls go to another', {
      serverId,
      sign,
      calls: lost.length,
    });
    for (const custody of lost) custody.giveUp();
  }
}
