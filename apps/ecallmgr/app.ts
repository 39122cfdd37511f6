// ecallmgr: between the switches and the bus. Parked calls are routed, controlled and recorded (README.md).
import type { Subscription } from '../../core/amqp/index.ts';
import type { App, AppContext, RunningApp } from '../../core/app/index.ts';
import { errorText } from '../../core/errors/index.ts';
import { usurpControl } from '../../core/messages/call.ts';
import { startHeartbeat } from './advertise.ts';
import { serveDials } from './conferences/dial.ts';
import { takeConferenceOrders } from './conferences/orders.ts';
import { answerSearches } from './conferences/searches.ts';
import { ControlQueues } from './control/queues.ts';
import { createMedia } from './media.ts';
import { createMeters } from './meters.ts';
import { Devices, introduce } from './moving/devices.ts';
import { answerOperatorsOfCalls } from './operators.ts';
import { takeOrders } from './orders.ts';
import { serveOriginates } from './originate.ts';
import { createOutbox } from './outbox.ts';
import { answerQueries } from './queries.ts';
import { createCallers } from './routing/callers.ts';
import { watchEdges } from './routing/edges.ts';
import { Stories, withStories } from './stories.ts';
import { Controllers } from './survival/controllers.ts';
import type { Custody } from './survival/custody.ts';
import { drain } from './survival/drain.ts';
import { type Shared, SwitchNode } from './switch-node.ts';
import { createSwitches } from './switches.ts';

/** The ecallmgr app. Needs `settings.switches`; a switch that is away does not keep it from starting. */
export const ecallmgr: App = { name: 'ecallmgr', start };

async function start(given: AppContext): Promise<RunningApp> {
  const stories = new Stories();
  const context = { ...given, bus: withStories(given.bus, stories) };
  const { bus, settings, metrics, log, store } = context;
  const edges = await watchEdges(bus, settings, context.node);
  const callers = createCallers(bus, store);
  const outbox = createOutbox(bus, log);
  const queues = new ControlQueues(bus, context.node, log);
  const shared: Shared = {
    context,
    queues,
    callers,
    devices: new Devices(),
    edges,
    outbox,
    media: createMedia(bus),
    meters: createMeters(metrics),
    nodes: () => nodes,
  };
  const switches = await createSwitches(context, (address) => new SwitchNode(address, shared));
  const { nodes } = switches;
  if (nodes.length === 0) log.error('no switch is configured: give `switches` in the settings');
  metrics.gauge('ecallmgr_sessions', 'channels of ours', () => sum(nodes.map((node) => node.ours.length)));
  metrics.gauge('ecallmgr_events_waiting', 'events not handled yet', () =>
    sum(nodes.map((node) => node.client.waiting)),
  );
  metrics.gauge('ecallmgr_switches_up', 'switches that are connected', () =>
    sum(nodes.map((node) => Number(node.client.connected))),
  );
  metrics.gauge(
    'ecallmgr_cdrs_waiting',
    'CDRs and ends of recordings that the broker has not confirmed',
    () => outbox.waiting,
  );
  const proxy = () => edges.address();
  const originates = [
    ...(await serveOriginates(context, nodes, proxy)),
    await serveDials(context, nodes, proxy),
  ];
  const subscriptions: Subscription[] = [
    await watchUsurpers(context, nodes),
    await answerQueries(context, nodes, () => edges.alone()),
    await answerSearches(context, nodes),
    await takeConferenceOrders(context, nodes, shared.media),
    await answerOperatorsOfCalls(context, nodes, stories),
    ...(await takeOrders(context, nodes, proxy)),
    ...originates,
  ];
  const controllers = new Controllers(bus, () => custodiesOf(nodes), log);
  const heartbeat = startHeartbeat(context, nodes);
  queues.prepare();
  switches.start(() => heartbeat.beat());
  edges.onArrival(() => heartbeat.beat());
  edges.onSwitch((address) => {
    for (const node of nodes.filter(({ client }) => client.connected))
      introduce(node, address).catch((error: unknown) =>
        log.debug('a switch was not told of another', { error: errorText(error) }),
      );
  });

  const draining = new AbortController();
  return {
    health: () => healthOf(nodes),
    info: () => ({ Switches: nodes.map(describe) }),
    drain: async () => {
      await Promise.all(originates.map((subscription) => subscription.stop()));
      await Promise.all(nodes.map((node) => drain(node, draining.signal)));
      await outbox.idle(draining.signal);
    },
    stop: async () => {
      draining.abort();
      heartbeat.stop();
      controllers.stop();
      await Promise.all(subscriptions.map((subscription) => subscription.stop()));
      await switches.stop();
      await queues.stop();
      await edges.stop();
      callers.stop();
      outbox.stop();
    },
  };
}

/** Of the calls that we may act for. */
const custodiesOf = (nodes: readonly SwitchNode[]): Custody[] =>
  nodes.flatMap((node) =>
    node.lease.holds ? [...new Set(node.controls.values())].map(({ call }) => call.custody) : [],
  );

/** One switch is enough to make calls; those that are away are named. */
function healthOf(nodes: readonly SwitchNode[]): ReturnType<NonNullable<RunningApp['health']>> {
  if (nodes.length === 0) return { ok: false, detail: 'no switch is configured' };
  const away = nodes.filter(({ client }) => !client.connected);
  const detail = away.map(({ name, client }) => `${name}: ${client.failure}`).join('; ');
  return { ok: away.length < nodes.length, ...(detail === '' ? {} : { detail }) };
}

/** A switch as operators see it. */
function describe({ name, client, paused, ours, channels, startup }: SwitchNode): Record<string, unknown> {
  return {
    Name: name,
    Connected: client.connected,
    ...(client.connected ? {} : { Failure: client.failure }),
    Paused: paused,
    Channels: channels.size,
    Ours: ours.length,
    Startup: startup === 0 ? undefined : new Date(startup).toISOString(),
  };
}

/** Lets go of a call that another controller has taken over. */
function watchUsurpers(context: AppContext, nodes: readonly SwitchNode[]): Promise<Subscription> {
  return context.bus.consume(
    { bindings: [{ exchange: 'callevt', key: 'call.usurp_control.*' }], contracts: [usurpControl] },
    ({ message }) => {
      for (const node of nodes) {
        const control = node.controls.get(message['Call-ID']);
        if (control && control.fetchId !== message['Fetch-ID']) control.close();
      }
    },
  );
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, it) => total + it, 0);
