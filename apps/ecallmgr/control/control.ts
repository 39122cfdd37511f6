// Control of one call: an actor that runs the commands of its control queue one after the other.
import { randomBytes } from 'node:crypto';
import type { Actor, ActorSystem } from '../../../core/actors/index.ts';
import type { Bus } from '../../../core/amqp/index.ts';
import { AppError, errorText, hasCode } from '../../../core/errors/index.ts';
import { withLogContext } from '../../../core/log/index.ts';
import type { Channel } from '../channel.ts';
import { unitOf } from '../commands/index.ts';
import { membersOf } from '../commands/queue.ts';
import { callIdOf, type SwitchEvent } from '../freeswitch/index.ts';
import { CheckpointEntry } from '../survival/checkpoints.ts';
import { Custody } from '../survival/custody.ts';
import { Succession, type SuccessionOptions } from '../survival/succession.ts';
import { Accepted } from './accepted.ts';
import { ControlledCall, type Surroundings, told } from './call.ts';
import { type Command, type Completion, readCommand } from './command.ts';
import { CommandQueue } from './queue.ts';
import type { Commanded, ControlQueue, ControlQueues } from './queues.ts';
import { tellRefusal } from './refused.ts';

// Commands that come after the end of a call are taken for so long.
const lingerAfterHangup = 30_000;
// What another ecallmgr had not finished comes again within this time, in its order; what is to run next shows only then.
const redelivery = 150;

type Message =
  | { readonly kind: 'command'; readonly json: Readonly<Record<string, unknown>> }
  | { readonly kind: 'done'; readonly command: Command }
  | { readonly kind: 'go' }
  | { readonly kind: 'restart' }
  | { readonly kind: 'hangup' };

export interface ControlOptions {
  readonly channel: Channel;
  readonly around: Surroundings;
  readonly bus: Bus;
  readonly queues: ControlQueues;
  readonly actors: ActorSystem;
  readonly fetchId: string;
  /** The control goes on here that was elsewhere before. */
  readonly resumed?: boolean;
  readonly countCommand: (name: string) => void;
  /** Counts how a call without a controller went on. */
  readonly countSuccession: SuccessionOptions['count'];
  /** Asks anew who takes the call. */
  readonly reroute: () => Promise<void>;
  /** Told once, when the control is over. */
  readonly onClosed: () => void;
}

interface Running {
  readonly command: Command;
  /** Tells its completion again. */
  again?: () => void;
}

export class Control implements Commanded {
  readonly call: ControlledCall;
  fetchId: string;
  readonly #options: ControlOptions;
  readonly #commands = new CommandQueue();
  readonly #actor: Actor<Message>;
  readonly #accepted = new Accepted();
  /** What runs, by Msg-ID: the one whose turn it is and those that run beside it. */
  readonly #running = new Map<string, Running>();
  #paused: boolean;
  #turn: Command | undefined;
  readonly #queue: ControlQueue;
  /** Somebody knows the queue, and may command the call through it. */
  #told: boolean;
  #closing: NodeJS.Timeout | undefined;
  #closed: Promise<unknown> | undefined;

  constructor(options: ControlOptions) {
    const { channel, around, queues, actors } = options;
    this.#options = options;
    this.fetchId = options.fetchId;
    this.#paused = options.resumed === true;
    this.call = new ControlledCall(channel, around, this.#custody());
    this.#actor = actors.spawn<undefined, Message>({
      // A leg that takes the place of another one leaves its own control for that one's.
      name: `control:${around.node}:${channel.callId}:${options.fetchId}`,
      initial: undefined,
      behaviour: (_state, message) => this.#take(message),
      onStop: (reason, error) => {
        if (reason === 'crashed') around.log.error('control of a call crashed', { error });
        this.close();
      },
    });
    const known = channel.get('Control-Queue');
    this.#told = known !== undefined;
    this.#queue = queues.open(this, known);
    this.#queue.ready
      .then(() => setTimeout(() => this.#send({ kind: 'go' }), this.#paused ? redelivery : 0))
      // Whoever awaits `ready` is told; nobody else needs to be.
      .catch(() => undefined);
  }

  #custody(): Custody {
    const { channel, around, bus, reroute, countSuccession: count } = this.#options;
    const fetchId = (): string => this.fetchId;
    const onFetchId = (fresh: string): void => {
      this.fetchId = fresh;
    };
    return new Custody({
      entry: new CheckpointEntry(around, channel.callId),
      fetchId,
      succeed: (resume, reason) =>
        new Succession({ bus, call: this.call, resume, reason, fetchId, onFetchId, reroute, count }),
    });
  }

  /** The name of the control queue, for whoever is to command the call. */
  tellQueue(): string {
    this.#told = true;
    return this.#queue.name;
  }

  answersTo(callId: unknown): boolean {
    return typeof callId === 'string' && this.call.ids.has(callId);
  }

  letGo(): void {
    this.#accepted.close();
  }

  /** Resolves when the command is over. */
  async accept(json: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#options.around.mayAct();
    const id = String(json['Msg-ID'] ?? randomBytes(16).toString('hex'));
    await this.#accepted.accept(id, () => this.insert({ ...json, 'Msg-ID': id }));
  }

  /** Queues a command as if it had come from the control queue. */
  insert(json: Readonly<Record<string, unknown>>): void {
    this.#send({ kind: 'command', json });
  }

  /** Resolves when commands can come. */
  async ready(): Promise<void> {
    await this.#queue.ready;
  }

  /** What the completion of a command says, for an event that completes one; undefined for any other event. */
  completion(event: SwitchEvent): Completion | undefined {
    const running = this.#running.get(event['Application-UUID'] ?? '');
    if (!running) return undefined;
    const { command } = running;
    const name = command['Application-Name'];
    const extra = unitOf(name).completion?.(event, command) ?? {};
    const completion = { 'Application-Name': name, ...extra };
    const { channel, around } = this.call;
    // The command is forgotten by then: what its end says is not looked up again.
    running.again = () => around.tellEnd(channel, event, completion);
    return completion;
  }

  /** The call goes on as another leg, which is joined with `partner`. */
  follow(channel: Channel, partner: string | undefined): void {
    const { around } = this.#options;
    channel.past.inherit(this.call.channel.past);
    this.call.follow(channel, partner);
    this.call.custody.move(new CheckpointEntry(around, channel.callId));
  }

  /** Goes on with the control that another ecallmgr had of a call, as the leg that has taken the place of `before`. */
  async adopt(before: Channel, winner: string | undefined, ids: readonly string[]): Promise<void> {
    const { around, channel } = this.#options;
    this.call.follow(channel, before.otherLeg, ids);
    const entry = new CheckpointEntry(around, before.callId);
    await Promise.all([this.ready(), this.call.custody.restore(winner, entry)]);
  }

  /** The call has been sent elsewhere: what its controller wanted is void, and another one is sought. */
  restart(fetchId: string): void {
    this.fetchId = fetchId;
    this.call.custody.clear();
    this.call.fail(new AppError('call_lost'));
    this.#send({ kind: 'restart' });
  }

  /**
   * An application of the leg whose place this call has taken is over. Its bridge is told as ended only when the call
   * itself has left the bridge that it was put into.
   */
  async inherit(event: SwitchEvent): Promise<void> {
    const completion = this.completion(event);
    if (!completion) return;
    const id = event['Application-UUID'] ?? '';
    if (completion['Application-Response'] === 'SUCCESS') await this.call.unbridged(id);
    if (this.call.ended) return;
    const { channel, around } = this.call;
    await around.tellCompletion(channel, id, completion);
    this.call.complete(event);
  }

  /** The channel is gone: what is allowed afterwards still runs, then the control ends. */
  hangup(cause: string | undefined): void {
    if (this.call.ended) return;
    this.call.end(cause);
    this.call.custody.stop(true);
    this.#options.queues.ended(this.#queue);
    this.#closing = setTimeout(() => this.close(), lingerAfterHangup);
    this.#send({ kind: 'hangup' });
  }

  /** Resolves when the queue is free for another, once `close` was called. */
  async closed(): Promise<void> {
    await this.#closed;
  }

  /** Lets go of the call, which goes on without us. */
  close(): void {
    clearTimeout(this.#closing);
    this.#accepted.close();
    this.call.custody.stop(false);
    this.call.fail(new AppError('call_lost'));
    const how = this.call.ended ? 'ended' : this.#told ? 'elsewhere' : 'untold';
    this.#closed ??= Promise.allSettled([
      this.#options.queues.leave(this.#queue, this, how),
      this.#actor.stop(),
    ]);
    this.#options.onClosed();
  }

  get #log() {
    return this.#options.around.log;
  }

  #send(message: Message): void {
    try {
      this.#actor.send(message);
    } catch (error) {
      this.#log.debug('the control has ended already', { callId: this.call.callId, error: errorText(error) });
    }
  }

  #take(message: Message): undefined {
    if (message.kind === 'command') this.#insert(message.json);
    else if (message.kind === 'go') this.#paused = false;
    else if (message.kind === 'restart') this.#drop(() => false);
    else if (message.kind === 'hangup') this.#drop((command) => this.#mayRun(command));
    else this.#done(message.command);
    this.#next();
  }

  #done(command: Command): void {
    const id = command['Msg-ID'];
    this.#accepted.end(id, this.#running.get(id)?.again);
    this.#running.delete(id);
    if (this.#turn === command) this.#turn = undefined;
  }

  /** Drops what does not pass without a word: its controller knows why. */
  #drop(passes: (command: Command) => boolean): void {
    for (const command of this.#commands.keep(passes)) this.#accepted.end(command['Msg-ID']);
  }

  #insert(json: Readonly<Record<string, unknown>>): void {
    const given = { 'Msg-ID': randomBytes(16).toString('hex'), ...json };
    try {
      // Only now: the checkpoint before it may have been the one by which its sender has the call again.
      if (json['Application-Name'] !== 'checkpoint' && this.call.custody.refuses(json['Server-ID']))
        throw new AppError('call_lost');
      const command = readCommand(given);
      const members = command['Application-Name'] === 'queue' ? membersOf(command) : [command];
      const place = command['Insert-At'] ?? 'tail';
      // At the head the last goes in first, so that they run in their order.
      for (const member of place === 'head' ? members.toReversed() : members)
        this.#place({ ...member, 'Insert-At': place === 'flush' && member !== members[0] ? 'tail' : place });
    } catch (error) {
      this.#refuse(given, error);
    }
  }

  #place(command: Command): void {
    const { now, dropped, breaks } = this.#commands.insert(command);
    for (const lost of dropped)
      this.#refuse(lost, new AppError('command_failed', { message: 'it was flushed from the queue' }));
    if (breaks && this.#turn && !this.call.ended)
      this.call.break().catch((error: unknown) => this.#log.debug('nothing to break', { error }));
    if (now && this.#mayRun(now)) this.#start(now);
    else if (now) this.#refuse(now, new AppError('call_hung_up'));
  }

  #mayRun(command: Command): boolean {
    return !this.call.ended || unitOf(command['Application-Name']).afterHangup === true;
  }

  #next(): void {
    if (this.#turn || this.#paused) return;
    const command = this.#commands.shift();
    if (!command) return;
    if (!this.#mayRun(command)) {
      this.#refuse(command, new AppError('call_hung_up'));
      this.#next();
      return;
    }
    this.#turn = command;
    this.#start(command);
  }

  #start(command: Command): void {
    const name = command['Application-Name'];
    this.#running.set(command['Msg-ID'], { command });
    this.#options.countCommand(name);
    withLogContext({ callId: this.call.callId, requestId: command['Msg-ID'] }, () => this.#run(command))
      .finally(() => this.#send({ kind: 'done', command }))
      .catch(() => undefined);
  }

  /** Runs one command to its end; its completion or its failure is told before. Never rejects. */
  async #run(command: Command): Promise<void> {
    try {
      // Another process had begun it, and it has ended meanwhile.
      const end = this.call.channel.past.find(command['Msg-ID']);
      if (end && callIdOf(end) !== this.call.callId) return await this.inherit(end);
      const outcome = end
        ? await this.call.endedBefore(end)
        : await unitOf(command['Application-Name']).run(this.call, command);
      if (outcome !== told) await this.#complete(command, outcome);
    } catch (error) {
      // The controller learns that from CHANNEL_DESTROY, with the reason; or it has been told by usurp_control.
      if (hasCode(error, 'call_hung_up') || hasCode(error, 'call_lost')) return;
      this.#refuse(command, error);
    }
  }

  async #complete(command: Command, completion: Completion): Promise<void> {
    const { channel, around } = this.call;
    const fields = { 'Application-Name': command['Application-Name'], ...completion };
    const tell = () => around.tellCompletion(channel, command['Msg-ID'], fields);
    const running = this.#running.get(command['Msg-ID']);
    if (running) running.again = () => void tell().catch(() => undefined);
    await tell();
  }

  #refuse(command: Readonly<Record<string, unknown>>, error: unknown): void {
    const { callId, ended, channel } = this.call;
    const about = { callId, ended, answered: channel.answered };
    const tell = tellRefusal(this.#options.bus, this.#log, command, error, about);
    this.#accepted.end(String(command['Msg-ID']), tell);
  }
}
