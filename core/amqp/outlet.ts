// One channel to publish on: in order, held back when the broker asks for it, buffered with a bound while it is away.
import type { Channel, ChannelModel, ConfirmChannel, Message, Options } from 'amqplib';
import { AppError, errorText } from '../errors/index.ts';
import type { Logger } from '../log/index.ts';
import { type Exchanges, exchangesOf } from './topology.ts';
import type { Outgoing } from './transport.ts';

const maxBuffered = 10_000;
const retryMs = 1_000;

interface Job {
  readonly message: Outgoing;
  readonly resolve: () => void;
  readonly reject: (error: AppError) => void;
  readonly done: Promise<void>;
  timer?: NodeJS.Timeout;
}

export interface OutletOptions {
  /** Every message is awaited until the broker has it. */
  readonly confirms: boolean;
  readonly log: Logger;
  readonly onReturned: (messageId: string) => void;
}

const written: Promise<void> = Promise.resolve();

/** A publishing channel over whatever connection there is. */
export class Outlet {
  readonly #options: OutletOptions;
  readonly #queue: Job[] = [];
  readonly #unconfirmed = new Set<Job>();
  readonly #returned = new Set<string>();
  #model: ChannelModel | undefined;
  #exchanges: Exchanges | undefined;
  #channel: Channel | undefined;
  /** The socket's buffer is full until `drain`. */
  #full = false;
  /** The broker has said that it takes no messages. */
  #held = false;
  #declaring = false;
  #closed = false;

  constructor(options: OutletOptions) {
    this.#options = options;
  }

  get buffered(): number {
    return this.#queue.length;
  }

  publish(message: Outgoing): Promise<void> {
    if (this.#options.confirms || this.#queue.length > 0 || !this.#ready(message.exchange))
      return this.#wait(message);
    const problem = this.#put(message);
    return problem ? Promise.reject(problem) : written;
  }

  up(model: ChannelModel): void {
    this.#model = model;
    this.#exchanges = exchangesOf(model);
    this.#held = false;
    void this.#open(model);
  }

  down(): void {
    this.#model = undefined;
  }

  hold(held: boolean): void {
    this.#held = held;
    this.#pump();
  }

  /** Resolves when all that was given so far is written or confirmed, or has failed. */
  async flushed(): Promise<void> {
    await Promise.allSettled([...this.#queue, ...this.#unconfirmed].map(({ done }) => done));
  }

  /**
   * Ends the channel: the broker answers when it has read all that was written before. Without it the goodbye of the
   * connection, which goes out on a channel of its own, may overtake the last messages.
   */
  async end(): Promise<void> {
    await this.flushed();
    this.#closed = true;
    try {
      await this.#channel?.close();
    } catch {
      // One that is closing or gone has nothing left to tell.
    }
  }

  /** Rejects what was not written or confirmed. */
  close(): void {
    this.#closed = true;
    for (const job of [...this.#queue.splice(0), ...this.#unconfirmed])
      settle(job, stopping('the bus closed before the broker took the message'));
    this.#unconfirmed.clear();
  }

  async #open(model: ChannelModel): Promise<void> {
    const { confirms, log } = this.#options;
    try {
      const channel = confirms ? await model.createConfirmChannel() : await model.createChannel();
      if (this.#model !== model) return;
      channel.on('error', (error) => log.error('a publishing channel failed; opening another', { error }));
      // Before amqplib's own listener, which fails what is unconfirmed: that is to go out again.
      channel.prependListener('close', () => this.#lost(model));
      channel.on('drain', () => {
        this.#full = false;
        this.#pump();
      });
      channel.on('return', (message: Message) => this.#return(String(message.properties.messageId)));
      this.#channel = channel;
      this.#full = false;
      this.#pump();
    } catch (error) {
      // When the connection went down, the next one brings a channel.
      if (this.#model !== model || this.#closed) return;
      log.error('no publishing channel', { error });
      setTimeout(() => {
        if (this.#model === model && this.#channel === undefined) void this.#open(model);
      }, retryMs).unref();
    }
  }

  #return(messageId: string): void {
    if (this.#options.confirms) this.#returned.add(messageId);
    else this.#options.onReturned(messageId);
  }

  /** The channel has gone: what it had not confirmed goes out again, before all else. */
  #lost(model: ChannelModel): void {
    this.#channel = undefined;
    this.#exchanges?.forget();
    this.#returned.clear();
    this.#queue.unshift(...this.#unconfirmed);
    this.#unconfirmed.clear();
    if (this.#model === model && !this.#closed) void this.#open(model);
  }

  #ready(exchange: string): boolean {
    return (
      this.#channel !== undefined && !this.#full && !this.#held && this.#exchanges?.has(exchange) === true
    );
  }

  #wait(message: Outgoing): Promise<void> {
    if (this.#closed) return Promise.reject(stopping('the bus of this process is closed'));
    if (this.#queue.length >= maxBuffered)
      return Promise.reject(
        new AppError('bus_unreachable', { message: `${maxBuffered} messages wait for the broker already` }),
      );
    const { promise, resolve, reject } = deferred();
    const job: Job = { message, resolve, reject, done: promise };
    job.timer = setTimeout(() => this.#expire(job), Math.max(0, message.deadline - Date.now()));
    this.#queue.push(job);
    this.#pump();
    return promise;
  }

  #expire(job: Job): void {
    const index = this.#queue.indexOf(job);
    if (index >= 0) this.#queue.splice(index, 1);
    this.#unconfirmed.delete(job);
    const { exchange, key } = job.message;
    const message = `the broker did not take a message to ${exchange}/${key} in time`;
    job.reject(new AppError('bus_unreachable', { message }));
  }

  #pump(): void {
    for (let job = this.#queue[0]; job !== undefined; job = this.#queue[0]) {
      const { exchange } = job.message;
      if (this.#channel && this.#exchanges?.has(exchange) === false) {
        void this.#declare(this.#channel, exchange);
        return;
      }
      if (!this.#ready(exchange)) return;
      this.#queue.shift();
      this.#write(job);
    }
  }

  async #declare(channel: Channel, exchange: string): Promise<void> {
    if (this.#declaring) return;
    this.#declaring = true;
    try {
      await this.#exchanges?.ensure(channel, exchange);
    } catch (error) {
      this.#options.log.error('an exchange cannot be declared', { exchange, error });
    }
    this.#declaring = false;
    if (this.#channel === channel) this.#pump();
  }

  #write(job: Job): void {
    if (!this.#options.confirms) {
      settle(job, this.#put(job.message));
      return;
    }
    this.#unconfirmed.add(job);
    const problem = this.#put(job.message, (error) => {
      // Not there any more: its channel was lost, and it waits to go out again; or it was too late.
      if (!this.#unconfirmed.delete(job)) return;
      const { exchange, key, messageId } = job.message;
      if (this.#returned.delete(messageId))
        settle(job, new AppError('nobody_listens', { message: `nobody listens on ${exchange}/${key}` }));
      else if (error)
        settle(job, new AppError('bus_unreachable', { message: 'the broker refused the message' }));
      else settle(job);
    });
    if (problem && this.#unconfirmed.delete(job)) settle(job, problem);
  }

  /** Writes a message; answers what amqplib has against it, if anything. */
  #put(message: Outgoing, onConfirm?: (error: unknown) => void): AppError | undefined {
    const { exchange, key, body } = message;
    const options = propertiesOf(message);
    const channel = this.#channel as ConfirmChannel;
    try {
      this.#full = !(onConfirm
        ? channel.publish(exchange, key, body, options, onConfirm)
        : channel.publish(exchange, key, body, options));
      return undefined;
    } catch (cause) {
      return new AppError('bus_unreachable', { message: `not published: ${errorText(cause)}`, cause });
    }
  }
}

function settle(job: Job, error?: AppError): void {
  clearTimeout(job.timer);
  if (error) job.reject(error);
  else job.resolve();
}

function deferred() {
  let resolve: () => void = () => undefined;
  let reject: (error: AppError) => void = () => undefined;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

const stopping = (message: string) => new AppError('stopping', { message });

function propertiesOf(message: Outgoing): Options.Publish {
  const options: Options.Publish = {
    contentType: 'application/json',
    // Kazoo counts microseconds here (contract/kapi.md §1).
    timestamp: Date.now() * 1_000,
  };
  // The Msg-ID stands in the body: here it serves to know what was returned or is delivered twice.
  if (message.mandatory || message.persistent) options.messageId = message.messageId;
  if (message.mandatory) options.mandatory = true;
  if (message.persistent) options.persistent = true;
  if (message.priority !== undefined) options.priority = message.priority;
  if (message.correlationId !== undefined) options.correlationId = message.correlationId;
  if (message.replyTo !== undefined) options.replyTo = message.replyTo;
  if (message.headers !== undefined) options.headers = message.headers;
  return options;
}
