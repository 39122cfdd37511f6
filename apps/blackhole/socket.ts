// One websocket: what its client asks for, in order, and what it is told.
import { randomBytes } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import type { AppContext } from '../../core/app/index.ts';
import { isRecord } from '../../core/contract/index.ts';
import { gregorian } from '../../core/couch/index.ts';
import { AppError, errorText } from '../../core/errors/index.ts';
import { snakeCase } from '../../core/messages/snake-case.ts';
import type { Feed } from './feed.ts';
import type { Limits } from './settings.ts';
import { createSubscriptions, type Wish } from './subscriptions.ts';

/** Why the server closes a socket (RFC 6455 §7.4.2: codes of our own begin at 4000). */
export const closings = {
  tokenEnded: [4401, 'the token is good no more'],
  tooSlow: [4408, 'the reader is too slow'],
  tooMany: [4429, 'too many sockets'],
  tooFast: [4430, 'too many frames at once'],
  stopping: [1001, 'the server is stopping'],
} as const;

type Json = Record<string, unknown>;

export interface Client {
  readonly id: string;
  readonly ip: string;
  readonly accounts: ReadonlySet<string>;
  /** As `websockets` of the REST API shows it. */
  describe(account: string): Json;
  /** Asks again whether its tokens are good, and closes it when one is not. */
  check(): Promise<void>;
  close(why: keyof typeof closings): void;
  /** Resolves when nothing of it is left. */
  end(): Promise<void>;
}

export interface ClientOptions {
  readonly context: AppContext;
  readonly feed: Feed;
  readonly limits: Limits;
  readonly ip: string;
  /** Whether an account may have one more socket. */
  readonly hasRoom: (account: string) => boolean;
  readonly onEvent: () => void;
}

export function serveClient(socket: WebSocket, options: ClientOptions): Client {
  const { context, limits } = options;
  const id = randomBytes(16).toString('hex');
  const since = gregorian();
  let name: unknown;
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();

  const close = (why: keyof typeof closings): void => {
    const [code, reason] = closings[why];
    socket.close(code, reason);
  };
  const send = (frame: Json): void => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > limits.max_buffered_bytes) {
      close('tooSlow');
      // It would not read the closing either.
      socket.terminate();
      return;
    }
    socket.send(JSON.stringify(frame));
  };
  const subscriptions = createSubscriptions({
    ...options,
    tell: (account, binding, { message, routingKey }) => {
      options.onEvent();
      send({
        action: 'event',
        subscribed_key: binding,
        subscription_key: binding.replace('.', `.${account}.`),
        name: message['Event-Name'],
        routing_key: routingKey,
        data: snakeCase(message),
      });
    },
  });
  const reply = (frame: Json, status: 'success' | 'error', data: Json): void =>
    send({ action: 'reply', request_id: frame['request_id'], status, data });

  const run = async (frame: Json): Promise<void> => {
    const { action } = frame;
    if (frame['name'] !== undefined) name = frame['name'];
    if (action === 'ping') return reply(frame, 'success', { response: 'pong' });
    if (action !== 'subscribe' && action !== 'unsubscribe')
      throw new AppError('invalid_data', { message: 'action must be subscribe, unsubscribe or ping' });
    const wish = wishOf(frame);
    const changed =
      action === 'subscribe'
        ? { subscribed: await subscriptions.add(wish) }
        : { unsubscribed: await subscriptions.remove(wish) };
    reply(frame, 'success', { ...changed, subscriptions: subscriptions.bindings() });
  };

  const take = async (data: RawData): Promise<void> => {
    const frame = parse(data);
    try {
      await run(frame);
    } catch (error) {
      if (!(error instanceof AppError)) context.log.error('a frame was not handled', { error });
      reply(frame, 'error', { errors: [errorText(error)] });
    }
  };
  socket.on('message', (data) => {
    if (waiting >= limits.max_waiting_frames) return close('tooFast');
    waiting += 1;
    last = last
      .then(() => take(data))
      .then(() => {
        waiting -= 1;
      });
  });

  return {
    id,
    ip: options.ip,
    accounts: subscriptions.accounts,
    close,
    describe: (account) => ({
      websocket_session_id: id,
      auth_account_id: subscriptions.authAccount(),
      account_id: account,
      bindings: subscriptions.bindings(account),
      source: options.ip,
      timestamp: since,
      ...(name !== undefined && { name }),
    }),
    check: async () => {
      if (!(await subscriptions.areAllowed())) close('tokenEnded');
    },
    end: async () => {
      await last;
      await subscriptions.end();
    },
  };
}

function parse(data: RawData): Json {
  try {
    const frame: unknown = JSON.parse(String(data));
    if (isRecord(frame)) return frame;
  } catch {
    // Answered below as any frame that is none.
  }
  return {};
}

function wishOf({ auth_token, data }: Json): Wish {
  const { account_id, binding, bindings } = isRecord(data) ? data : {};
  const list = [binding, ...(Array.isArray(bindings) ? bindings : [])].filter(
    (one): one is string => typeof one === 'string' && one !== '',
  );
  if (typeof auth_token !== 'string' || auth_token === '')
    throw new AppError('invalid_credentials', { message: 'auth_token is missing' });
  if (typeof account_id !== 'string' || !/^[0-9a-f]{32}$/.test(account_id))
    throw new AppError('invalid_data', { message: 'data.account_id must be 32 hexadecimal digits' });
  if (list.length === 0)
    throw new AppError('invalid_data', { message: 'data.binding or data.bindings is missing' });
  return { account: account_id, token: auth_token, bindings: [...new Set(list)] };
}
