// Call events are told several times a call: they are heard only while there is a hook that wants them.
import type { Binding, Subscription } from '../../core/amqp/index.ts';
import type { AppContext } from '../../core/app/index.ts';
import type { HookName } from '../../core/documents/webhook.ts';

/** Events that nobody needs to hear while there is no hook of this name. */
export interface OnDemand {
  readonly hook: HookName;
  readonly binding: Binding;
}

/** Changes that were not heard of, because the broker was away, are found within this time, in milliseconds. */
const lookEvery = 60_000;

export interface Demand {
  /** The hooks whose events are heard. */
  heard(): HookName[];
  stop(): Promise<void>;
}

/** Binds and unbinds as hooks come and go, until stopped. Resolves when what is wanted now is bound. */
export async function followDemand(
  { store, log }: AppContext,
  subscription: Subscription,
  all: readonly OnDemand[],
): Promise<Demand> {
  const hooks = store.database('webhooks');
  const exists = async (key: string): Promise<boolean> =>
    (await hooks.view('webhooks', 'hook_listing', { key, limit: 1, fresh: true })).length > 0;
  // Unknown at first: the queue outlives its processes, with its bindings.
  const bound = new Map<OnDemand, boolean>();

  const look = async (): Promise<void> => {
    const anything = await exists('all');
    for (const events of all) {
      const wanted = anything || (await exists(events.hook));
      if (bound.get(events) === wanted) continue;
      await (wanted ? subscription.bind(events.binding) : subscription.unbind(events.binding));
      bound.set(events, wanted);
    }
  };

  // One look after the other, each with what was changed before it began.
  let looking = Promise.resolve();
  let owed = false;
  const again = (): Promise<void> => {
    if (owed) return looking;
    owed = true;
    looking = looking
      .then(() => {
        owed = false;
        return look();
      })
      .catch((error: unknown) =>
        log.warn('it is not known which hooks want to hear of calls', { error, tryAgainMs: lookEvery }),
      );
    return looking;
  };
  const forget = store.onChange(({ database }) => {
    if (database === 'webhooks') void again();
  });
  const timer = setInterval(() => void again(), lookEvery).unref();
  await again();
  return {
    heard: () => all.filter((events) => bound.get(events) === true).map(({ hook }) => hook),
    stop: async () => {
      forget();
      clearInterval(timer);
      await looking;
    },
  };
}
