// The messages of a queue that wait for a consumer: first by priority, then in their order of arrival.
import type { Entry } from './message.ts';

/** Shifting moves a head index; the array is cut when most of it is behind the head. */
class Level {
  #items: (Entry | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  first(): Entry | undefined {
    return this.#items[this.#head];
  }

  shift(): Entry | undefined {
    const entry = this.#items[this.#head];
    if (!entry) return undefined;
    this.#items[this.#head++] = undefined;
    if (this.#head === this.#items.length) {
      this.#items = [];
      this.#head = 0;
    } else if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return entry;
  }

  push(entry: Entry): void {
    this.#items.push(entry);
  }

  /** Back to where it was: usually the front, which the shift has left free. */
  restore(entry: Entry): void {
    let low = this.#head;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#items[middle]?.sequence ?? 0) < entry.sequence) low = middle + 1;
      else high = middle;
    }
    if (low === this.#head && low > 0) this.#items[--this.#head] = entry;
    else this.#items.splice(low, 0, entry);
  }

  *[Symbol.iterator](): Iterator<Entry> {
    for (let at = this.#head; at < this.#items.length; at++) {
      const entry = this.#items[at];
      if (entry) yield entry;
    }
  }
}

export class ReadyList {
  /** Index is the priority; highest last. */
  readonly #levels: Level[];
  size = 0;

  constructor(maxPriority: number) {
    this.#levels = Array.from({ length: maxPriority + 1 }, () => new Level());
  }

  push(entry: Entry): void {
    this.#levelOf(entry).push(entry);
    this.size++;
  }

  restore(entry: Entry): void {
    this.#levelOf(entry).restore(entry);
    this.size++;
  }

  shift(): Entry | undefined {
    const entry = this.#levels.findLast((level) => level.size > 0)?.shift();
    if (entry) this.size--;
    return entry;
  }

  /** Removes from the heads of the levels what has expired, as RabbitMQ: an entry behind a living one stays. */
  shiftExpired(now: number): Entry[] {
    const expired: Entry[] = [];
    for (const level of this.#levels) {
      for (
        let head = level.first();
        head && head.expiresAt > 0 && head.expiresAt <= now;
        head = level.first()
      ) {
        level.shift();
        expired.push(head);
      }
    }
    this.size -= expired.length;
    return expired;
  }

  /** When the next head expires; Infinity when none does. */
  nextExpiry(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const level of this.#levels) {
      const expiresAt = level.first()?.expiresAt ?? 0;
      if (expiresAt > 0) next = Math.min(next, expiresAt);
    }
    return next;
  }

  *[Symbol.iterator](): Iterator<Entry> {
    for (const level of this.#levels) yield* level;
  }

  #levelOf({ message }: Entry): Level {
    const level = this.#levels[Math.min(message.active.priority, this.#levels.length - 1)];
    if (!level) throw new RangeError('a ready list has at least one level');
    return level;
  }
}
