// mirliton dead-letters: messages that were given up, to look at, to handle again, or to drop.
import { type DeadLetter, type DeadLetters, openDeadLetters } from '../../../core/amqp/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import type { Cli } from '../cli.ts';
import { durableQueues } from '../cluster.ts';
import { command, flag, many, maybe, one, text } from '../command.ts';
import { countOf } from '../durations.ts';

const queueHelp = 'the queue, e.g. cdr_listener';

async function withLetters<T>(cli: Cli, work: (letters: DeadLetters) => Promise<T>): Promise<T> {
  // Says in its own words when the broker is away.
  await cli.bus();
  const letters = await openDeadLetters(cli.settings().bus.urls);
  try {
    return await work(letters);
  } finally {
    await letters.close();
  }
}

/** The queue that was named, or all that the apps tell of. */
const queuesOf = async (cli: Cli, queue: string | undefined): Promise<string[]> =>
  queue === undefined ? durableQueues(await cli.bus()) : [queue];

export const deadLettersListCommand = command({
  name: 'dead-letters list',
  summary: 'messages that were given up, the oldest first; they stay where they are',
  args: { queue: maybe(`${queueHelp}; all without it`) },
  options: { limit: text('N', 'of each queue; default 100') },
  run: async ({ args: { queue }, options: { limit = '100' } }, cli) => {
    const most = countOf('limit', limit);
    const queues = await queuesOf(cli, queue);
    const found = await withLetters(cli, async (letters) => {
      const lists: { readonly queue: string; readonly letter: DeadLetter }[] = [];
      for (const name of queues)
        lists.push(...(await letters.list(name, most)).map((letter) => ({ queue: name, letter })));
      return lists;
    });
    cli.table(
      found.map(({ queue: name, letter: { body: _, ...letter } }) => ({ queue: name, ...letter })),
      {
        queue: (it) => it.queue,
        message: (it) => it.messageId,
        'given up': (it) => it.failedAt,
        attempts: (it) => it.attempts,
        code: (it) => it.code,
        reason: (it) => it.reason,
      },
      `none in ${queues.join(', ') || 'any queue'}`,
    );
  },
});

export const deadLettersShowCommand = command({
  name: 'dead-letters show',
  summary: 'one message that was given up, with its body',
  args: { queue: one(queueHelp), message: one('its Msg-ID, from the list') },
  run: async ({ args: { queue, message } }, cli) => {
    const found = await withLetters(cli, (letters) => letters.list(queue, Number.MAX_SAFE_INTEGER));
    const letter = found.find(({ messageId }) => messageId === message);
    if (!letter) throw new AppError('not_found', { message: `there is no message ${message} in ${queue}` });
    const body = parsed(letter.body);
    cli.show({ queue, ...letter, body }, () => JSON.stringify({ queue, ...letter, body }, null, 2));
  },
});

export const deadLettersReplayCommand = command({
  name: 'dead-letters replay',
  summary: 'puts messages back into their queue, for fresh attempts',
  args: { queue: one(queueHelp), messages: many('their Msg-IDs') },
  options: { all: flag('every one of the queue') },
  run: ({ args, options }, cli) => act(cli, 'replay', args, options.all),
});

export const deadLettersDropCommand = command({
  name: 'dead-letters drop',
  summary: 'deletes messages for good',
  args: { queue: one(queueHelp), messages: many('their Msg-IDs') },
  options: { all: flag('every one of the queue') },
  run: ({ args, options }, cli) => act(cli, 'drop', args, options.all),
});

async function act(
  cli: Cli,
  what: 'replay' | 'drop',
  { queue, messages }: { readonly queue: string; readonly messages: readonly string[] },
  all: boolean,
): Promise<0 | 1> {
  if (all === messages.length > 0)
    throw new AppError('invalid_data', { message: 'which messages? Give their Msg-IDs, or --all' });
  const count = await withLetters(cli, (letters) => letters[what](queue, all ? undefined : messages));
  cli.done(`${count} ${what === 'replay' ? 'put back' : 'dropped'}`, { queue, count });
  return !all && count < messages.length ? 1 : 0;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
