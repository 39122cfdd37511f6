// What every process answers operators: is it there, what does it run, its metrics; and what it does for them.
import type { Bus, Delivery, Subscription } from '../amqp/index.ts';
import type { AnyMessage, MessageFields, MessageOf } from '../contract/index.ts';
import { gregorian, type Store } from '../couch/index.ts';
import { type Logger, levels } from '../log/index.ts';
import {
  doneResp,
  flushCaches,
  infoReq,
  infoResp,
  logLevel,
  pingReq,
  pingResp,
  statsReq,
  statsResp,
} from '../messages/maintenance.ts';
import type { Health, MetricsWithRegistry } from '../metrics/index.ts';
import type { RunningApp } from './index.ts';
import type { KnownNode } from './nodes.ts';

/** A process as it tells of itself. */
export interface ProcessFacts {
  readonly zone: string;
  readonly version: string;
  /** `mirliton@host` */
  readonly node: string;
  readonly bus: Bus;
  readonly store: Store;
  readonly metrics: MetricsWithRegistry;
  readonly log: Logger;
  /** The apps that run, by name. */
  readonly apps: () => ReadonlyMap<string, RunningApp>;
  readonly nodes: () => readonly KnownNode[];
}

const startup = gregorian(new Date(Date.now() - process.uptime() * 1000));

/** One app answers pings over its own connection: an answer shows that this app hears and speaks. */
export function answerPings(
  bus: Bus,
  app: string,
  { zone, version }: { readonly zone: string; readonly version: string },
  health: () => Health,
): Promise<Subscription> {
  return bus.consume(
    { bindings: [{ exchange: 'monitor', key: 'maintenance.ping' }], contracts: [pingReq] },
    async (request) => {
      if (request.message.App !== undefined && request.message.App !== app) return;
      const { ok, detail } = health();
      await bus.reply(request, pingResp, {
        App: app,
        Zone: zone,
        Version: version,
        'Process-ID': process.pid,
        Startup: startup,
        Healthy: ok,
        Detail: detail,
        'Durable-Queues': [...bus.status().durableQueues],
      });
    },
  );
}

/** The process as a whole answers for all its apps. */
export function answerOperators(facts: ProcessFacts): Promise<Subscription> {
  const { bus } = facts;
  return bus.consume<AnyMessage>(
    {
      bindings: [{ exchange: 'monitor', key: 'maintenance.process.*' }],
      contracts: [infoReq, statsReq, logLevel, flushCaches],
    },
    async (request) => {
      const { contract } = request;
      if (contract === infoReq) await bus.reply(request, infoResp, infoOf(facts));
      else if (contract === statsReq) await answerStats(facts, request as Delivery<typeof statsReq>);
      else {
        const done =
          contract === logLevel
            ? setLevel(facts, request.message as MessageOf<typeof logLevel>)
            : flush(facts, request.message as MessageOf<typeof flushCaches>);
        if (done !== undefined) await bus.reply(request, doneResp, { Detail: done });
      }
    },
  );
}

function infoOf({ zone, version, bus, store, apps, nodes }: ProcessFacts): MessageFields<typeof infoResp> {
  const described = [...apps()].map(([name, app]) => {
    const { ok, detail } = healthOf(app);
    return [name, { Healthy: ok, ...(detail === undefined ? {} : { Detail: detail }), ...app.info?.() }];
  });
  const now = Date.now();
  return {
    Zone: zone,
    Version: version,
    'Process-ID': process.pid,
    Startup: startup,
    'Used-Memory': process.memoryUsage.rss(),
    Apps: Object.fromEntries(described),
    Bus: { ...bus.status() },
    Store: { ...store.status() },
    Log: { Level: levels.base, Rules: levels.rules.map((rule) => ({ ...rule })) },
    Nodes: nodes().map(({ node, apps: names, heardAt, gone, ...known }) => ({
      Node: node,
      Apps: [...names],
      Age: Math.round((now - heardAt) / 1000),
      Gone: gone,
      ...(known.zone === undefined ? {} : { Zone: known.zone }),
      ...(known.version === undefined ? {} : { Version: known.version }),
    })),
  };
}

/** The health of an app; one that throws when it is asked is not well. */
export function healthOf(app: RunningApp): Health {
  try {
    return app.health?.() ?? { ok: true };
  } catch (error) {
    return { ok: false, detail: String(error) };
  }
}

async function answerStats(
  { bus, metrics }: ProcessFacts,
  request: Delivery<typeof statsReq>,
): Promise<void> {
  const found = await metrics.read(request.message.Prefix ?? '');
  await bus.reply(request, statsResp, {
    'Process-ID': process.pid,
    Metrics: found.map(({ name, help, value, labels }) => ({
      Name: name,
      Help: help,
      // JSON knows no other numbers.
      Value: Number.isFinite(value) ? value : 0,
      Labels: { ...labels },
    })),
  });
}

/** Undefined when another process is meant. */
function setLevel(
  { node, apps, log }: ProcessFacts,
  { Level, App, Seconds = 0, ...rest }: MessageOf<typeof logLevel>,
): string | undefined {
  const wanted = rest['For-Node'];
  const isHere = wanted === undefined || wanted === node || hostOf(wanted) === hostOf(node);
  if (!isHere || (App !== undefined && !apps().has(App))) return undefined;
  if (Level === undefined) levels.reset();
  else
    levels.add({
      level: Level,
      part: App,
      callId: rest['Call-ID'],
      ...(Seconds > 0 ? { until: Date.now() + Seconds * 1000 } : {}),
    });
  log.warn('the log level was changed', { wanted: Level ?? levels.base, app: App, seconds: Seconds });
  return Level ?? levels.base;
}

const hostOf = (node: string): string | undefined => node.split('@').at(-1);

function flush({ store, apps }: ProcessFacts, { App }: MessageOf<typeof flushCaches>): string | undefined {
  const chosen = [...apps()].filter(([name]) => App === undefined || name === App);
  if (App !== undefined && chosen.length === 0) return undefined;
  store.forget();
  for (const [, app] of chosen) app.flush?.();
  return chosen.map(([name]) => name).join(', ');
}
