// Whose call it is: an entry in the switch's own hash that only one ecallmgr can make (DESIGN §7).
import { hasCode } from '../../../core/errors/index.ts';
import type { Logger } from '../../../core/log/index.ts';
import type { SwitchClient } from '../freeswitch/index.ts';
import { entriesOf, insertIfEmpty, read, realms, safe } from './hash.ts';

/** Who claimed a call: a node, in one of its lives. A node begins a new life when it starts and after it was given up. */
export interface Owner {
  readonly node: string;
  /** Lives of one node are in alphabetical order. */
  readonly life: string;
}

/** The claims of one ecallmgr on one switch. */
export class Claims {
  readonly #client: SwitchClient;
  readonly #self: () => Owner;
  readonly #log: Logger;

  constructor(client: SwitchClient, self: () => Owner, log: Logger) {
    this.#client = client;
    this.#self = self;
    this.#log = log;
  }

  /** Tries to make the call ours. False when another ecallmgr was first. Rejects when the switch does not answer. */
  async take(callId: string): Promise<boolean> {
    try {
      return await insertIfEmpty(this.#client, realms.calls, callId, claimOf(this.#self()));
    } catch (error) {
      if (!hasCode(error, 'command_failed')) throw error;
      // Without mod_hash nobody can claim, and a call without anybody would be worse than one with two.
      this.#log.error('the switch cannot keep claims: load mod_hash', { error: error.message });
      return true;
    }
  }

  /** Who has claimed the call, undefined when nobody has. */
  async findOwner(callId: string): Promise<Owner | undefined> {
    const value = await read(this.#client, realms.calls, callId);
    return value === undefined ? undefined : ownerOf(value);
  }

  /** All claims on this switch, by call id. */
  async all(): Promise<ReadonlyMap<string, Owner>> {
    const entries = await entriesOf(this.#client, realms.calls);
    return new Map([...entries].map(([callId, value]) => [callId, ownerOf(value)]));
  }

  /**
   * Tries to make a call ours that belonged to `owner`, or to nobody. Of several who try, one wins; a claim that has
   * changed since it was looked at stays as it is.
   */
  async seize(callId: string, owner: Owner | undefined): Promise<boolean> {
    if (owner) await this.#remove(callId, owner);
    return this.take(callId);
  }

  /** Gives up our claim, and only ours. */
  release(callId: string): Promise<void> {
    return this.#remove(callId, this.#self());
  }

  async #remove(callId: string, owner: Owner): Promise<void> {
    try {
      await this.#client.api(`hash delete_ifmatch/${entry(callId)}/${claimOf(owner)}`);
    } catch (error) {
      if (!hasCode(error, 'command_failed')) throw error;
    }
  }
}

const entry = (callId: string): string => `${realms.calls}/${safe(callId)}`;
const claimOf = ({ node, life }: Owner): string => `${safe(node)}.${life}`;

function ownerOf(value: string): Owner {
  const [node = '', life = ''] = value.split('.');
  return { node: Buffer.from(node, 'base64url').toString(), life };
}
