// The order in which commands of one call run: data only (contract/kapi.md, Insert-At).
import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../../core/contract/index.ts';
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

  /** noop with Filter-Applications drops what stands at the head as long as one of these fits it. */
  #filter(command: Command): readonly Command[] {
    const filters = command['Filter-Applications'];
    if (command['Application-Name'] !== 'noop' || !Array.isArray(filters)) return [];
    const stays = this.#waiting.findIndex((waiting) => !filters.some((filter) => fits(filter, waiting)));
    return this.#waiting.splice(0, stays === -1 ? this.#waiting.length : stays);
  }
}

/** A filter is an Application-Name, or an object with that or a Group-ID, and with Fields that the command has. */
function fits(filter: unknown, command: Command): boolean {
  if (!isRecord(filter)) return filter === command['Application-Name'];
  const named = filter['Application-Name'] === command['Application-Name'];
  const grouped = filter['Group-ID'] !== undefined && filter['Group-ID'] === command['Group-ID'];
  const fields = isRecord(filter['Fields']) ? Object.entries(filter['Fields']) : [];
  return (named || grouped) && fields.every(([name, value]) => isDeepStrictEqual(value, command[name]));
}
