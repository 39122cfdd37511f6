// What one socket has subscribed to: each binding with the token that may hear it.
import type { AppContext } from '../../core/app/index.ts';
import { AppError } from '../../core/errors/index.ts';
import { accessReq } from '../../core/messages/websockets.ts';
import type { Subject, Wanted } from './bindings/binding.ts';
import { readBinding } from './bindings/index.ts';
import type { Feed, Listener } from './feed.ts';
import type { Limits } from './settings.ts';

/** What a frame asks for. */
export interface Wish {
  readonly account: string;
  readonly token: string;
  readonly bindings: readonly string[];
}

interface Held {
  readonly account: string;
  readonly binding: string;
  readonly token: string;
  readonly listener: Listener;
}

export interface Subscriptions {
  readonly accounts: ReadonlySet<string>;
  authAccount(): string | undefined;
  /** As clients write them; of one account, or of all. */
  bindings(account?: string): string[];
  /** All of a wish or nothing. Rejects with `forbidden`, `invalid_data` or `too_many_requests`, or as the bus does. */
  add(wish: Wish): Promise<readonly string[]>;
  /** Those that there were. */
  remove(wish: Wish): Promise<readonly string[]>;
  /** Whether all tokens still may hear what they hear. Who cannot be asked now is asked next time. */
  areAllowed(): Promise<boolean>;
  end(): Promise<void>;
}

export interface SubscriptionsOptions {
  readonly context: AppContext;
  readonly feed: Feed;
  readonly limits: Limits;
  /** Whether an account may have one more socket. */
  readonly hasRoom: (account: string) => boolean;
  readonly tell: (account: string, binding: string, event: Parameters<Listener['hear']>[0]) => void;
}

export function createSubscriptions(options: SubscriptionsOptions): Subscriptions {
  const { context, feed, limits } = options;
  const held = new Map<string, Held>();
  const accounts = new Set<string>();
  let authAccount: string | undefined;
  let isOver = false;
  const keyOf = (account: string, binding: string): string => `${account} ${binding}`;

  const access = (account: string, token: string) =>
    context.bus.request(accessReq, { 'Account-ID': account, 'Auth-Token': token });

  const drop = async (keys: readonly string[]): Promise<void> => {
    for (const key of keys) {
      const one = held.get(key);
      held.delete(key);
      if (one) await feed.remove(one.listener);
    }
  };

  return {
    accounts,
    authAccount: () => authAccount,
    bindings: (account) =>
      [...held.values()]
        .filter((it) => account === undefined || it.account === account)
        .map(({ binding }) => binding),
    add: async ({ account, token, bindings }) => {
      const answer = await access(account, token);
      if (!answer.Allowed) throw refusal(answer.Reason);
      if (!accounts.has(account) && !options.hasRoom(account))
        throw new AppError('too_many_requests', { message: 'the account has too many sockets' });
      const subject = { id: account, realm: answer['Account-Realm'], store: context.store };
      const wishes = await Promise.all(bindings.map((binding) => wantedOf(binding, subject)));
      const fresh = wishes.filter(({ binding }) => !held.has(keyOf(account, binding)));
      if (held.size + fresh.length > limits.max_bindings_per_socket)
        throw new AppError('too_many_requests', {
          message: `a socket may have ${limits.max_bindings_per_socket} bindings`,
        });
      authAccount = answer['Auth-Account-ID'];
      accounts.add(account);
      for (const { binding, wanted } of fresh) {
        // The client may have gone while it was asked about.
        if (isOver) break;
        const listener: Listener = { wanted, hear: (event) => options.tell(account, binding, event) };
        held.set(keyOf(account, binding), { account, binding, token, listener });
        await feed.add(listener);
      }
      return bindings;
    },
    remove: async ({ account, bindings }) => {
      const gone = bindings.filter((binding) => held.has(keyOf(account, binding)));
      await drop(gone.map((binding) => keyOf(account, binding)));
      return gone;
    },
    areAllowed: async () => {
      const asked = new Map([...held.values()].map((it) => [keyOf(it.account, it.token), it]));
      for (const { account, token } of asked.values()) {
        const answer = await access(account, token).catch(() => undefined);
        if (answer?.Allowed === false) return false;
      }
      return true;
    },
    end: async () => {
      isOver = true;
      await drop([...held.keys()]);
    },
  };
}

/** Clients tell by its words whether they must log in again, as they do with Kazoo's. */
function refusal(why: string | undefined): AppError {
  return why === 'invalid_credentials'
    ? new AppError('invalid_credentials', { message: 'failed to authenticate token' })
    : new AppError('forbidden', { message: `not allowed: ${why}` });
}

async function wantedOf(
  binding: string,
  subject: Subject,
): Promise<{ readonly binding: string; readonly wanted: Wanted }> {
  const wanted = await readBinding(binding, subject);
  if (!wanted) throw new AppError('invalid_data', { message: `there is no binding ${binding}` });
  return { binding, wanted };
}
