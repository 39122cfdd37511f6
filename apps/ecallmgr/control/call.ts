// A call under control, as a command sees it: run applications and await their end, ask the switch, read its surroundings.
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../../core/errors/index.ts';
import type { Logger } from '../../../core/log/index.ts';
import type { CallEventName } from '../../../core/messages/call.ts';
import type { Channel } from '../channel.ts';
import { legVariables } from '../dial/rules.ts';
import { dumpOf, partnerIn } from '../dump.ts';
import { type SwitchClient, type SwitchEvent, uuid } from '../freeswitch/index.ts';
import type { Media } from '../media.ts';
import type { Places } from '../moving/places.ts';
import type { Custody } from '../survival/custody.ts';
import { endedCommand, isMarked, joins, lastCommand, unheard } from '../survival/past.ts';
import type { Vars } from '../variables.ts';
import type { Completion } from './command.ts';

/** The switch and the cluster around a call. */
export interface Surroundings {
  readonly client: SwitchClient;
  /** Name of the switch. */
  readonly switchName: string;
  /** `ecallmgr@host`: legs that a command makes carry it, so that their events are published by us. */
  readonly node: string;
  /** Folder of the switch for recordings. */
  readonly recordings: () => string;
  readonly media: Media;
  /** `host:port` of the proxy through whom phones are reached. */
  readonly proxy: () => string;
  /** Publishes an event of the switch under another name. */
  readonly tell: (event: SwitchEvent, name: CallEventName) => Promise<void>;
  /** Publishes the completion of a command that no event of the switch completes. */
  readonly tellCompletion: (channel: Channel, messageId: string, completion: Completion) => Promise<void>;
  /** Whether a phone is rung for this call. */
  readonly isRinging: (callId: string) => boolean;
  /** Takes the end of an application as if the switch had told it now. */
  readonly takeEnd: (channel: Channel, completion: SwitchEvent) => void;
  /** Publishes an event as the end of a command, once more. */
  readonly tellEnd: (channel: Channel, event: SwitchEvent, completion: Completion) => void;
  /** Resolves at once while we may act for our calls, else when we may again. */
  readonly mayAct: () => Promise<void> | undefined;
  /** Where other calls and conferences live, as seen from this switch. */
  readonly places: Places;
  readonly log: Logger;
}

/** What `execute` resolves with: the event of the switch has told the completion already. */
export const told = Symbol('told by an event');

// Applications that only prepare another are nobody's business on the bus.
const quiet = 'quiet:';
export const isQuiet = (event: SwitchEvent): boolean => (event['Application-UUID'] ?? '').startsWith(quiet);

interface Pending {
  readonly application: string;
  readonly argument: string;
  resolve(event: SwitchEvent): void;
  reject(error: AppError): void;
}

// A break is lost when it overtakes the beginning of what it is to break off, and ends one file of several only.
const breakAttempts = 5;
const breakPause = 200;

export class ControlledCall {
  callId: string;
  /** Every id that it has had: commands may still bear one of before. */
  readonly ids = new Set<string>();
  channel: Channel;
  readonly around: Surroundings;
  readonly custody: Custody;
  /** The keys that end what plays, as last set; undefined while unknown. */
  terminators: string | undefined;
  /** Custom-Channel-Vars that every leg made for this call gets. */
  exported: Vars = {};
  /** Hears music on hold. */
  held = false;
  /** How often something was broken off. */
  breaks = 0;
  readonly #pending = new Map<string, Pending>();
  #parking: { resolve(): void; reject(error: AppError): void } | undefined;
  #partner: string | undefined;
  #parting: (() => void)[] = [];
  /** Bridges that end when the two part, by the id of their command: so far nobody has told the end. */
  readonly #joined = new Map<string, (later: SwitchEvent) => void>();
  #ended: AppError | undefined;

  constructor(channel: Channel, around: Surroundings, custody: Custody) {
    this.custody = custody;
    this.callId = channel.callId;
    this.ids.add(channel.callId);
    this.channel = channel;
    this.around = around;
  }

  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /**
   * Runs an application and resolves at its CHANNEL_EXECUTE_COMPLETE, which completes the command.
   * Rejects with `call_hung_up`, or with what the switch said.
   */
  async execute(
    command: { readonly 'Msg-ID': string },
    application: string,
    argument = '',
  ): Promise<typeof told> {
    await this.#execute(command['Msg-ID'], application, argument);
    return told;
  }

  /** Takes the end of an application that another process had begun. */
  async endedBefore(end: SwitchEvent): Promise<typeof told> {
    const over = new Promise<SwitchEvent>((resolve, reject) => {
      const application = end['Application'] ?? '';
      this.#pending.set(end['Application-UUID'] ?? '', { application, argument: '', resolve, reject });
    });
    this.around.takeEnd(this.channel, end);
    await over;
    return told;
  }

  /** The switch could not be heard for a while: what is awaited may have ended meanwhile. */
  recheck(): void {
    for (const [id, { application, argument, reject }] of [...this.#pending])
      this.#await(id, application, argument).catch(reject);
  }

  /** Runs an application that is a part of a command only: nobody is told of its end but the caller. */
  part(
    command: { readonly 'Msg-ID': string },
    round: number,
    application: string,
    argument: string,
  ): Promise<SwitchEvent> {
    return this.#execute(`${quiet}${command['Msg-ID']}:${round}`, application, argument);
  }

  /** How many parts of a command are over, when another process has begun it. */
  partsOver(command: { readonly 'Msg-ID': string }): number {
    return this.channel.past.rounds(quiet + command['Msg-ID']);
  }

  #execute(id: string, application: string, argument: string): Promise<SwitchEvent> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      const failed = (error: AppError): void => {
        this.#pending.delete(id);
        reject(error);
      };
      this.#pending.set(id, { application, argument, resolve, reject });
      // Its end is told on the leg whose place this one has taken, and counts when the two part.
      if (joins(application) && this.#partner !== undefined) {
        this.#joined.set(id, (later) =>
          this.around.takeEnd(this.channel, unheard(later, id, application, argument)),
        );
        return;
      }
      const { past } = this.channel;
      const later = past.endedUnheard(id, application);
      if (later) {
        this.around.takeEnd(this.channel, unheard(later, id, application, argument));
        return;
      }
      if (past.mayBeRunning(application, argument, this.hasOtherLeg)) {
        this.#await(id, application, argument).catch(failed);
        return;
      }
      if (isMarked(application)) this.prepare('multiset', `^^;${lastCommand}=${id}`);
      this.around.client.execute(this.callId, application, argument, id).catch(failed);
    });
  }

  /** Talks to another leg, or one is rung for it. */
  get hasOtherLeg(): boolean {
    return this.channel.bridged || this.around.isRinging(this.callId);
  }

  /** The same, as the switch sees it: events may be late. */
  async talks(): Promise<boolean> {
    if (this.hasOtherLeg) return true;
    const dump = await dumpOf(this.around.client, this.callId);
    return dump !== undefined && partnerIn(dump) !== undefined;
  }

  /** Another process seems to have begun this: it is not begun again, but its end may have been missed. */
  async #await(id: string, application: string, argument: string): Promise<void> {
    const { client, takeEnd } = this.around;
    // Into a bridge the lock does not reach.
    if (joins(application) && this.hasOtherLeg) {
      const alone = application === 'intercept' || this.channel.past.bypassed;
      if (alone) this.channel.bridging ??= unheard({}, id, application, argument);
      return;
    }
    const probe = `${quiet}${randomBytes(8).toString('hex')}`;
    const later = await new Promise<SwitchEvent>((resolve, reject) => {
      this.#pending.set(probe, { application: 'set', argument: '', resolve, reject });
      // Queued behind what runs: when its end comes, that of the other has come or never will.
      client.execute(this.callId, 'set', `${endedCommand}=${id}`, probe).catch(reject);
    });
    if (this.#pending.has(id)) takeEnd(this.channel, unheard(later, id, application, argument));
  }

  /** Breaks off what runs now, but parts nobody; resolves when it has ended, or does not want to. */
  async break(): Promise<void> {
    this.breaks += 1;
    const running = [...this.#pending].filter(([, { application }]) => !joins(application));
    for (let attempt = 0; attempt < breakAttempts && !this.ended; attempt += 1) {
      // Not `all`: that drops what has been queued on the channel, and its end is never told.
      await this.api('uuid_break');
      if (!running.some(([id]) => this.#pending.has(id))) return;
      await wait(breakPause, undefined, { ref: false });
      if (!running.some(([id]) => this.#pending.has(id))) return;
    }
  }

  /** Another leg has joined this one. Music that began in the same moment would be heard instead of it. */
  joined(): void {
    if (!this.held) return;
    this.break().catch((error: unknown) =>
      this.around.log.debug('music on hold could not be broken off', { error }),
    );
  }

  /** Queues an application in front of the one that `execute` queues next; the channel runs them in order. */
  prepare(application: string, argument: string): void {
    const id = quiet + randomBytes(8).toString('hex');
    this.around.client.execute(this.callId, application, argument, id).catch((error: unknown) =>
      // The application that follows meets the same and tells it.
      this.around.log.debug('an application could not be queued', { application, error }),
    );
  }

  /** An API command about this call: `api('uuid_break', 'all')`. */
  api(name: string, argument = '', timeout?: number): Promise<string> {
    const command = `${name} ${uuid(this.callId)}${argument === '' ? '' : ` ${argument}`}`;
    return this.around.client.api(command, timeout);
  }

  /** Hands Custom-Channel-Vars down to the legs that are made from now on. */
  export(vars: Vars): void {
    this.exported = { ...this.exported, ...vars };
  }

  /** Sets Custom-Channel-Vars, on the channel and for what is told of it. */
  async setVars(vars: Vars): Promise<void> {
    this.channel.decide(vars);
    if (!this.ended) await this.around.client.setVariables(this.callId, legVariables(vars));
  }

  /** Resolves when the channel parks the next time. */
  park(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#parking = { resolve, reject };
    });
  }

  /** The channel is in its park loop. */
  parked(): void {
    this.#parking?.resolve();
    this.#parking = undefined;
  }

  /**
   * The leg has taken the place of another one in its bridge with `partner`: what is commanded from now on means this leg,
   * and a `bridge` of the other one goes on until the two part. `before`: call ids under which it is commanded as well.
   */
  follow(channel: Channel, partner: string | undefined, before: readonly string[] = []): void {
    this.#partner = partner;
    this.callId = channel.callId;
    for (const id of [...before, channel.callId]) this.ids.add(id);
    this.channel = channel;
    this.terminators = undefined;
  }

  /** Resolves when the call has left the bridge that it was put into by `follow`; a command with this id ends with it. */
  unbridged(id: string): Promise<void> {
    this.#joined.delete(id);
    if (this.#partner === undefined) return Promise.resolve();
    return new Promise((resolve) => void this.#parting.push(resolve));
  }

  /** The call has left a bridge. */
  parted(partner: string, event: SwitchEvent): void {
    if (partner !== this.#partner) return;
    const untold = [...this.#joined.values()];
    this.#part();
    for (const tell of untold) tell(event);
  }

  #part(): void {
    this.#partner = undefined;
    this.#joined.clear();
    for (const resolve of this.#parting.splice(0)) resolve();
  }

  /** Settles the command that an event completes. False when none waits for it. */
  complete(event: SwitchEvent): boolean {
    const id = event['Application-UUID'] ?? '';
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (pending) pending.resolve(event);
    else this.channel.past.add(event);
    return pending !== undefined;
  }

  /** Ends what is awaited, with a reason. */
  fail(reason: AppError): void {
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
    this.#parking?.reject(reason);
    this.#parking = undefined;
  }

  /** The channel is gone. */
  end(cause: string | undefined): void {
    this.#ended = new AppError('call_hung_up', { details: { cause } });
    this.fail(this.#ended);
    this.#part();
  }
}
