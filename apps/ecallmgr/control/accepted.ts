// The commands that a call's control has accepted: each is acknowledged when it is over, and none is run twice.
import { AppError } from '../../../core/errors/index.ts';

/** Ends of commands that are kept: the broker may deliver one again whose acknowledgement it did not get. */
const remembered = 20;

interface Open {
  readonly over: Promise<void>;
  resolve(): void;
  reject(error: AppError): void;
}

export class Accepted {
  readonly #open = new Map<string, Open>();
  /** Tells the end of a command again, by Msg-ID. */
  readonly #ended = new Map<string, () => void>();
  #closed: AppError | undefined;

  /**
   * Resolves when the command is over; rejects with `stopping` when it is let go. `begin` is called unless the command is
   * known: one that runs is awaited, the end of one that is over is told again.
   */
  accept(id: string, begin: () => void): Promise<void> {
    if (this.#closed) return Promise.reject(this.#closed);
    const again = this.#ended.get(id);
    if (again) {
      again();
      return Promise.resolve();
    }
    const known = this.#open.get(id);
    if (known) return known.over;
    const open = opened();
    this.#open.set(id, open);
    begin();
    return open.over;
  }

  /** The command is over; `again` tells its end once more. */
  end(id: string, again: () => void = () => undefined): void {
    const open = this.#open.get(id);
    if (!open) return;
    this.#open.delete(id);
    this.#ended.set(id, again);
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= remembered) break;
      this.#ended.delete(oldest);
    }
    open.resolve();
  }

  /** Lets go of all that is not over: another process goes on with it. */
  close(): void {
    this.#closed = new AppError('stopping', { message: 'the control of the call goes on elsewhere' });
    for (const { reject } of this.#open.values()) reject(this.#closed);
    this.#open.clear();
  }
}

function opened(): Open {
  let resolve: Open['resolve'] = () => undefined;
  let reject: Open['reject'] = () => undefined;
  const over = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  // Whoever delivered the command is told; what came otherwise has nobody to tell.
  over.catch(() => undefined);
  return { over, resolve, reject };
}
