// The conferences of one switch, by name: known from its events, and asked for after a (re)connect.
import { isRecord } from '../../../core/contract/index.ts';
import { callIdOf, type SwitchEvent } from '../freeswitch/index.ts';

/** One conference that runs. */
interface Known {
  /** Call ids of who is in it. */
  readonly members: Set<string>;
  /** That it began: told with the first who comes, for only he says whose it is. */
  begun: SwitchEvent | undefined;
  /** The account of somebody who is or was in it. */
  account: string | undefined;
}

export class Conferences {
  readonly #known = new Map<string, Known>();
  readonly #accountOf: (callId: string) => string | undefined;

  /** `accountOf` says whose a leg of this switch is. */
  constructor(accountOf: (callId: string) => string | undefined) {
    this.#accountOf = accountOf;
  }

  has(name: string): boolean {
    return this.#known.has(name);
  }

  /** Whether this leg is in one. */
  holds(callId: string): boolean {
    return [...this.#known.values()].some(({ members }) => members.has(callId));
  }

  get names(): readonly string[] {
    return [...this.#known.keys()];
  }

  /** Takes an event of `conference::maintenance`; returns what is to be told now, and whose the conference is. */
  take(event: SwitchEvent): { readonly news: SwitchEvent[]; readonly account?: string | undefined } {
    const { 'Conference-Name': name, Action: action } = event;
    if (name === undefined) return { news: [] };
    const known = this.#known.get(name) ?? { members: new Set(), begun: undefined, account: undefined };
    if (action === 'conference-destroy') this.#known.delete(name);
    else this.#known.set(name, known);
    if (action === 'conference-create') {
      known.begun = event;
      return { news: [] };
    }
    const callId = callIdOf(event);
    if (action === 'add-member') known.members.add(callId);
    if (action === 'del-member') known.members.delete(callId);
    known.account ??= [callId, ...known.members]
      .map(this.#accountOf)
      .find((account) => account !== undefined);
    const news = known.begun ? [known.begun, event] : [event];
    known.begun = undefined;
    return { news, account: known.account };
  }

  /** Takes the answer to `conference json_list`, which is a text when there are none. */
  read(listing: string): void {
    this.#known.clear();
    let json: unknown;
    try {
      json = JSON.parse(listing);
    } catch {
      return;
    }
    for (const it of recordsOf(json))
      this.#known.set(String(it['conference_name']), {
        members: new Set(recordsOf(it['members']).map(({ uuid }) => String(uuid))),
        begun: undefined,
        account: undefined,
      });
  }
}

/** The records in a list of the switch's JSON. */
export const recordsOf = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isRecord) : [];
