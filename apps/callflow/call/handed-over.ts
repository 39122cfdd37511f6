// A call that was handed over: whether another process took it, or it comes back to this one.
import type { CallMessage } from '../../../core/calls/index.ts';

/** `taken` by another process; `kept`, since nobody took it; `gone`, when it ended or went elsewhere meanwhile. */
export type Fate = 'taken' | 'kept' | 'gone';

// ecallmgr looks for somebody for about two seconds.
const patience = 4_000;

/** Listens to what is told of a call until it is known who has it. */
export class HandedOver {
  readonly fate: Promise<Fate>;
  readonly settle: (fate: Fate) => void;
  readonly #fetchId: string;

  constructor(fetchId: string) {
    this.#fetchId = fetchId;
    let resolve: (fate: Fate) => void = () => undefined;
    this.fate = new Promise((done) => {
      resolve = done;
    });
    const timer = setTimeout(() => this.settle('kept'), patience);
    this.settle = (fate) => {
      clearTimeout(timer);
      resolve(fate);
    };
  }

  take(message: CallMessage): void {
    const name = message['Event-Name'];
    if (name === 'usurp_control') this.settle(message['Fetch-ID'] === this.#fetchId ? 'kept' : 'taken');
    else if (name === 'CHANNEL_DESTROY' || name === 'CHANNEL_TRANSFEREE') this.settle('gone');
  }
}
