// webhooks: tells the URLs of accounts of what happens in them.
import { randomBytes } from 'node:crypto';
import type { Delivery as Message } from '../../core/amqp/index.ts';
import type { App, AppContext, RunningApp } from '../../core/app/index.ts';
import { type AnyMessage, isRecord } from '../../core/contract/index.ts';
import { webhook } from '../../core/documents/index.ts';
import { webhookTold } from '../../core/messages/notification.ts';
import { snakeCase } from '../../core/messages/snake-case.ts';
import { courier, type Delivery } from './deliver.ts';
import { followDemand } from './demand.ts';
import { failureCount, isOn } from './failures.ts';
import { sources } from './hooks/index.ts';
import { type Hook, isHook, type Payload } from './hooks/source.ts';
import { createLanes } from './lanes.ts';
import { settingOf } from './settings.ts';
import { subscribers } from './subscribers.ts';

/** The webhooks app. All of its processes share one queue, so that each event is handled by one of them. */
export const webhooks: App = { name: 'webhooks', start };

/** Events that a process handles at a time; each is acknowledged when all its hooks were told or given up. */
const prefetch = 1000;

async function start(context: AppContext): Promise<RunningApp> {
  const { store, bus, metrics, systemConfig } = context;
  await store.ensure('webhooks', 'webhooks');
  await store.ensure('accounts', 'accounts');
  const stopping = new AbortController();
  const { deliver, refuse } = courier(context, stopping.signal);
  const failed = failureCount(context);
  const lanes = createLanes();
  const counted = metrics.counter('webhooks_deliveries_total', 'Events that hooks were told of', [
    'hook',
    'result',
  ]);
  metrics.gauge('webhooks_waiting', 'Deliveries that wait for others to the same hook', lanes.waiting);

  const tell = async (delivery: Delivery): Promise<void> => {
    const { hook } = delivery;
    const limits = {
      running: await settingOf(systemConfig, 'requests_per_hook'),
      waiting: await settingOf(systemConfig, 'waiting_per_hook'),
    };
    const done = await lanes.run(
      hook._id,
      limits,
      async () => ((await isOn(store, hook)) ? deliver(delivery, () => failed(hook)) : undefined),
      async (isFirst) => {
        counted.inc({ hook: hook.hook, result: 'dropped' });
        if (isFirst) await refuse(delivery, `more than ${limits.waiting} events wait for this hook`);
      },
    );
    if (done !== undefined) counted.inc({ hook: hook.hook, result: done ? 'success' : 'failure' });
  };

  const contracts = [...new Set([...sources.flatMap((source) => source.contracts), webhookTold])];
  const events = await bus.consume(
    {
      queue: 'webhooks_shared_listener',
      bindings: sources.flatMap(({ bindings }) => bindings),
      contracts,
      delivery: 'at_least_once',
      prefetch,
    },
    async (message) => {
      await Promise.all((await deliveriesOf(context, message)).map(tell));
    },
  );
  const demand = await followDemand(
    context,
    events,
    sources.flatMap(({ onDemand = [] }) => onDemand),
  );
  return {
    info: () => ({ waiting: lanes.waiting(), hears: demand.heard() }),
    stop: async () => {
      stopping.abort();
      await demand.stop();
      await events.stop();
    },
  };
}

/** Who is to be told of a message, and what. */
async function deliveriesOf(
  { store, log }: AppContext,
  { message, contract }: Message<AnyMessage>,
): Promise<Delivery[]> {
  const eventId = message['Msg-ID'] ?? randomBytes(8).toString('hex');
  if (contract === webhookTold) {
    const hook = hookOfCallflow(message['Hook']);
    if (!hook) log.warn('a callflow names a webhook that is none', { hook: message['Hook'] });
    return hook ? [{ hook, payload: snakeCase(message['Data']) as Payload, eventId }] : [];
  }
  const source = sources.find(
    ({ contracts, events }) =>
      contracts.includes(contract) && (!events || events.includes(message['Event-Name'])),
  );
  const told = source && (await subscribers(store, source, message));
  return told ? told.hooks.map((hook) => ({ hook, payload: told.payload, eventId })) : [];
}

/** The hook that an action of a callflow makes, when it is one. */
function hookOfCallflow(given: unknown): Hook | undefined {
  if (!isRecord(given) || typeof given['pvt_account_id'] !== 'string') return undefined;
  const found = { ...given, name: 'callflow', hook: 'notifications', pvt_type: webhook.type };
  return webhook.check(found).length === 0 && isHook(found) ? found : undefined;
}
