// The operator's hand in the dead letters of a durable queue: list, replay, drop.
import { type ConfirmChannel, connect, type GetMessage } from 'amqplib';
import { AppError } from '../errors/index.ts';
import { deadLetterQueue, retryHeaders } from './retries.ts';

/** A message that was given up. */
export interface DeadLetter {
  readonly messageId: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly attempts: number;
  readonly code: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly failedAt: string;
  /** The body as text. */
  readonly body: string;
}

export interface DeadLetters {
  /** The oldest dead letters of a queue; they stay where they are. */
  list(queue: string, limit?: number): Promise<readonly DeadLetter[]>;
  /** Puts them back into the queue for fresh attempts: those with these Msg-IDs, or all. Answers how many. */
  replay(queue: string, messageIds?: readonly string[]): Promise<number>;
  /** Deletes them: those with these Msg-IDs, or all. Answers how many. */
  drop(queue: string, messageIds?: readonly string[]): Promise<number>;
  close(): Promise<void>;
}

/** Connects to the first broker that answers. Rejects with `bus_unreachable` when none does. */
export async function openDeadLetters(urls: readonly string[]): Promise<DeadLetters> {
  const connection = await connectAny(urls);
  // A failure reaches the caller through the call that it ends.
  connection.on('error', () => undefined);

  /** Runs over the dead letters; what `work` does not take goes back when the channel closes. */
  const visit = async (
    queue: string,
    limit: number,
    work: (letter: GetMessage, channel: ConfirmChannel) => Promise<boolean>,
  ): Promise<number> => {
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
    let taken = 0;
    try {
      const { messageCount } = await channel.checkQueue(deadLetterQueue(queue));
      for (let left = Math.min(messageCount, limit); left > 0; left -= 1) {
        const letter = await channel.get(deadLetterQueue(queue), { noAck: false });
        if (letter === false) break;
        if (!(await work(letter, channel))) continue;
        channel.ack(letter);
        taken += 1;
      }
      await channel.close();
    } catch (cause) {
      throw new AppError('not_found', { message: `no dead letters of a queue ${queue} can be read`, cause });
    }
    return taken;
  };
  const chosen = (letter: GetMessage, ids?: readonly string[]) =>
    ids === undefined || ids.includes(String(letter.properties.messageId));

  return {
    list: async (queue, limit = 100) => {
      const letters: DeadLetter[] = [];
      await visit(queue, limit, async (letter) => {
        letters.push(describe(letter));
        return false;
      });
      return letters;
    },
    replay: (queue, messageIds) =>
      visit(queue, Number.POSITIVE_INFINITY, async (letter, channel) => {
        if (!chosen(letter, messageIds)) return false;
        const { [retryHeaders.attempts]: _, ...headers } = letter.properties.headers ?? {};
        channel.sendToQueue(queue, letter.content, { ...letter.properties, persistent: true, headers });
        await channel.waitForConfirms();
        return true;
      }),
    drop: (queue, messageIds) =>
      visit(queue, Number.POSITIVE_INFINITY, async (letter) => chosen(letter, messageIds)),
    close: () => connection.close(),
  };
}

async function connectAny(urls: readonly string[]) {
  let cause: unknown;
  for (const url of urls) {
    try {
      return await connect(url, { timeout: 5_000 });
    } catch (error) {
      cause = error;
    }
  }
  throw new AppError('bus_unreachable', { cause });
}

function describe({ content, properties }: GetMessage): DeadLetter {
  const headers: Record<string, unknown> = properties.headers ?? {};
  const text = (name: string) => String(headers[name] ?? '');
  return {
    messageId: String(properties.messageId ?? ''),
    exchange: text(retryHeaders.exchange),
    routingKey: text(retryHeaders.routingKey),
    attempts: Number(headers[retryHeaders.attempts] ?? 0),
    code: text(retryHeaders.code),
    reason: text(retryHeaders.reason),
    failedAt: text(retryHeaders.failedAt),
    body: content.toString('utf8'),
  };
}
