// What is known of the applications of a leg that somebody else may have begun: so that no command is run twice.
import { type SwitchEvent, variable } from '../freeswitch/index.ts';

// Commands run one after the other: of those not acknowledged only the last can be over.
const remembered = 4;
// Beats after which an owner who lives has acknowledged what is over.
const acknowledgedAfter = 6;

interface Ended {
  readonly completion: SwitchEvent;
  beats: number;
}

/** Applications under which two legs talk. `intercept` goes on as `uuid_bridge`. */
export const joins = (application: string): boolean =>
  application === 'bridge' || application === 'intercept' || application === 'uuid_bridge';

/** Rounds of a command that plays again and again bear its id and their number. */
const rounds = /^(quiet:.+):(\d+)$/;

export class Past {
  readonly #ended = new Map<string, Ended>();
  #rounds: { readonly command: string; readonly over: number } | undefined;
  #running: SwitchEvent | undefined;
  /** It was in a bridge whose application is over, because the media goes past the switch. */
  bypassed = false;

  /** An application has ended, and nobody here waited for it. */
  add(completion: SwitchEvent): void {
    const id = completion['Application-UUID'];
    if (id === undefined) return;
    const [, command, round] = rounds.exec(id) ?? [];
    if (command !== undefined) {
      this.#rounds = { command, over: Number(round) };
      return;
    }
    this.#ended.set(id, { completion, beats: 0 });
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= remembered) return;
      this.#ended.delete(oldest);
    }
  }

  /** The leg has taken the place of another one: the commands of that one are its own now. */
  inherit(other: Past): void {
    for (const { completion } of other.#ended.values()) this.add(completion);
  }

  /** The owner of the leg has lived on for a beat. */
  age(): void {
    for (const [id, ended] of this.#ended) {
      ended.beats += 1;
      // A bridge may go on past the end of its application.
      const mayGoOn = ended.completion['Application'] === 'bridge';
      if (ended.beats > acknowledgedAfter && !mayGoOn) this.#ended.delete(id);
    }
  }

  /** What the leg was doing when it was taken up. FreeSWITCH does not tell the id of what runs. */
  read(dump: SwitchEvent): void {
    this.#running = dump;
    this.bypassed = dump['Channel-State'] === 'CS_HIBERNATE' && variable(dump, 'signal_bridge') === 'true';
  }

  /** The end of an application, when it is known. */
  find(id: string): SwitchEvent | undefined {
    return this.#ended.get(id)?.completion;
  }

  /** The leg as it was taken up, when the switch says that this command is over, though nobody has heard its end. */
  endedUnheard(id: string, application: string): SwitchEvent | undefined {
    const dump = this.#running;
    if (!dump) return undefined;
    if (variable(dump, endedCommand) === id) return dump;
    const isOver = variable(dump, 'current_application_response') !== undefined;
    const isLast =
      variable(dump, lastCommand) === id && variable(dump, 'current_application') === application;
    return isOver && isLast ? dump : undefined;
  }

  /** How many rounds of a command that plays again and again are over. */
  rounds(command: string): number {
    return this.#rounds?.command === command ? this.#rounds.over : 0;
  }

  /**
   * Whether this application may be what the leg was doing when it was taken up; true only once. The name stays on a
   * channel after the end, so this is no proof. What is played may have another address when another process looks it
   * up. A bridge names the process that began it, and its own name goes when something is played into it: of that it counts
   * whether another leg is there.
   */
  mayBeRunning(application: string, argument: string, hasOtherLeg: boolean): boolean {
    const dump = this.#running;
    this.#running = undefined;
    if (!dump) return false;
    if (joins(application) && hasOtherLeg) return true;
    // It ends before it has joined anybody.
    if (application === 'intercept' || variable(dump, 'current_application') !== application) return false;
    if (variable(dump, 'current_application_response') !== undefined) return false;
    const same = (variable(dump, 'current_application_data') ?? '') === argument;
    return same || application === 'playback';
  }
}

/** Names the command whose application the leg runs, or ran last, of those that are marked. */
export const lastCommand = 'mirliton_command';
/** Names the command that an ecallmgr before us saw running: what sets it was queued behind its application. */
export const endedCommand = 'mirliton_ended';

/** What a caller hears, or is asked for: not a second time when only its end was not heard. */
const marked: readonly string[] = ['playback', 'speak', 'say', 'record', 'play_and_get_digits'];

/** Whether the leg is told which command an application belongs to. */
export const isMarked = (application: string): boolean => marked.includes(application);

/** The completion of an application that ended unheard, from an event that came after it: results are variables. */
export const unheard = (
  later: SwitchEvent,
  id: string,
  application: string,
  argument: string,
): SwitchEvent => ({
  ...later,
  'Event-Name': 'CHANNEL_EXECUTE_COMPLETE',
  Application: application,
  'Application-Data': argument,
  'Application-UUID': id,
  'Application-Response': variable(later, 'current_application_response') ?? '_none_',
});
