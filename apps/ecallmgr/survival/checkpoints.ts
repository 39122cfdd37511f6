// Where calls stand, as their controllers told last: kept in the hash of the switch, for the ecallmgr that comes after us.
import { isRecord } from '../../../core/contract/index.ts';
import { errorText } from '../../../core/errors/index.ts';
import type { Logger } from '../../../core/log/index.ts';
import type { SwitchClient } from '../freeswitch/index.ts';
import { read, realms, remove, write } from './hash.ts';

/** What is known of the control of a call. */
export interface Kept {
  /** The queue of the process that controls it. */
  readonly serverId: string;
  /** The body of a `callflow.resume`: what another process would go on from. */
  readonly resume?: Readonly<Record<string, unknown>> | undefined;
  /** Processes that were given up, whose commands are refused. */
  readonly givenUp: readonly string[];
}

/** The entry of one call. Of several writes in a row the last one counts; what cannot be written is logged. */
export class CheckpointEntry {
  readonly #client: SwitchClient;
  readonly #log: Logger;
  readonly #callId: string;
  #wanted: Kept | undefined;
  #writing: Promise<void> | undefined;
  #written = false;

  constructor(client: SwitchClient, callId: string, log: Logger) {
    this.#client = client;
    this.#callId = callId;
    this.#log = log;
  }

  /** What an ecallmgr before us has left. Rejects when the switch is away. */
  async find(): Promise<Kept | undefined> {
    const value = await read(this.#client, realms.checkpoints, this.#callId);
    if (value === undefined) return undefined;
    this.#written = true;
    return parseKept(value);
  }

  save(kept: Kept): void {
    this.#wanted = kept;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  /** The call is over. */
  async remove(): Promise<void> {
    this.#wanted = undefined;
    await this.#writing;
    if (!this.#written) return;
    await remove(this.#client, realms.checkpoints, this.#callId).catch((error: unknown) =>
      this.#failed(error),
    );
  }

  async #write(): Promise<void> {
    for (let kept = this.#wanted; kept; kept = this.#wanted) {
      this.#wanted = undefined;
      this.#written = true;
      const value = Buffer.from(JSON.stringify(kept)).toString('base64url');
      await write(this.#client, realms.checkpoints, this.#callId, value).catch((error: unknown) =>
        this.#failed(error),
      );
    }
  }

  #failed(error: unknown): void {
    this.#log.warn('a checkpoint is not on the switch', { callId: this.#callId, error: errorText(error) });
  }
}

/** An entry as it stands on the switch. */
export function parseKept(value: string): Kept | undefined {
  try {
    const json: unknown = JSON.parse(Buffer.from(value, 'base64url').toString());
    if (!isRecord(json) || typeof json['serverId'] !== 'string') return undefined;
    return {
      serverId: json['serverId'],
      resume: isRecord(json['resume']) ? json['resume'] : undefined,
      givenUp: Array.isArray(json['givenUp']) ? json['givenUp'].map(String) : [],
    };
  } catch {
    return undefined;
  }
}
