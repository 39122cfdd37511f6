// The event bus of one switch: stamps every event as FreeSWITCH does and hands it to who listens.

import { hostname } from 'node:os';
import type { EventHeaders, SwitchEvent } from './event.ts';

export type EventFields = Iterable<readonly [string, string | string[]]>;

export interface EventBus {
  readonly coreUuid: string;
  /** `fields` is a function where building it costs something: it is not called when nobody listens. */
  publish(name: string, fields: EventFields | (() => EventFields), body?: string): void;
  /**
   * Returns the function that ends the subscription. An event that none of the subscribers `mayWant` by its name is
   * not made: of the fifty events of a call ecallmgr takes twenty.
   */
  subscribe(listener: (event: SwitchEvent) => void, mayWant?: (name: string) => boolean): () => void;
}

export interface BusIdentity {
  coreUuid: string;
  /** FreeSWITCH-Switchname; the hostname of the machine when it has no name of its own. */
  name?: string | undefined;
  ipv4: string;
}

export function createEventBus(identity: BusIdentity): EventBus {
  const listeners = new Map<(event: SwitchEvent) => void, (name: string) => boolean>();
  const switchname = identity.name ?? hostname();
  let sequence = 0;

  function mayBeWanted(name: string): boolean {
    for (const mayWant of listeners.values()) if (mayWant(name)) return true;
    return false;
  }

  function stamp(name: string): EventHeaders {
    const now = new Date();
    return new Map([
      ['Event-Name', name],
      ['Core-UUID', identity.coreUuid],
      ['FreeSWITCH-Hostname', switchname],
      ['FreeSWITCH-Switchname', switchname],
      ['FreeSWITCH-IPv4', identity.ipv4],
      ['FreeSWITCH-IPv6', '::1'],
      ['Event-Date-Local', localDate(now)],
      ['Event-Date-GMT', now.toUTCString()],
      ['Event-Date-Timestamp', String(now.getTime() * 1000)],
      ['Event-Sequence', String(sequence)],
    ]);
  }

  return {
    coreUuid: identity.coreUuid,
    publish(name, fields, body) {
      sequence += 1;
      // What is given as plain fields may name itself otherwise.
      if (listeners.size === 0 || (typeof fields === 'function' && !mayBeWanted(name))) return;
      const headers = stamp(name);
      for (const [key, value] of typeof fields === 'function' ? fields() : fields) headers.set(key, value);
      const event: SwitchEvent = { name: String(headers.get('Event-Name') ?? name), headers, body };
      for (const listener of listeners.keys()) listener(event);
    },
    subscribe(listener, mayWant = () => true) {
      listeners.set(listener, mayWant);
      return () => listeners.delete(listener);
    },
  };
}

/** `2026-11-20 16:14:08` in the zone of the machine. */
export function localDate(date: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
