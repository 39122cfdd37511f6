// kamailio_bridge: what Kamailio cannot do on the bus itself, done for it: it hears orders and learns of media servers,
// trusted addresses and settings, and tells Kamailio by RPC; it tells the nodes where Kamailio listens.
import { silenceCounts } from '../../../core/amqp/index.ts';
import type { App, AppContext, RunningApp } from '../../../core/app/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { advertise } from '../../../core/messages/nodes.ts';
import { Dispatcher } from '../edge/dispatcher.ts';
import { loadOptions } from '../edge/options.ts';
import { type Entry, watchTrusted } from '../edge/trusted.ts';
import { type Facts, factsOf, type Subject } from './facts.ts';
import { createKamailio, type Kamailio } from './kamailio.ts';
import { followOrders } from './orders.ts';
import { createRpc } from './rpc.ts';

/** The bridge. It does nothing unless `settings.edge.kind` is `kamailio`. Several may serve the same Kamailios. */
export const kamailio_bridge: App = {
  name: 'kamailio_bridge',
  start: (context) =>
    context.settings.edge.kind === 'kamailio'
      ? start(context)
      : Promise.resolve({ stop: () => Promise.resolve() }),
};

/** Milliseconds: a dead Kamailio is noticed within about this time; a live one costs three small HTTP requests. */
const lookEvery = 1_000;
const beatEvery = 10_000;
const readEvery = 30_000;
/** Every ecallmgr has told of its media servers by then. */
const allHeardAfter = 30_000;

async function start(context: AppContext): Promise<RunningApp> {
  const { bus, settings, log, metrics } = context;
  const { rpc, secret } = settings.edge;
  if (rpc.length === 0)
    throw new AppError('invalid_config', {
      message:
        'edge.kind is kamailio, so edge.rpc must name its RPC addresses, e.g. ["http://127.0.0.1:5066/rpc"]',
    });
  const live = await loadOptions(context.systemConfig);
  const dispatcher = new Dispatcher({
    zone: settings.zone,
    choice: () => live.current.dispatcher.choice,
    failures: () => live.current.dispatcher.failures,
    silenceCounts: () => silenceCounts(bus.status()),
  });
  const proxies = rpc.map((url) => createKamailio(createRpc(url, secret), log));
  let carriers: readonly Entry[] | undefined;
  const began = Date.now();
  const known = (): Facts =>
    factsOf({
      zone: settings.zone,
      servers: dispatcher.servers,
      trusted: carriers,
      options: live.current,
    });
  // What Kamailio was told by the bridge before this one stays until we must have heard of it ourselves.
  const unknown = (): ReadonlySet<Subject> =>
    new Set([
      ...(Date.now() - began < allHeardAfter ? (['servers'] as const) : []),
      ...(carriers === undefined ? (['trusted'] as const) : []),
    ]);
  const orders = await followOrders(context, proxies);
  const beat = createBeat(context);
  const round = everyNowAndThen(lookEvery, async () => {
    for (const { node, address } of dispatcher.expire())
      log.warn('media server is not announced any more', { node, address });
    const before = proxies.map((proxy) => proxy.alive);
    const came = await Promise.all(proxies.map((proxy) => proxy.tell(known(), unknown())));
    for (const [index, proxy] of proxies.entries()) if (came[index]) void orders.announce(proxy);
    beat(proxies.filter((proxy, index) => proxy.alive !== before[index]));
  });
  const trusted = await watchTrusted(context, (entries) => {
    carriers = entries;
    round.soon();
  });
  const nodes = await bus.consume(
    { bindings: [{ exchange: 'nodes', key: '' }], contracts: [advertise] },
    ({ message }) => {
      if (dispatcher.learn(message).length > 0) round.soon();
    },
  );
  metrics.gauge('kamailio_alive', 'Kamailios that answer', () => proxies.filter(({ alive }) => alive).length);
  metrics.gauge('kamailio_registrations', 'contacts of the fullest Kamailio', () =>
    Math.max(0, ...proxies.map(({ registrations }) => registrations)),
  );
  const beating = setInterval(() => beat(proxies.filter(({ alive }) => alive)), beatEvery);
  const reading = setInterval(() => {
    live
      .reload()
      .catch((error: unknown) => log.warn('the settings of the edge could not be read', { error }));
  }, readEvery);
  round.soon();
  return {
    health: () => healthOf(proxies),
    stop: async () => {
      clearInterval(beating);
      clearInterval(reading);
      await Promise.all([round.stop(), orders.stop(), nodes.stop(), trusted.stop()]);
    },
  };
}

function healthOf(proxies: readonly Kamailio[]) {
  const alive = proxies.filter((proxy) => proxy.alive);
  if (alive.length === 0)
    return { ok: false, detail: `no Kamailio answers at ${proxies.map(({ url }) => url).join(', ')}` };
  const works = alive.some(({ switches }) => [...switches.values()].includes(true));
  return works ? { ok: true } : { ok: false, detail: 'no media server takes calls' };
}

/**
 * Tells the nodes of each of these Kamailios, under a name of its own (contract/kamailio.md §2). One that has died is
 * told once more, as expired: no switch may send it another call.
 */
function createBeat({ bus, settings, log }: AppContext): (of: readonly Kamailio[]) => void {
  const startup = Math.floor(Date.now() / 1000);
  const fields = ({ url, alive, sockets, switches, registrations }: Kamailio) => ({
    Node: `kamailio@${new URL(url).host}`,
    Expires: alive ? beatEvery * 2 : 0,
    Zone: settings.zone,
    Startup: startup,
    Registrations: registrations,
    WhApps: { kamailio: { Startup: startup } },
    Roles: {
      Proxy: {
        Listeners: Object.fromEntries(
          sockets.map((it) => [`${it.proto}:${it.address}:${it.port}`, { ...it }]),
        ),
      },
      Dispatcher: {
        Groups: { 1: Object.fromEntries([...switches].map(([uri, active]) => [uri, { active }])) },
      },
      Registrar: { Registrations: registrations },
    },
  });
  return (of) => {
    for (const proxy of of)
      bus
        .publish(advertise, fields(proxy))
        .catch((error: unknown) => log.debug('the heartbeat was not sent', { error }));
  };
}

/** Runs `work` again and again, one run at a time; `soon` does not wait for the pause. `work` must not reject. */
function everyNowAndThen(pause: number, work: () => Promise<void>) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  const run = (): void => {
    clearTimeout(timer);
    if (stopped) return;
    again = running !== undefined;
    if (running !== undefined) return;
    running = work().then(() => {
      running = undefined;
      if (again) run();
      else if (!stopped) timer = setTimeout(run, pause);
    });
  };
  return {
    soon: run,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
