// mirliton start: one process of a zone, with the apps and stand-ins it is given; or all of them, each in its own.
import type { Settings } from '../../../core/config/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { type AppName, appNames, appsOf, parseApps, pick } from '../../zone/apps.ts';
import { type MemberOptions, startMember } from '../../zone/member.ts';
import { missingParts, type PartName, partNames } from '../../zone/parts.ts';
import { screen } from '../../zone/report.ts';
import { superviseZone } from '../../zone/supervised-zone.ts';
import { runUntilSignal } from '../../zone/until-signal.ts';
import { command, flag, text } from '../command.ts';

const wrong = (message: string): AppError => new AppError('invalid_data', { message });

export const startCommand = command({
  name: 'start',
  summary: 'run apps in this process until a signal; with --processes many each in a process of its own',
  details: [
    `Apps: ${appNames.join(', ')}.`,
    'Start-up order does not matter: a process waits for the broker and the database, and says so.',
    'Where the settings name no real broker, database, switch or SIP server, the embedded ones are started;',
    'with --apps they are expected in another process on the same settings (mirliton start --parts ... --apps none).',
    'SIGTERM drains: no new work, and calls are handed over or waited for (setting drain).',
  ].join('\n'),
  examples: [
    'mirliton start',
    'mirliton start --apps callflow,trunkstore',
    'mirliton start --apps callflow --node west-2 --metrics 0',
    'mirliton start --parts broker,couch --apps none',
    'mirliton start --processes many --count callflow=2,ecallmgr=2',
  ],
  options: {
    apps: text('LIST', 'a,b: these; all (default): all that the settings need; none'),
    parts: text('LIST', `stand-ins of this process: ${partNames.join(',')}; all; none`),
    node: text(
      'NAME',
      'host part of its node names (setting node); a second process with the same app on this data folder finds one by itself',
    ),
    metrics: text('PORT', 'of /metrics and /health (setting metrics.port); 0: any, told at the start'),
    demo: flag('seed the demo account when the database has no account'),
    processes: text('one|many', 'many: this process only starts the others, and starts again those that die'),
    count: text('LIST', 'with --processes many: how often an app runs, as callflow=2,ecallmgr=2'),
  },
  run: async ({ options }, cli) => {
    const { apps, parts, node, metrics, demo, processes = 'one', count } = options;
    if (processes !== 'one' && processes !== 'many')
      throw wrong(`--processes is one or many, not ${processes}`);
    const given = cli.given();
    const settings = { ...given, node: node ?? given.node, metrics: metricsOf(given, metrics) };
    if (processes === 'many') {
      if (apps !== undefined || parts !== undefined)
        throw wrong('--processes many runs all apps: leave --apps and --parts away');
      return runUntilSignal(() => superviseZone(settings, { counts: countsOf(count ?? ''), demo }));
    }
    if (count !== undefined) throw wrong('--count needs --processes many');
    const chosen = {
      apps: parseApps(apps ?? 'all', appsOf(settings)),
      parts: partsOf(parts, apps === undefined, settings),
    };
    if (chosen.apps.length + chosen.parts.length === 0)
      throw wrong('neither apps nor parts: nothing to start');
    return runUntilSignal(() => start(settings, { ...chosen, demo }));
  },
});

async function start(
  settings: Settings,
  options: Omit<MemberOptions, 'tell'>,
): Promise<{ stop(): Promise<void> }> {
  const names = [...options.parts, ...options.apps].join(', ');
  const tell = (what: string): void => console.error(`mirliton: ${names} waiting: ${what}`);
  const { name, facts, logFile, stop } = await startMember(settings, { ...options, tell });
  const { metrics, pid } = facts;
  const isZone = options.apps.includes('crossbar') && options.apps.length > 1;
  if (isZone) console.log(screen(facts, { seconds: process.uptime(), logFile }));
  else
    console.log(
      `mirliton: ${name} is ready (${process.uptime().toFixed(1)} s)${options.apps.length > 0 ? `, metrics ${metrics}` : ''}`,
    );
  // Its supervisor, when it has one.
  process.send?.({ ready: name, pid, metrics });
  return { stop };
}

/** Without `--parts`: what a lone process is missing, and nothing where others may run it. */
function partsOf(words: string | undefined, alone: boolean, settings: Settings): PartName[] {
  if (words === undefined) return alone ? missingParts(settings) : [];
  return words === 'all' ? missingParts(settings) : pick('part', words, partNames);
}

function metricsOf({ metrics }: Settings, words: string | undefined): Settings['metrics'] {
  if (words === undefined) return metrics;
  const port = Number(words);
  if (words === '' || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw wrong(`--metrics is a port from 0 to 65535, not ${words}`);
  return { ...metrics, port };
}

function countsOf(words: string): ReadonlyMap<AppName, number> {
  const pairs = words === '' ? [] : words.split(',').map((pair) => pair.split('='));
  return new Map(
    pairs.map(([app = '', number = '']) => {
      const [name] = pick('app', app, appNames);
      const times = Number(number);
      if (name === undefined || !Number.isInteger(times) || times < 1 || times > 16)
        throw wrong(`--count is a list as callflow=2,ecallmgr=2; ${app}=${number} is not`);
      return [name, times] as const;
    }),
  );
}
