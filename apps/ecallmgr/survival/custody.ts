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

interface Key {
  /** Msg-ID of the event that tells it. */
  readonly id: string | undefined;
  readonly tell: () => void;
}

const keptKeys = 32;

export class Custody {
  readonly #options: CustodyOptions;
  #entry: CheckpointEntry;
  /** A queue of the process that controls the call, undefined while that is not known. */
  serverId: string | undefined;
  #resume: Resume | undefined;
  #givenUp = new Set<string>();
  #succession: Succession | undefined;
  /** Keys that the controller has not taken yet, as far as we know. */
  #keys: Key[] = [];
  /** Tells that another leg has joined the call, when that was after the last checkpoint. */
  #joined: (() => void) | undefined;

  constructor(options: CustodyOptions) {
    this.#options = options;
    this.#entry = options.entry;
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

  /** Goes on with what an ecallmgr before us knew; `from` another leg, when the call has gone over from that. */
  async restore(fallback: string | undefined, from = this.#entry): Promise<void> {
    const kept = await from.find();
    // A checkpoint may have come meanwhile.
    if (this.serverId === undefined) {
      this.serverId = kept?.serverId ?? fallback;
      this.#resume = kept?.resume;
      this.#givenUp = new Set(kept?.givenUp);
    }
    if (from !== this.#entry) this.#replace(from);
  }

  /** The call goes on as another leg. */
  move(entry: CheckpointEntry): void {
    const before = this.#entry;
    this.#entry = entry;
    this.#replace(before);
  }

  #replace(before: CheckpointEntry): void {
    if (this.serverId !== undefined) void this.#keep(this.serverId);
    void before.remove();
  }

  /**
   * Takes a checkpoint; resolves when it is kept on the switch. Throws `call_lost` when its sender does not control the call any
   * more.
   */
  take(command: Command): Promise<void> {
    const from = command['Server-ID'];
    const resume = isRecord(command['Resume']) ? command['Resume'] : undefined;
    const handsOver = command['Hand-Over'] === true;
    if (typeof from !== 'string')
      throw new AppError('invalid_message', { message: 'checkpoint: it needs a Server-ID' });
    const successor = this.#admit(from, fetchIdOf(resume), handsOver);
    this.#taken(command['Keys-Taken']);
    if (successor || command['Keys-Again'] === true) for (const { tell } of this.#keys) tell();
    if (successor) this.#joined?.();
    if (!handsOver) this.#joined = undefined;
    this.serverId = from;
    this.#resume = resume ?? this.#resume;
    const kept = this.#keep(from);
    if (handsOver && !this.vacant) this.#succession = this.#options.succeed(this.#resume, 'hand-over');
    return kept;
  }

  /**
   * Another leg has joined the call. Whoever controls it may be dead already: `tell` tells the next one, unless a checkpoint
   * came after it.
   */
  joined(tell: () => void): void {
    this.#joined = tell;
  }

  /**
   * A key was pressed. Whoever controls the call may die, or be dead already, before it has told what became of it, or not
   * hear of it while its broker is away: `tell` tells the key once more, by an event with this Msg-ID.
   */
  pressed(id: string | undefined, tell: () => void): void {
    this.#keys.push({ id, tell });
    if (this.#keys.length > keptKeys) this.#keys.shift();
  }

  #taken(id: unknown): void {
    const last = this.#keys.findIndex((key) => key.id !== undefined && key.id === id);
    this.#keys = this.#keys.slice(last + 1);
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
    if (over) void this.#entry.remove();
    else this.#entry.leave();
  }

  #keep(serverId: string): Promise<void> {
    return this.#entry.save({
      serverId,
      resume: this.#resume,
      givenUp: [...this.#givenUp],
    });
  }
}

function fetchIdOf(resume: Resume | undefined): string | undefined {
  const id = getAt(resume, 'Call.Custom-Channel-Vars.Fetch-ID');
  return typeof id === 'string' ? id : undefined;
}
