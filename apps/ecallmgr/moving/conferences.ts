// The conferences of one switch, by name: known from its events, and asked for after a (re)connect.
import type { Subscription } from '../../../core/amqp/index.ts';
import type { AppContext } from '../../../core/app/index.ts';
import { isRecord } from '../../../core/contract/index.ts';
import { searchReq, searchResp } from '../../../core/messages/conference.ts';
import type { SwitchEvent } from '../freeswitch/index.ts';
import type { SwitchNode } from '../switch-node.ts';
import { urlOf } from './places.ts';

export class Conferences {
  readonly #members = new Map<string, number>();

  has(name: string): boolean {
    return this.#members.has(name);
  }

  /** How many are in it. */
  size(name: string): number {
    return this.#members.get(name) ?? 0;
  }

  /** Takes an event of `conference::maintenance`. */
  take(event: SwitchEvent): void {
    const name = event['Conference-Name'];
    if (name === undefined) return;
    if (event['Action'] === 'conference-destroy') this.#members.delete(name);
    else this.#members.set(name, Number(event['Conference-Size'] ?? 0));
  }

  /** Takes the answer to `conference json_list`, which is a text when there are none. */
  read(listing: string): void {
    this.#members.clear();
    let json: unknown;
    try {
      json = JSON.parse(listing);
    } catch {
      return;
    }
    for (const it of Array.isArray(json) ? json.filter(isRecord) : [])
      this.#members.set(String(it['conference_name']), Number(it['member_count'] ?? 0));
  }
}

/** Tells others which of our switches has a conference. */
export function answerSearches({ bus }: AppContext, nodes: readonly SwitchNode[]): Promise<Subscription> {
  return bus.consume(
    { bindings: [{ exchange: 'conference', key: 'conference.discovery' }], contracts: [searchReq] },
    async (request) => {
      const id = request.message['Conference-ID'];
      const node = nodes.find(({ conferences }) => id !== undefined && conferences.has(id));
      if (!node || id === undefined) return;
      await bus.reply(request, searchResp, {
        'Conference-ID': id,
        'Participant-Count': node.conferences.size(id),
        Running: true,
        'Switch-Nodename': node.name,
        'Switch-URL': urlOf(node),
      });
    },
  );
}
