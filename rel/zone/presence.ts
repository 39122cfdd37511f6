// A process among the others: it tells of itself, answers operators, and each of its apps answers pings.
import {
  type AppContext,
  answerOperators,
  answerPings,
  healthOf,
  joinNodes,
  type ProcessFacts,
  type RunningApp,
} from '../../core/app/index.ts';
import { gregorian } from '../../core/couch/index.ts';
import { logger } from '../../core/log/index.ts';

/** An app that has started, with what it was given. */
export interface StartedApp {
  readonly context: AppContext;
  readonly running: RunningApp;
}

/** Begins when the apps have started. `stop` tells the others that this process leaves. */
export async function bePresent(
  process_: Omit<ProcessFacts, 'apps' | 'nodes' | 'log'>,
  apps: ReadonlyMap<string, StartedApp>,
): Promise<{ stop(): Promise<void> }> {
  const { bus, zone, version } = process_;
  const log = logger('zone');
  const startup = gregorian();
  const presence = await joinNodes(bus, log, () => ({
    Expires: 0,
    Zone: zone,
    Version: version,
    'Used-Memory': process.memoryUsage.rss(),
    'Node-Info': { 'Process-ID': process.pid },
    WhApps: Object.fromEntries([...apps.keys()].map((name) => [name, { Startup: startup }])),
  }));
  const running = (): Map<string, RunningApp> => new Map([...apps].map(([name, app]) => [name, app.running]));
  const subscriptions = await Promise.all([
    answerOperators({ ...process_, log, apps: running, nodes: () => presence.known.list() }),
    ...[...apps].map(([name, app]) =>
      answerPings(app.context.bus, name, { zone, version }, () => healthOf(app.running)),
    ),
  ]);
  return {
    stop: async () => {
      await presence.stop();
      await Promise.all(subscriptions.map((subscription) => subscription.stop()));
    },
  };
}
