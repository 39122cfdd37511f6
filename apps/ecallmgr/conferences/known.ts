// The conferences of one switch, by name: known from its events, and asked for after a (re)connect.
import { isRecord } from '../../../core/contract/index.ts';
import { callIdOf, type SwitchEvent } from '../freeswitch/index.ts';

export class Conferences {
  readonly #names = new Set<string>();
  /** Call ids of who is in one, as far as they came or went since the last (re)connect. */
  readonly #members = new Set<string>();

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Whether this leg was heard to join one, and not to leave it. */
  holds(callId: string): boolean {
    return this.#members.has(callId);
  }

  get names(): readonly string[] {
    return [...this.#names];
  }

  /** Takes an event of `conference::maintenance`. */
  take(event: SwitchEvent): void {
    const name = event['Conference-Name'];
    if (name === undefined) return;
    if (event['Action'] === 'conference-destroy') this.#names.delete(name);
    else this.#names.add(name);
    if (event['Action'] === 'add-member') this.#members.add(callIdOf(event));
    if (event['Action'] === 'del-member') this.#members.delete(callIdOf(event));
  }

  /** Takes the answer to `conference json_list`, which is a text when there are none. */
  read(listing: string): void {
    this.#names.clear();
    this.#members.clear();
    let json: unknown;
    try {
      json = JSON.parse(listing);
    } catch {
      return;
    }
    for (const it of Array.isArray(json) ? json.filter(isRecord) : [])
      this.#names.add(String(it['conference_name']));
  }
}
