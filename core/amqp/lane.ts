// One consumer on a channel of its own: declared again whenever the channel, the queue or the connection is lost.
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { AppError, errorText } from '../errors/index.ts';
import type { Logger } from '../log/index.ts';
import type { Binding } from './bus.ts';
import { exchangeType } from './exchanges.ts';
import { bindQueue, declareQueue, exchangesOf, isPreconditionFailed, unbindQueue } from './topology.ts';
import type { Incoming, QueueSpec, TransportConsumer } from './transport.ts';
import { within } from './within.ts';

const shortestWait = 50;
// As the connection itself: calls wait for it.
const longestWait = 1_000;
const answerTimeout = 1_000;
/**
 * Milliseconds after a return at which a queue and its bindings are looked at again. When a node of a RabbitMQ cluster dies,
 * the others remove its queues over some seconds, by name: those made anew meanwhile too, with not a word to their consumers.
 */
const looks: readonly number[] = [2_000, 4_000, 6_000, 10_000, 20_000];

export interface LaneOptions {
  readonly spec: QueueSpec;
  readonly onMessage: (message: Incoming) => void;
  readonly log: Logger;
  /** When it is looked at after a return; for tests. */
  readonly looks?: readonly number[];
}

/** What amqplib consumers run on. `up` and `down` follow the connection. */
export class Lane implements TransportConsumer {
  readonly #options: LaneOptions;
  readonly #bindings: Binding[];
  readonly #waiters = new Set<{ resolve: (channel: Channel) => void; reject: (error: AppError) => void }>();
  #model: ChannelModel | undefined;
  /** Set while messages can come. */
  #channel: Channel | undefined;
  #consumerTag = '';
  #attempts = 0;
  #timer: NodeJS.Timeout | undefined;
  #looking: NodeJS.Timeout[] = [];
  #looked: Promise<void> = Promise.resolve();
  #connections = 0;
  #wasReady = false;
  /** How often it was declared. */
  #declared = 0;
  /** Of the bindings on this connection. */
  #turn = 0;
  #ended = false;
  /** False when the broker did not answer the cancel: then there is no use in waiting for it again. */
  #answers = true;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#bindings = [...options.spec.bindings];
  }

  up(model: ChannelModel): void {
    this.#model = model;
    this.#turn = 0;
    this.#attempts = 0;
    this.#connections += 1;
    void this.#establish(model);
    if (this.#connections === 1 || this.#ended) return;
    for (const after of this.#options.looks ?? looks)
      this.#looking.push(setTimeout(() => this.#lookNext(), after * (0.75 + Math.random() / 2)).unref());
  }

  down(): void {
    this.#model = undefined;
    this.#channel = undefined;
    clearTimeout(this.#timer);
    this.#lookNoMore();
  }

  get isReady(): boolean {
    return this.#channel !== undefined;
  }

  /** The channel, when messages can come. Rejects when the queue can never be had, or when the lane has ended. */
  ready(): Promise<Channel> {
    if (this.#channel) return Promise.resolve(this.#channel);
    return new Promise((resolve, reject) => {
      if (this.#ended) reject(ended());
      else this.#waiters.add({ resolve, reject });
    });
  }

  async bind(binding: Binding): Promise<void> {
    this.#bindings.push(binding);
    await this.#change(async (channel) => {
      if (this.#model) await bindQueue(channel, exchangesOf(this.#model), this.#only(binding), this.#turn);
    });
  }

  async unbind({ exchange, key }: Binding): Promise<void> {
    const index = this.#bindings.findIndex((it) => it.exchange === exchange && it.key === key);
    if (index >= 0) this.#bindings.splice(index, 1);
    await this.#change(async (channel) => {
      // The next turn may be under way.
      for (let turn = 0; turn <= this.#turn + 1; turn += 1)
        await unbindQueue(channel, this.#only({ exchange, key }), turn);
    });
  }

  #only(binding: Binding): QueueSpec {
    return { ...this.#spec, bindings: [binding] };
  }

  /**
   * The queue as it is declared now. A private one has another name each time, and is addressed by the same key: a dead
   * connection may hold the one before, and a dying node of a cluster takes away by name what was declared anew meanwhile.
   */
  get #spec(): QueueSpec {
    const { spec } = this.#options;
    const name = spec.kind === 'private' && this.#declared > 1 ? `${spec.name}~${this.#declared}` : spec.name;
    return { ...spec, name, bindings: [...this.#bindings] };
  }

  /** No message comes after this. */
  async cancel(): Promise<void> {
    this.end();
    // Without a channel there is nothing to cancel; with one that is being lost neither.
    if (this.#channel) this.#answers = await within(this.#channel.cancel(this.#consumerTag), answerTimeout);
  }

  async release(): Promise<void> {
    this.end();
    const channel = this.#channel;
    this.#channel = undefined;
    if (channel && this.#answers) await within(closeQuietly(channel), answerTimeout);
  }

  /** Is not declared again from now on. */
  end(): void {
    this.#end(ended());
  }

  /** Runs a change on the channel; when that is lost meanwhile, again on the next one. */
  async #change(work: (channel: Channel) => Promise<void>): Promise<void> {
    for (;;) {
      const channel = await this.ready();
      try {
        await work(channel);
        return;
      } catch (error) {
        if (this.#channel === channel) throw error;
      }
    }
  }

  #end(error: AppError): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#lookNoMore();
    for (const { reject } of this.#waiters) reject(error);
    this.#waiters.clear();
  }

  async #establish(model: ChannelModel): Promise<void> {
    const { log } = this.#options;
    this.#declared += 1;
    const spec = this.#spec;
    let channel: Channel | undefined;
    try {
      channel = await model.createChannel();
      const mine = channel;
      let lost = false;
      channel.on('error', (error) => log.warn('a channel failed', { queue: spec.name, error }));
      channel.on('close', () => {
        lost = true;
        this.#lost(model, mine);
      });
      if (spec.prefetch > 0) await channel.prefetch(spec.prefetch);
      await declareQueue(channel, exchangesOf(model), spec);
      const { consumerTag } = await channel.consume(spec.name, this.#receiver(model, mine), {
        noAck: spec.prefetch === 0,
      });
      if (this.#ended || this.#model !== model) return await closeQuietly(channel);
      if (lost) throw new Error('the channel was lost while its consumer started');
      this.#attempts = 0;
      this.#channel = channel;
      this.#consumerTag = consumerTag;
      for (const { resolve } of this.#waiters) resolve(channel);
      this.#waiters.clear();
      if (this.#wasReady) spec.onBack?.();
      this.#wasReady = true;
    } catch (error) {
      exchangesOf(model).forget();
      if (channel) await closeQuietly(channel);
      this.#refused(model, error);
    }
  }

  /** One after the other, however slow the broker is: two that are at work on the same turn take away what the first has made. */
  #lookNext(): void {
    this.#looked = this.#looked.then(() => this.#look());
  }

  /**
   * Whether the broker still knows the queue with its consumer. Its bindings are made anew, in another turn, before the old ones
   * are taken away: one that is listed may have lost its effect, and to make the same again would change nothing. Only topic
   * exchanges lose those of a queue whose name is new.
   */
  async #look(): Promise<void> {
    const { log, spec } = this.#options;
    const mayBeLost = ({ exchange }: Binding): boolean =>
      spec.kind !== 'private' || exchangeType(exchange) === 'topic';
    const all = this.#spec;
    const bound = { ...all, bindings: all.bindings.filter(mayBeLost) };
    const [channel, model] = [this.#channel, this.#model];
    // One that is being declared is looked at next time.
    if (!channel || !model) return;
    try {
      const { consumerCount } = await channel.checkQueue(bound.name);
      if (consumerCount === 0) throw new Error('the broker knows no consumer of it');
      await bindQueue(channel, exchangesOf(model), bound, this.#turn + 1);
      this.#turn += 1;
      await unbindQueue(channel, bound, this.#turn - 1);
      const left = bound.bindings.filter((binding) => !this.#bindings.includes(binding));
      for (const binding of left) await unbindQueue(channel, this.#only(binding), this.#turn);
    } catch (error) {
      if (this.#channel !== channel || this.#ended) return;
      log.warn('a queue was lost behind our back; declaring it again', { queue: bound.name, error });
      await closeQuietly(channel);
    }
  }

  #lookNoMore(): void {
    for (const timer of this.#looking.splice(0)) clearTimeout(timer);
  }

  #refused(model: ChannelModel, error: unknown): void {
    if (this.#ended || this.#model !== model) return;
    const { spec, log } = this.#options;
    if (
      isPreconditionFailed(error) &&
      this.#waiters.size > 0 &&
      errorText(error).includes(`queue '${spec.name}'`)
    ) {
      const message = `queue ${spec.name} exists with other properties: delete it or choose another name`;
      this.#end(new AppError('bus_unreachable', { message, cause: error }));
      return;
    }
    if (this.#attempts % 10 === 0) log.warn('a queue cannot be consumed yet', { queue: spec.name, error });
    this.#again(model);
  }

  #again(model: ChannelModel): void {
    const wait = Math.min(longestWait, shortestWait * 2 ** this.#attempts);
    this.#attempts += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        if (!this.#ended && this.#model === model) void this.#establish(model);
      },
      wait * (0.5 + Math.random() / 2),
    );
  }

  #lost(model: ChannelModel, channel: Channel): void {
    if (this.#channel !== channel) return;
    this.#channel = undefined;
    if (!this.#ended && this.#model === model) this.#again(model);
  }

  #receiver(model: ChannelModel, channel: Channel): (message: ConsumeMessage | null) => void {
    const { spec, onMessage, log } = this.#options;
    const acknowledges = spec.prefetch > 0;
    return (message) => {
      if (message === null) {
        log.warn('the broker cancelled a consumer; declaring it again', { queue: spec.name });
        exchangesOf(model).forget();
        void closeQuietly(channel);
        return;
      }
      onMessage(incomingOf(message, acknowledges ? () => this.#ack(channel, message) : nothing));
    };
  }

  #ack(channel: Channel, message: ConsumeMessage): void {
    try {
      channel.ack(message);
    } catch {
      // The channel is gone: the broker has taken the message back and delivers it again.
    }
  }
}

const nothing = (): void => undefined;

const ended = () => new AppError('stopping', { message: 'the consumer has been stopped' });

/** Closing what is closed already throws: then the work is done. */
async function closeQuietly(channel: Channel): Promise<void> {
  try {
    await channel.close();
  } catch {
    // closed already
  }
}

function incomingOf({ content, fields, properties }: ConsumeMessage, ack: () => void): Incoming {
  return {
    body: content,
    exchange: fields.exchange,
    routingKey: fields.routingKey,
    redelivered: fields.redelivered,
    messageId: properties.messageId as string | undefined,
    replyTo: properties.replyTo as string | undefined,
    correlationId: properties.correlationId as string | undefined,
    headers: properties.headers ?? {},
    ack,
  };
}
