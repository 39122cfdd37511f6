// A whole zone on one machine with each app and each stand-in in a process of its own, under a supervisor.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../../core/config/index.ts';
import { AppError } from '../../core/errors/index.ts';
import { root } from '../../core/files/index.ts';
import { configureLog } from '../../core/log/index.ts';
import { type AppName, appsOf } from './apps.ts';
import { claim } from './folder.ts';
import { missingParts } from './parts.ts';
import { screen, type ZoneFacts } from './report.ts';
import { type ChildPlan, supervise } from './supervisor.ts';

export interface SupervisedOptions {
  /** How often an app runs; once when it is not named. */
  readonly counts: ReadonlyMap<AppName, number>;
  readonly demo: boolean;
}

/** They listen on a port of the settings, which only one process can have. */
const single: readonly AppName[] = ['crossbar', 'blackhole', 'media_mgr', 'edge'];
const command = join(root, 'dist', 'rel', 'mirliton', 'bin.js');

/** Resolves when every process can work; the screen is shown. Rejects when one ends while it is starting. */
export async function superviseZone(
  settings: Settings,
  options: SupervisedOptions,
): Promise<{ stop(): Promise<void> }> {
  const { data, drain, log } = settings;
  const release = claim(data, ['zone']);
  process.once('exit', release);
  const logFile = join(data, 'supervisor.log');
  configureLog({ ...log, file: log.file === '-' ? undefined : logFile });
  // One file for all: what was given on the command line of this process counts for them too.
  const file = join(data, 'settings.json');
  mkdirSync(data, { recursive: true });
  writeFileSync(file, JSON.stringify(settings, null, 2), { mode: 0o600 });
  const supervisor = await supervise(planZone(settings, file, options), { patience: drain * 1000 + 10_000 });
  const facts = JSON.parse(readFileSync(join(data, 'zone.json'), 'utf8')) as ZoneFacts;
  console.log(screen(facts, { seconds: process.uptime(), logFile: join(data, '*.log') }));
  return {
    stop: async () => {
      await supervisor.stop();
      release();
    },
  };
}

/** A process each. Metrics are served on the ports after `metrics.port`, in this order. */
export function planZone(
  settings: Settings,
  file: string,
  { counts, demo }: SupervisedOptions,
): readonly ChildPlan[] {
  const apps = appsOf(settings);
  for (const [app, count] of counts) {
    if (!apps.includes(app))
      throw new AppError('invalid_data', { message: `${app} has nothing to do under these settings` });
    if (count > 1 && single.includes(app))
      throw new AppError('invalid_data', {
        message: `${app} listens on one port of the settings: a second one needs settings of its own`,
      });
  }
  const host = settings.node === '' ? hostname() : settings.node;
  const parts = missingParts(settings).map((part) => ({
    name: part,
    module: command,
    args: ['start', '--config', file, '--parts', part, '--apps', 'none', '--node', host],
    stopsLast: true,
  }));
  const instances = apps.flatMap((app) =>
    Array.from({ length: counts.get(app) ?? 1 }, (_, index) => ({
      app,
      node: index === 0 ? host : `${host}-${index + 1}`,
    })),
  );
  const { port } = settings.metrics;
  const members = instances.map(({ app, node }, index) => ({
    name: `${app}@${node}`,
    module: command,
    args: [
      ...['start', '--config', file, '--apps', app, '--node', node],
      ...['--metrics', String(port === 0 ? 0 : port + 1 + index)],
      ...(demo && app === 'crossbar' ? ['--demo'] : []),
    ],
  }));
  return [...parts, ...members];
}
