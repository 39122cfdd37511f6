// What the AMQP suite has in common: the broker under test, and an amqplib client that waits for events, never for time.
import { once } from 'node:events';
import {
  type Channel,
  type ChannelModel,
  type ConfirmChannel,
  type ConsumeMessage,
  connect,
  type Options,
} from 'amqplib';
import { type Broker, startBroker } from '../../../rel/embedded/broker/index.ts';

/** The address of a real broker; without it the suite starts the embedded one. */
export const REAL_URL = process.env['MIRLITON_AMQP_URL'];

export interface Client {
  url: string;
  connection: ChannelModel;
  channel: ConfirmChannel;
}

/** Gives each test of the enclosing `describe` a connection and a confirm channel of its own. */
export function useBroker(): Client {
  const client = {} as Client;
  let broker: Broker | undefined;
  before(async () => {
    if (!REAL_URL) broker = await startBroker({ host: '127.0.0.1', port: 0 });
    client.url = REAL_URL ?? broker?.url ?? '';
  });
  after(async () => {
    await broker?.stop();
  });
  beforeEach(async () => {
    client.connection = await open(client.url);
    client.channel = await openChannel(client.connection);
  });
  afterEach(async () => {
    await client.connection.close().catch(() => {});
  });
  return client;
}

export async function open(url: string): Promise<ChannelModel> {
  const connection = await connect(url);
  // Expected errors are awaited where they are provoked; without a listener they would end the process.
  connection.on('error', () => {});
  return connection;
}

export async function openChannel(connection: ChannelModel): Promise<ConfirmChannel> {
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  return channel;
}

/** An exclusive queue with a name of the server's. */
export async function queueWith(channel: Channel, options: Options.AssertQueue = {}): Promise<string> {
  const { queue } = await channel.assertQueue('', { exclusive: true, ...options });
  return queue;
}

let counter = 0;
/** A name that no other test and no other run uses. */
export function unique(prefix: string): string {
  return `${prefix}-${process.pid}-${Date.now().toString(36)}-${counter++}`;
}

/** Publishes and waits until the broker has taken it. */
export async function put(
  channel: ConfirmChannel,
  exchange: string,
  key: string,
  text: string,
  options: Options.Publish = {},
): Promise<void> {
  channel.publish(exchange, key, Buffer.from(text), options);
  await channel.waitForConfirms();
}

export class Inbox {
  readonly #messages: (ConsumeMessage | null)[] = [];
  #wake: () => void = () => {};
  tag = '';

  /** Consumes; `next` gives what comes, null for a cancel by the broker. */
  static async on(channel: Channel, queue: string, options: Options.Consume = {}): Promise<Inbox> {
    const inbox = new Inbox();
    const { consumerTag } = await channel.consume(queue, (message) => inbox.#push(message), options);
    inbox.tag = consumerTag;
    return inbox;
  }

  #push(message: ConsumeMessage | null): void {
    this.#messages.push(message);
    this.#wake();
  }

  /** What has come and was not taken. */
  get size(): number {
    return this.#messages.length;
  }

  async nextOrCancel(): Promise<ConsumeMessage | null> {
    while (this.#messages.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#messages.shift() ?? null;
  }

  async next(): Promise<ConsumeMessage> {
    const message = await this.nextOrCancel();
    if (!message) throw new Error('cancelled by the broker');
    return message;
  }

  async texts(count: number): Promise<string[]> {
    const texts: string[] = [];
    while (texts.length < count) texts.push((await this.next()).content.toString());
    return texts;
  }
}

/** The reply code with which the broker closes the channel on account of `act`. */
export async function channelRefusal(channel: Channel, act: () => unknown): Promise<number> {
  return refusal(channel, act);
}

/** The reply code with which the broker closes the connection on account of `act`. */
export async function connectionRefusal(connection: ChannelModel, act: () => unknown): Promise<number> {
  return refusal(connection, act);
}

async function refusal(emitter: Channel | ChannelModel, act: () => unknown): Promise<number> {
  const failed = once(emitter, 'error').then(
    (args) => args[0] as { code?: number },
    (error: { code?: number }) => error,
  );
  Promise.resolve(act()).catch(() => {});
  return (await failed).code ?? 0;
}

/** One message, which must be there. */
export async function take(channel: Channel, queue: string): Promise<string> {
  const message = await channel.get(queue, { noAck: true });
  if (!message) throw new Error(`queue ${queue} is empty`);
  return message.content.toString();
}

export async function readyCount(channel: Channel, queue: string): Promise<number> {
  return (await channel.checkQueue(queue)).messageCount;
}
