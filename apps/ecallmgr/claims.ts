// Whose call it is: an entry in the switch's own hash that only one ecallmgr can make (DESIGN §7).
import { hasCode } from '../../core/errors/index.ts';
import type { Logger } from '../../core/log/index.ts';
import type { SwitchClient } from './freeswitch/index.ts';

const realm = 'mirliton_calls';

// Keys and values are cut at `/` by mod_hash.
const safe = (text: string): string => Buffer.from(text).toString('base64url');

/** The claims of one ecallmgr (`node`) on one switch. */
export class Claims {
  readonly #client: SwitchClient;
  readonly #owner: string;
  readonly #log: Logger;

  constructor(client: SwitchClient, node: string, log: Logger) {
    this.#client = client;
    this.#owner = safe(node);
    this.#log = log;
  }

  /** Tries to make the call ours. False when another ecallmgr was first. Rejects when the switch does not answer. */
  async take(callId: string): Promise<boolean> {
    try {
      await this.#client.api(`hash insert_ifempty/${realm}/${safe(callId)}/${this.#owner}`);
      return true;
    } catch (error) {
      if (!hasCode(error, 'command_failed')) throw error;
      if (/already exists/.test(error.message)) return false;
      // Without mod_hash nobody can claim, and a call without anybody would be worse than one with two.
      this.#log.error('the switch cannot keep claims: load mod_hash', { error: error.message });
      return true;
    }
  }

  /** Whether the claim on this call is ours already, e.g. from before a restart. */
  async owns(callId: string): Promise<boolean> {
    return (await this.#client.api(`hash select/${realm}/${safe(callId)}`)) === this.#owner;
  }

  /** Gives up our claim, and only ours. */
  async release(callId: string): Promise<void> {
    try {
      await this.#client.api(`hash delete_ifmatch/${realm}/${safe(callId)}/${this.#owner}`);
    } catch (error) {
      if (!hasCode(error, 'command_failed')) throw error;
    }
  }
}
