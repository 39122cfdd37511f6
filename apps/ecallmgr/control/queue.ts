// The order in which commands of one call run: data only (contract/kapi.md, Insert-At).
import type { Command } from './command.ts';

/** What inserting a command leads to. */
export interface Inserted {
  /** Runs beside the queue at once. */
  readonly now?: Command;
  /** Left the queue without having run. */
  readonly dropped: readonly Command[];
  /** The running command is to be broken off. */
  readonly breaks: boolean;
}

export class CommandQueue {
  #waiting: Command[] = [];

  get length(): number {
    return this.#waiting.length;
  }

  /** Puts a command where its Insert-At says. */
  insert(command: Command): Inserted {
    const dropped = this.#filter(command);
    // It has nothing to do with the channel.
    if (command['Application-Name'] === 'checkpoint') return { now: command, dropped, breaks: false };
    switch (command['Insert-At']) {
      case 'now':
        return { now: command, dropped, breaks: false };
      case 'head':
        this.#waiting.unshift(command);
        return { dropped, breaks: false };
      case 'flush': {
        const flushed = this.#waiting;
        this.#waiting = [command];
        return { dropped: [...dropped, ...flushed], breaks: true };
      }
      default:
        this.#waiting.push(command);
        return { dropped, breaks: false };
    }
  }

  /** Takes the next command. */
  shift(): Command | undefined {
    return this.#waiting.shift();
  }

  /** Drops what does not pass, and returns it. */
  keep(passes: (command: Command) => boolean): readonly Command[] {
    const dropped = this.#waiting.filter((command) => !passes(command));
    this.#waiting = this.#waiting.filter(passes);
    return dropped;
  }

  /** noop with Filter-Applications drops the commands of these names. */
  #filter(command: Command): readonly Command[] {
    const names = command['Filter-Applications'];
    if (command['Application-Name'] !== 'noop' || !Array.isArray(names)) return [];
    return this.keep((waiting) => !names.includes(waiting['Application-Name']));
  }
}
