// What this edge tells all nodes of itself, and how it learns of the media servers (contract/kamailio.md §§2, 4).
import type { Subscription } from '../../../core/amqp/index.ts';
import type { AppContext } from '../../../core/app/index.ts';
import { advertise } from '../../../core/messages/nodes.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Location } from './location.ts';
import type { Peers } from './peers.ts';
import type { Probing } from './probing.ts';
import type { Listener } from './sip.ts';

const every = 10_000;

export interface HeartbeatOptions {
  readonly context: AppContext;
  readonly location: Location;
  readonly dispatcher: Dispatcher;
  readonly probing: Probing;
  readonly peers: Peers;
  /** Empty while there is no SIP server: then the edge does not offer itself. */
  readonly listeners: () => readonly Listener[];
}

export interface Heartbeat {
  /** Tells at once, when something has changed. */
  beat(): void;
  stop(): Promise<void>;
}

/** Listens for advertisements and sends its own every ten seconds. */
export async function startHeartbeat(options: HeartbeatOptions): Promise<Heartbeat> {
  const { context, dispatcher, probing, peers } = options;
  const { bus, log } = context;
  const startup = Math.floor(Date.now() / 1000);
  const beat = (): void => {
    bus
      .publish(advertise, advertisement(options, startup))
      .catch((error: unknown) => log.debug('the heartbeat was not sent', { error }));
  };
  const nodes: Subscription = await bus.consume(
    { bindings: [{ exchange: 'nodes', key: '' }], contracts: [advertise] },
    ({ message }) => {
      for (const server of dispatcher.learn(message)) probing.welcome(server);
      if (peers.learn(message)) beat();
    },
  );
  const timer = setInterval(beat, every);
  beat();
  return {
    beat,
    stop: async () => {
      clearInterval(timer);
      await nodes.stop();
    },
  };
}

function advertisement({ context, location, dispatcher, listeners }: HeartbeatOptions, startup: number) {
  const named = listeners().map(({ protocol, host, port }) => [
    `${protocol}:${host}:${port}`,
    { proto: protocol, address: host, port },
  ]);
  const groups = dispatcher.servers.map(({ address, node, up }) => [address, { node, active: up }]);
  return {
    Expires: every * 2,
    Zone: context.settings.zone,
    Startup: startup,
    'Used-Memory': process.memoryUsage().rss,
    Registrations: location.size,
    WhApps: { edge: { Startup: startup } },
    Roles: {
      ...(named.length > 0 ? { Proxy: { Listeners: Object.fromEntries(named) } } : {}),
      Dispatcher: { Groups: { 1: Object.fromEntries(groups) } },
      Registrar: { Registrations: location.size },
    },
  };
}
