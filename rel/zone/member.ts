// One process of a zone: the stand-ins it was given, its apps, and what it tells of itself.
import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../../core/config/index.ts';
import { toAppError } from '../../core/errors/index.ts';
import { configureLog, logger } from '../../core/log/index.ts';
import { type AppName, appsOf, loadApps } from './apps.ts';
import type { Demo } from './demo.ts';
import { startEmbedded } from './embedded.ts';
import { claim, claimHost, type Release, tryClaim } from './folder.ts';
import { missingParts, type PartName, withAddresses } from './parts.ts';
import { apiUrl, writeFacts, type ZoneFacts, zoneFacts } from './report.ts';
import type { Runtime } from './runtime.ts';
import { surviveMistakes } from './until-signal.ts';
import { type Tell, waitForHealth } from './waiting.ts';

export interface MemberOptions {
  readonly apps: readonly AppName[];
  readonly parts: readonly PartName[];
  /** Seed the demo account, where crossbar runs. */
  readonly demo: boolean;
  /** Told for what the start waits. */
  readonly tell: Tell;
}

export interface Member {
  /** `callflow@host`; `mirliton@host` with all apps. */
  readonly name: string;
  readonly facts: ZoneFacts;
  readonly logFile: string;
  /** Drains, then stops everything that this process runs. */
  stop(): Promise<void>;
}

/** Everything in one process, as `npm start` runs it. */
export const wholeZone = (settings: Settings): Pick<MemberOptions, 'apps' | 'parts'> => ({
  apps: appsOf(settings),
  parts: missingParts(settings),
});

/** Resolves when all that this process runs can work. Rejects when something cannot start; then nothing is left running. */
export async function startMember(given: Settings, options: MemberOptions): Promise<Member> {
  const undo: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  const { name, host, release } = claimNames(given, options);
  const logFile = given.log.file || join(given.data, logName(name));
  // Also when the process ends at once, by a second signal or by one during the start.
  process.once('exit', release);
  undo.push(release);
  configureLog({ ...given.log, file: logFile === '-' ? undefined : logFile });
  surviveMistakes();
  try {
    const { apps, parts } = options;
    const claimed = apps.includes('crossbar') ? claimFacts(given.data) : undefined;
    if (claimed) undo.push(claimed.release);
    const embedded = await startEmbedded({ ...given, node: host }, parts);
    undo.push(embedded.stop);
    const settings = apps.length > 0 ? withAddresses(embedded.settings) : embedded.settings;
    const started = apps.length > 0 ? await startApps(settings, { ...options, name }) : undefined;
    const { runtime, account } = started ?? {};
    if (runtime) undo.push(runtime.stop, () => runtime.drain(given.drain * 1000));
    const facts = zoneFacts(settings, runtime?.metricsPort ?? 0, account);
    if (claimed) undo.push(claimed.write(facts));
    return { name, facts, logFile, stop };
  } catch (error) {
    logger('zone').error('the process cannot run', { error, details: toAppError(error).details });
    await stop();
    throw error;
  }
}

/** Two processes cannot turn over one file. */
const logName = (name: string): string => (name.startsWith('mirliton@') ? 'mirliton.log' : `${name}.log`);

async function startApps(
  settings: Settings,
  { apps, demo: wanted, tell, name }: MemberOptions & { readonly name: string },
): Promise<{ readonly runtime: Runtime; readonly account: Demo | undefined }> {
  // Not loaded by a process with nothing but stand-ins.
  const { startRuntime } = await import('./runtime.ts');
  const runtime = await startRuntime(settings, await loadApps(apps), { name, tell });
  try {
    const account = wanted && apps.includes('crossbar') ? await seed(runtime, settings) : undefined;
    if (settings.ui.apps !== '' && apps.includes('crossbar')) await registerUi(runtime, settings);
    await waitForHealth(runtime.health, tell);
    return { runtime, account };
  } catch (error) {
    await runtime.stop();
    throw error;
  }
}

async function seed(runtime: Runtime, settings: Settings): Promise<Demo | undefined> {
  const { demo } = await import('./demo.ts');
  return demo(runtime.context('crossbar'), apiUrl(settings), settings.data);
}

/** Registers the apps that the operator names. A zone without a user interface is a zone still. */
async function registerUi({ context }: Runtime, { ui: { apps, url } }: Settings): Promise<void> {
  const { registerApps } = await import('../../apps/crossbar/ui/register.ts');
  const { store, log } = context('crossbar');
  try {
    for (const registered of await registerApps(store, apps, { url: url === '' ? undefined : url }))
      log[registered.problems.length > 0 ? 'warn' : 'info']('an app of the user interface', {
        ...registered,
      });
  } catch (error) {
    log.error('the apps of the user interface cannot be registered', {
      folder: apps,
      error: toAppError(error),
    });
  }
}

/** Two processes must share neither a stand-in's data nor a node name. */
function claimNames(
  { data, node, edge, switch: { name: switchName } }: Settings,
  { apps, parts }: MemberOptions,
): { readonly name: string; readonly host: string; readonly release: Release } {
  const whole = apps.length > 0 && appsOf({ edge } as Settings).every((app) => apps.includes(app));
  // Several switches keep their recordings in one folder; a broker and a database are alone in theirs.
  const held = parts.map((part) => (part === 'switch' ? `${part}-${encodeURIComponent(switchName)}` : part));
  const releaseParts = claim(data, whole ? ['zone', ...held] : held);
  const own = node === '' ? hostname() : node;
  try {
    // Who gave a name, or runs everything, is told when it is taken; else another is found.
    const strict = whole || node !== '';
    const { host, release } = strict
      ? {
          host: own,
          release: claim(
            data,
            apps.map((app) => `${app}@${own}`),
          ),
        }
      : claimHost(data, own, apps);
    const what = whole ? 'mirliton' : [...parts, ...apps].join('+');
    const releaseAll = (): void => {
      release();
      releaseParts();
    };
    return { name: `${what}@${host}`, host, release: releaseAll };
  } catch (error) {
    releaseParts();
    throw error;
  }
}

/** zone.json, which one of several processes with crossbar on this folder writes. */
function claimFacts(
  folder: string,
): { readonly release: Release; write(facts: ZoneFacts): Release } | undefined {
  const release = tryClaim(folder, 'facts');
  if (typeof release === 'number') return undefined;
  // What a killed process left behind would send scripts to a zone that is not there yet.
  rmSync(join(folder, 'zone.json'), { force: true });
  process.once('exit', release);
  return { release, write: (facts) => writeFacts(folder, facts) };
}
