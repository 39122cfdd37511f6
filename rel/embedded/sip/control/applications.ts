// All connected applications, and the choice among them.

import type { Application } from './application.ts';

export class Applications {
  #all = new Set<Application>();
  #turns = new Map<string, number>();

  add(application: Application): void {
    this.#all.add(application);
  }

  remove(application: Application): void {
    this.#all.delete(application);
  }

  /** The next application, in turn, that asked for this method or record. */
  find(verb: string): Application | undefined {
    const key = verb.toUpperCase();
    const wanting = [...this.#all].filter((application) => application.verbs.has(key));
    const turn = this.#turns.get(key) ?? 0;
    this.#turns.set(key, turn + 1);
    return wanting[turn % Math.max(1, wanting.length)];
  }

  closeAll(): void {
    for (const application of this.#all) application.close();
  }
}
