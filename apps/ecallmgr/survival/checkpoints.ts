// Where calls stand, as their controllers told last: kept in the hash of the switch, for the ecallmgr that comes after us.
import { setTimeout as wait } from 'node:timers/promises';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { isRecord } from '../../../core/contract/index.ts';
import { errorText } from '../../../core/errors/index.ts';
import type { Logger } from '../../../core/log/index.ts';
import type { SwitchClient } from '../freeswitch/index.ts';
import { read, realms, remove, write } from './hash.ts';

/**
 * Milliseconds that a checkpoint waits for newer ones. Until it is written its command is not acknowledged, so an ecallmgr that
 * comes after us gets it from the control queue.
 */
const writeAfter = 250;

/** How often the entry of a call that is over is removed, until the switch has done it. */
const mostRemovals = 60;

/** What is known of the control of a call. */
export interface Kept {
  /** The queue of the process that controls it. */
  readonly serverId: string;
  /** The body of a `callflow.resume`: what another process would go on from. */
  readonly resume?: Readonly<Record<string, unknown>> | undefined;
  /** Processes that were given up, whose commands are refused. */
  readonly givenUp: readonly string[];
}

/** What an entry needs of its surroundings. */
interface Surroundings {
  readonly client: SwitchClient;
  readonly mayAct: () => Promise<void> | undefined;
  readonly log: Logger;
}

/** The entry of one call. Of several writes in a row the last one is made; what cannot be written is logged. */
export class CheckpointEntry {
  readonly #around: Surroundings;
  readonly #callId: string;
  readonly #again: number;
  #wanted: Kept | undefined;
  #writing: Promise<void> | undefined;
  #written = false;
  #over = false;

  /** `again`: milliseconds until what could not be removed is tried once more. */
  constructor(around: Surroundings, callId: string, again = 5_000) {
    this.#around = around;
    this.#callId = callId;
    this.#again = again;
  }

  /** What an ecallmgr before us has left. Rejects when the switch is away. */
  async find(): Promise<Kept | undefined> {
    const value = await read(this.#around.client, realms.checkpoints, this.#callId);
    if (value === undefined) return undefined;
    this.#written = true;
    // The call has ended while we looked.
    if (this.#over) await this.remove();
    return parseKept(value);
  }

  /** Resolves when it is written, or is not wanted any more. */
  async save(kept: Kept): Promise<void> {
    if (this.#over) return;
    this.#wanted = kept;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  /** The call is over, and nothing more is written. */
  async remove(): Promise<void> {
    this.#over = true;
    this.leave();
    await this.#writing;
    if (!this.#written) return;
    // Nobody looks for it later: what is not removed now is tried again while the switch is away or too busy.
    for (let tries = 1; ; tries += 1) {
      const failed = await remove(this.#around.client, realms.checkpoints, this.#callId).then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      if (!failed) return;
      if (tries === mostRemovals) return this.#failed(failed.error);
      await wait(this.#again, undefined, { ref: false });
    }
  }

  /** The call goes on elsewhere: what waits is not written over what stands there by then. */
  leave(): void {
    this.#wanted = undefined;
  }

  async #write(): Promise<void> {
    const { client, mayAct } = this.#around;
    await wait(writeAfter, undefined, { ref: false });
    while (this.#wanted) {
      // Who was stopped for a while may have lost the call.
      await mayAct();
      const kept = this.#wanted;
      if (!kept) return;
      this.#wanted = undefined;
      this.#written = true;
      await write(client, realms.checkpoints, this.#callId, packKept(kept)).catch((error: unknown) =>
        this.#failed(error),
      );
    }
  }

  #failed(error: unknown): void {
    const { log } = this.#around;
    log.warn('a checkpoint is not on the switch', { callId: this.#callId, error: errorText(error) });
  }
}

/** Words of nearly every checkpoint. Another text is another version: see `packed`. */
const dictionary = Buffer.from(
  `true,"false,"children":{"_":{"module":"voicemail","module":"play","module":"ring_group","module":"user","data":{"id":"
  "module":"menu","module":"device","data":{"can_call_self":false,"timeout":20,"strategy":"simultaneous","endpoints":[{"
  "Hand-Over":true,"Branches":0,"Stack":[],"Note":{"Bridge":"","Bridged":false},"Begun":true,"Flow":{"
  "Answered":false,"Language":"en-us","Caller-ID-Name":"","Caller-ID-Number":"","Callee-ID-Name":"","Callee-ID-Number":"","From":"
  "To":"","Request":"","Resource-Type":"audio","Inception":"","Switch-Nodename":"freeswitch@","Switch-URI":"sip:mod_sofia@","Switch-Hostname":"
  "Owner-ID":"","Reseller-ID":"","Account-Realm":"","Account-Name":"","Username":"","Realm":"","Authorizing-Type":"device","Authorizing-ID":"
  "CallFlow-ID":"","Call-Interaction-ID":"","Ecallmgr-Node":"ecallmgr@","Fetch-ID":"","Custom-Channel-Vars":{"Custom-Application-Vars":{
  {"serverId":"callflow@","givenUp":[]},"resume":{"Call":{"Call-ID":"","Account-ID":"","Control-Queue":"callctl-ecallmgr@`,
);
/** How an entry begins that was compressed with this dictionary: FreeSWITCH takes 2 ms for each 1,000 characters of a command. */
const packed = 'z1.';

/** As an entry stands on the switch. */
export const packKept = (kept: Kept): string =>
  packed + deflateRawSync(JSON.stringify(kept), { dictionary }).toString('base64url');

function unpack(value: string): string {
  if (!value.startsWith(packed)) return Buffer.from(value, 'base64url').toString();
  return inflateRawSync(Buffer.from(value.slice(packed.length), 'base64url'), { dictionary }).toString();
}

/** What an entry says; undefined when it is none. */
export function parseKept(value: string): Kept | undefined {
  try {
    const json: unknown = JSON.parse(unpack(value));
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
