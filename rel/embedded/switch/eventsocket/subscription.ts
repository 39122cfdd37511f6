// What one client wants to hear: event names, CUSTOM subclasses, filters, and the one call of `myevents`.

import { findHeader, type SwitchEvent } from './event.ts';
import { EVENT_NAMES, SESSION_EVENTS } from './names.ts';

interface Filter {
  header: string;
  value: string;
}

export interface Subscription {
  /** Whether events have been asked for since the last `noevents`. */
  readonly active: boolean;
  /** Takes the words after `event <format>`; false when none of them is an event name. */
  add(words: readonly string[]): boolean;
  remove(words: readonly string[]): boolean;
  clear(): void;
  onlySession(uuid: string): void;
  addFilter(header: string, value: string): void;
  /** Without a value every filter on the header goes; `all` removes all. */
  deleteFilter(header: string, value: string | undefined): void;
  /** False when no event of this name is wanted, whatever is in it. */
  mayWant(name: string): boolean;
  wants(event: SwitchEvent): boolean;
}

export function createSubscription(): Subscription {
  const names = new Set<string>();
  const subclasses = new Set<string>();
  let filters: Filter[] = [];
  let session: string | undefined;
  let active = false;

  /** FreeSWITCH reads every word after CUSTOM as a subclass. */
  function eachWord(
    words: readonly string[],
    onName: (name: string) => void,
    onSubclass: (word: string) => void,
  ) {
    let known = 0;
    let custom = false;
    for (const word of words) {
      const name = word.toUpperCase();
      if (custom) onSubclass(word);
      else if (EVENT_NAMES.has(name)) {
        known += 1;
        onName(name);
        custom = name === 'CUSTOM';
      }
    }
    if (known > 0) active = true;
    return known > 0;
  }

  return {
    get active() {
      return active;
    },
    add: (words) =>
      eachWord(
        words,
        (name) => names.add(name),
        (word) => subclasses.add(word),
      ),
    remove: (words) =>
      eachWord(
        words,
        (name) => {
          if (name === 'ALL') names.clear();
          else if (name !== 'CUSTOM') {
            if (names.delete('ALL')) for (const each of EVENT_NAMES) if (each !== 'ALL') names.add(each);
            names.delete(name);
          }
        },
        (word) => subclasses.delete(word),
      ),
    clear() {
      active = false;
      names.clear();
      subclasses.clear();
    },
    onlySession(uuid) {
      active = true;
      session = uuid;
      for (const name of SESSION_EVENTS) names.add(name);
    },
    addFilter: (header, value) => {
      filters.push({ header, value });
    },
    deleteFilter(header, value) {
      const same = (filter: Filter) =>
        filter.header.toLowerCase() === header.toLowerCase() &&
        (value === undefined || filter.value === value);
      filters = header.toLowerCase() === 'all' ? [] : filters.filter((filter) => !same(filter));
    },
    mayWant: (name) => names.has('ALL') || names.has(name),
    wants(event) {
      if (!names.has('ALL')) {
        if (!names.has(event.name)) return false;
        const subclass = event.name === 'CUSTOM' ? findHeader(event, 'Event-Subclass') : undefined;
        if (subclass !== undefined && !subclasses.has(subclass)) return false;
      }
      if (session !== undefined && findHeader(event, 'Unique-ID') !== session) return false;
      return passes(event, filters);
    },
  };
}

/** With filters an event needs one that matches, and none that matches with a `-` before its value. */
function passes(event: SwitchEvent, filters: readonly Filter[]): boolean {
  if (filters.length === 0) return true;
  let wanted = false;
  for (const { header, value } of filters) {
    const found = findHeader(event, header);
    if (found === undefined) continue;
    const negative = /^[+ ]*-/.test(value);
    if (!matches(found, value.replace(/^[-+ ]+/, ''))) continue;
    if (negative) return false;
    wanted = true;
  }
  return wanted;
}

/** A value between slashes is a regular expression; one that cannot be compiled matches nothing. */
function matches(found: string, wanted: string): boolean {
  const pattern = /^\/(.*)\/([i]?)$/.exec(wanted);
  if (!pattern?.[1]) return found.toLowerCase() === wanted.toLowerCase();
  try {
    return new RegExp(pattern[1], pattern[2]).test(found);
  } catch {
    return false;
  }
}
