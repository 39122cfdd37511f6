// Who controls a call: watched as long as it lives, followed by another when it dies or hands over.
import { getAt, isRecord } from '../../../core/contract/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import type { Command } from '../control/command.ts';
import type { CheckpointEntry } from './checkpoints.ts';
import type { Succession } from './succession.ts';

export interface CustodyOptions {
  readonly entry: CheckpointEntry;
  /** The fetch id under which the call is controlled now. */
  readonly fetchId: () => string;
  /** Begins to look for who goes on. */
  readonly succeed: (resume: Resume | undefined, reason: 'dead' | 'hand-over') => Succession;
}

export type Resume = Readonly<Record<string, unknown>>;

const keptKeys = 32;

export class Custody {
  readonly #options: CustodyOptions;
  /** A queue of the process that controls the call, undefined while that is not known. */
  serverId: string | undefined;
  #resume: Resume | undefined;
  #givenUp = new Set<string>();
  #succession: Succession | undefined;
  /** Keys since the last checkpoint. */
  readonly #keys: (() => void)[] = [];

  constructor(options: CustodyOptions) {
    this.#options = options;
  }

  /** True while somebody is sought who goes on. */
  get vacant(): boolean {
    return this.#succession !== undefined && !this.#succession.over;
  }

  /** Whether a command of this process is not to be run: it was given up, and the call is another's. */
  refuses(serverId: unknown): boolean {
    return typeof serverId === 'string' && this.#givenUp.has(serverId);
  }

  /** Somebody has won the call. */
  begin(serverId: string): void {
    this.serverId ??= serverId;
  }

  /** Goes on with what an ecallmgr before us knew. */
  async restore(fallback: string | undefined): Promise<void> {
    const kept = await this.#options.entry.find();
    // A checkpoint may have come meanwhile.
    if (this.serverId !== undefined) return;
    this.serverId = kept?.serverId ?? fallback;
    this.#resume = kept?.resume;
    this.#givenUp = new Set(kept?.givenUp);
  }

  /** Takes a checkpoint. Throws `call_lost` when its sender does not control the call any more. */
  take(command: Command): void {
    const from = command['Server-ID'];
    const resume = isRecord(command['Resume']) ? command['Resume'] : undefined;
    const handsOver = command['Hand-Over'] === true;
    if (typeof from !== 'string')
      throw new AppError('invalid_message', { message: 'checkpoint: it needs a Server-ID' });
    const successor = this.#admit(from, fetchIdOf(resume), handsOver);
    const keys = handsOver ? [] : this.#keys.splice(0);
    if (successor) for (const tell of keys) tell();
    this.serverId = from;
    this.#resume = resume ?? this.#resume;
    this.#keep();
    if (handsOver && !this.vacant) this.#succession = this.#options.succeed(this.#resume, 'hand-over');
  }

  /**
   * A key was pressed. Whoever controls the call may die, or be dead already, before it has told what became of it: `tell`
   * tells the key to the next one.
   */
  pressed(tell: () => void): void {
    this.#keys.push(tell);
    if (this.#keys.length > keptKeys) this.#keys.shift();
  }

  /** True for somebody who comes after another one. */
  #admit(from: string, fetchId: string | undefined, handsOver: boolean): boolean {
    if (this.vacant && this.#succession?.taken(fetchId)) {
      this.#givenUp.delete(from);
      return true;
    }
    if (this.vacant && this.#succession?.handsOver && from === this.serverId) {
      // Nobody has come, and it goes on itself.
      if (!handsOver) this.#succession.stop();
    } else if (
      this.vacant ||
      this.#givenUp.has(from) ||
      (fetchId ?? this.#options.fetchId()) !== this.#options.fetchId()
    )
      throw new AppError('call_lost');
    return false;
  }

  /** Its controller is dead: nothing of it is run any more, and another one is sought. */
  giveUp(): void {
    if (this.serverId === undefined) return;
    this.#succession?.stop();
    this.#givenUp.add(this.serverId);
    this.serverId = undefined;
    this.#succession = this.#options.succeed(this.#resume, 'dead');
  }

  /** The call is routed anew. */
  clear(): void {
    this.#succession?.stop();
    this.serverId = undefined;
    this.#resume = undefined;
  }

  /** We control the call no more; `over` when there is nothing left to control. */
  stop(over: boolean): void {
    this.#succession?.stop();
    if (over) void this.#options.entry.remove();
  }

  #keep(): void {
    if (this.serverId === undefined) return;
    this.#options.entry.save({
      serverId: this.serverId,
      resume: this.#resume,
      givenUp: [...this.#givenUp],
    });
  }
}

function fetchIdOf(resume: Resume | undefined): string | undefined {
  const id = getAt(resume, 'Call.Custom-Channel-Vars.Fetch-ID');
  return typeof id === 'string' ? id : undefined;
}
