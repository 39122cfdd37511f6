// Failed attempts to log in are counted by every crossbar, whichever of them was asked.
import type { Bus, Subscription } from '../../../core/amqp/index.ts';
import { loginFailed } from '../../../core/messages/crossbar.ts';
import type { Services } from '../engine/request.ts';
import type { Guessed } from './lockout.ts';

/** Tells the others. It never rejects: each still counts what it saw itself. */
export async function tellFailure(
  { bus, log }: Pick<Services, 'bus' | 'log'>,
  guessed: readonly Guessed[],
): Promise<void> {
  const Guessed = guessed.map(({ key, slack }) => ({
    Key: key,
    ...(slack !== undefined && { Slack: slack }),
  }));
  await bus
    .publish(loginFailed, { Guessed }, { serverId: bus.serverId })
    .catch((error: unknown) => log.warn('other crossbars do not know of a failed login', { error }));
}

/** Counts what others tell. */
export function hearFailures({
  bus,
  lockout,
}: { readonly bus: Bus } & Pick<Services, 'lockout'>): Promise<Subscription> {
  return bus.consume(
    { bindings: [{ exchange: 'sysconf', key: 'crossbar.login_failed' }], contracts: [loginFailed] },
    async ({ message }) => {
      // Who told it has counted it already.
      if (message['Server-ID'] === bus.serverId) return;
      await lockout.count(
        message.Guessed.map(({ Key, Slack }) => ({ key: Key, ...(Slack !== undefined && { slack: Slack }) })),
      );
    },
  );
}
