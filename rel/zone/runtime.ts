// One process of a zone: the store, the metrics port, and its apps, each with a bus connection and actors of its own.
import { hostname } from 'node:os';
import { createActorSystem } from '../../core/actors/index.ts';
import { type Bus, connectBus } from '../../core/amqp/index.ts';
import type { App, AppContext, RunningApp } from '../../core/app/index.ts';
import { type Settings, systemConfig } from '../../core/config/index.ts';
import type { DatabaseClass } from '../../core/contract/index.ts';
import { connectStore, type Store } from '../../core/couch/index.ts';
import { toAppError } from '../../core/errors/index.ts';
import { version } from '../../core/files/index.ts';
import { logger } from '../../core/log/index.ts';
import { createMetrics, type Health, serveMetrics } from '../../core/metrics/index.ts';
import { startTracing } from '../../core/trace/index.ts';
import { bePresent } from './presence.ts';
import { type Tell, untilDone, waitForBusAndStore } from './waiting.ts';

/** Databases that must exist before any app runs, by name. */
const systemDatabases: Readonly<Record<string, DatabaseClass>> = {
  accounts: 'accounts',
  system_config: 'system_config',
  system_schemas: 'system_schemas',
  system_media: 'system_media',
  system_auth: 'system_auth',
  sip_auth: 'sip_auth',
  offnet: 'offnet',
  token_auth: 'token_auth',
};

/** A running process. */
export interface Runtime {
  readonly store: Store;
  readonly metricsPort: number;
  context(app: string): AppContext;
  health(): Readonly<Record<string, Health>>;
  /** Takes no new work; resolves when what runs has ended, at the latest after `milliseconds`. */
  drain(milliseconds: number): Promise<void>;
  stop(): Promise<void>;
}

interface Started {
  readonly app: App;
  readonly running: RunningApp;
}

export interface RuntimeOptions {
  /** The name of the process among the nodes of the cluster, which no other may have: `mirliton@host`. */
  readonly name: string;
  /** Told for what the start waits. */
  readonly tell: Tell;
}

/**
 * Waits until broker and store answer, then starts `apps` in order. When one cannot start, those before it are stopped
 * and its error is thrown.
 */
export async function startRuntime(
  settings: Settings,
  apps: readonly App[],
  { name: node, tell }: RuntimeOptions,
): Promise<Runtime> {
  const host = settings.node === '' ? hostname() : settings.node;
  const log = logger('zone');
  const tracing = await startTracing({ environment: process.env, version, node });
  const metrics = createMetrics();
  const buses: Bus[] = [];
  const connect = async (app: string, node = `${app}@${host}`): Promise<Bus> => {
    const { urls, heartbeat } = settings.bus;
    const options = { urls, heartbeat, node, appName: app, appVersion: version };
    const bus = await connectBus({ ...options, log: logger(app), metrics, strict: false });
    buses.push(bus);
    return bus;
  };
  const contexts = new Map<string, AppContext>();
  const started: Started[] = [];
  const health = (): Record<string, Health> =>
    Object.fromEntries(started.map(({ app, running }) => [app.name, running.health?.() ?? { ok: true }]));

  const { urls, user, password, quorum } = settings.store;
  const bus = await connect('mirliton', node);
  const store = connectStore({
    urls,
    user,
    password,
    quorum,
    bus,
    node,
    log: logger('store'),
    metrics,
  });
  const server = await serveMetrics({ ...settings.metrics, registry: metrics.registry, health });
  let presence: Awaited<ReturnType<typeof bePresent>> | undefined;
  const stop = async (): Promise<void> => {
    await presence?.stop();
    for (const { app, running } of started.splice(0).reverse()) {
      await running
        .stop()
        .catch((error: unknown) =>
          log.error('app did not stop cleanly', { app: app.name, error: toAppError(error) }),
        );
    }
    await Promise.all([...contexts.values()].map(({ actors }) => actors.drain(1000)));
    await store.close();
    await Promise.all(buses.splice(0).map((bus) => bus.close()));
    await server.stop();
    await tracing.stop();
  };
  try {
    await waitForBusAndStore(bus, store, tell);
    // One after the other: processes that all start at once on a new cluster would else keep it from answering.
    for (const [name, its] of Object.entries(systemDatabases))
      await untilDone(() => store.ensure(name, its), tell);
    for (const app of apps) {
      const parts = {
        bus: await connect(app.name),
        actors: createActorSystem({ name: app.name, log: logger(app.name), metrics }),
      };
      const config = systemConfig(store, { zone: settings.zone, node: `${app.name}@${host}` });
      const context = {
        node: `${app.name}@${host}`,
        settings,
        systemConfig: config,
        store,
        metrics,
        log: logger(app.name),
        ...parts,
      };
      contexts.set(app.name, context);
      started.push({ app, running: await app.start(context) });
      log.info('app started', { app: app.name });
    }
    const present = new Map(
      started.map(({ app: { name }, running }) => [
        name,
        { context: contexts.get(name) as AppContext, running },
      ]),
    );
    presence = await bePresent({ zone: settings.zone, version, node, bus, store, metrics }, present);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    store,
    metricsPort: server.port,
    context: (app) => contexts.get(app) as AppContext,
    health,
    drain: (milliseconds) => drain(started, milliseconds),
    stop,
  };
}

async function drain(started: readonly Started[], milliseconds: number): Promise<void> {
  const deadline = AbortSignal.timeout(milliseconds);
  const over = new Promise<void>((resolve) =>
    deadline.addEventListener('abort', () => resolve(), { once: true }),
  );
  const drained = Promise.all(
    started.map(({ app, running }) =>
      running
        .drain?.()
        .catch((error: unknown) =>
          logger('zone').warn('app did not drain', { app: app.name, error: toAppError(error) }),
        ),
    ),
  );
  await Promise.race([drained, over]);
}
