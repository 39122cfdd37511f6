// edge: the SIP server that phones and carriers see, on drachtio. Registers, authorises, and passes calls on.
import { silenceCounts } from '../../../core/amqp/index.ts';
import type { App, AppContext, RunningApp } from '../../../core/app/index.ts';
import { Dispatcher } from './dispatcher.ts';
import { startHeartbeat } from './heartbeat.ts';
import type { Source } from './location.ts';
import { loadOptions } from './options.ts';
import { Peers } from './peers.ts';
import { type Phones, startPhones } from './phones.ts';
import { startProbing } from './probing.ts';
import { createRequests, methods } from './requests.ts';
import { createLimits } from './screening.ts';
import { connectSip, type Incoming, type Listener, type SipConnection } from './sip.ts';
import { watchTrusted } from './trusted.ts';

/** The edge app. It does nothing when `settings.edge.kind` is `none`. */
export const edge: App = {
  name: 'edge',
  start: (context) =>
    context.settings.edge.kind === 'drachtio'
      ? start(context)
      : Promise.resolve({ stop: () => Promise.resolve() }),
};

const upkeepEvery = 30_000;
/** Milliseconds after which another edge that has not answered OPTIONS is dead. */
const peerPatience = 500;

async function start(context: AppContext): Promise<RunningApp> {
  const { bus, settings, log, metrics } = context;
  const live = await loadOptions(context.systemConfig);
  const options = () => live.current;
  // Requests come last: everything they need must be there before.
  let sip: SipConnection | undefined;
  let draining = false;
  const listening = (): readonly Listener[] => sip?.listeners ?? [];
  const proxy = (): Listener => reachable(settings.sip, listening());

  const hasSignedIn = (source: Source): boolean => phones.location.from(source).length > 0;
  const limits = createLimits(options, hasSignedIn);
  const onStranger = ({ source }: Incoming): void => limits.onStranger(source);
  const peers = new Peers(context.node, () => silenceCounts(bus.status()));
  const isAlive = (node: string): boolean => peers.has(node);
  const phones: Phones = await startPhones(context, { options, proxy, isAlive, onStranger });
  const dispatcher = new Dispatcher({
    zone: settings.zone,
    choice: () => options().dispatcher.choice,
    weights: () => options().dispatcher.weights,
    failures: () => options().dispatcher.failures,
    silenceCounts: () => silenceCounts(bus.status()),
  });
  const probe = (uri: string, timeout: number) => sip?.probe(uri, timeout) ?? Promise.resolve(undefined);
  const probing = startProbing({ dispatcher, probe, log, options: () => options().dispatcher });
  const trusted = await watchTrusted(context);
  const offered = (): Listener[] =>
    sip?.connected && !draining ? listening().map(({ protocol }) => ({ ...proxy(), protocol })) : [];
  const { location, authoriser, register } = phones;
  const heartbeat = await startHeartbeat({
    ...{ context, location, dispatcher, probing, peers },
    listeners: offered,
  });
  const answers = async (uri: string): Promise<boolean> => (await probe(uri, peerPatience)) === 200;
  const onRequest = createRequests({
    inside: { location, listeners: listening, options, answers },
    outside: { location, trusted, authoriser, dispatcher, probing, options, onStranger },
    ...{ peers, register, limits },
    isDraining: () => draining,
    log,
    metrics,
  });
  const onConnect = (): void => {
    heartbeat.beat();
    phones.announce();
    for (const server of dispatcher.servers) probing.welcome(server);
  };
  const isInside = (host: string): boolean => dispatcher.hasHost(host);
  sip = connectSip({ ...settings.edge, log, methods, isInside, onRequest, onConnect });
  metrics.gauge(
    'edge_media_servers',
    'media servers that take calls',
    () => dispatcher.candidates('').length,
  );
  metrics.gauge('edge_b2bua_calls', 'answered calls that end with the edge', () => sip?.calls.size ?? 0);
  const upkeep = setInterval(() => {
    limits.sweep();
    live
      .reload()
      .catch((error: unknown) => log.warn('the settings of the edge could not be read', { error }));
  }, upkeepEvery);
  return {
    health: () => healthOf(sip, settings.edge, dispatcher.candidates('').length),
    drain: async () => {
      draining = true;
      heartbeat.beat();
      await sip?.calls.idle();
    },
    stop: async () => {
      clearInterval(upkeep);
      probing.stop();
      await sip?.close();
      await Promise.all([trusted.stop(), heartbeat.stop(), phones.stop()]);
    },
  };
}

function healthOf(
  sip: SipConnection | undefined,
  { host, port }: { host: string; port: number },
  mediaServers: number,
) {
  if (!sip?.connected) return { ok: false, detail: `no SIP server answers at ${host}:${port}` };
  return mediaServers > 0 ? { ok: true } : { ok: false, detail: 'no media server takes calls' };
}

/** Where others reach this edge: as the settings advertise it, else what the server listens on. */
function reachable(
  given: { readonly host: string; readonly port: number; readonly advertise: string },
  listeners: readonly Listener[],
): Listener {
  const [, host, port] = /^(.+):(\d+)$/.exec(given.advertise) ?? [];
  if (host !== undefined) return { protocol: 'udp', host, port: Number(port) };
  const udp = listeners.filter(({ protocol }) => protocol === 'udp');
  // A server names them in any order.
  const best = udp.find((it) => !it.host.startsWith('[')) ?? udp[0] ?? listeners[0];
  return best ?? { protocol: 'udp', host: given.host, port: given.port };
}
