// crossbar: the REST API over the documents of accounts and over what the other apps answer on the bus.
import type { App, AppContext, RunningApp } from '../../core/app/index.ts';
import type { DatabaseClass } from '../../core/contract/index.ts';
import * as documents from '../../core/documents/index.ts';
import { publishSchemas } from '../../core/schemas/index.ts';
import { answerAccess } from './auth/access.ts';
import { hearFailures } from './auth/shared-failures.ts';
import { forgetRevoked } from './auth/stored-tokens.ts';
import { startServer } from './engine/index.ts';
import { described } from './openapi/module.ts';
import { modules } from './resources/index.ts';
import { startServices } from './services.ts';
import { ensureCommonProviders } from './sso/common-providers.ts';
import { forgetUnlinked } from './sso/links.ts';
import { catalogue } from './tasks/catalogue.ts';
import { startWorker } from './tasks/worker.ts';

/** The crossbar app. */
export const crossbar: App = { name: 'crossbar', start };

/** A started crossbar, and where it listens. */
export interface RunningCrossbar extends RunningApp {
  readonly port: number;
}

/** What crossbar reads and writes beside the accounts' own databases. */
const databases: readonly DatabaseClass[] = [
  'accounts',
  'system_config',
  'system_schemas',
  'system_media',
  'system_data',
  'system_auth',
  'sip_auth',
  'offnet',
  'token_auth',
  'functions',
  'cccps',
  'services',
  'tasks',
  'webhooks',
  'alerts',
  'port_requests',
  'ratedeck',
  'dedicated_ips',
  'faxes',
];

const sweepMs = 3_600_000;

/** Runs `work` again and again; a failure is told, and the next turn tries once more. */
function every(ms: number, work: () => Promise<unknown>, log: AppContext['log']): NodeJS.Timeout {
  const run = (): void => void work().catch((error: unknown) => log.warn('housekeeping failed', { error }));
  return setInterval(run, ms).unref();
}

/** Rejects when the store does not answer or the port is taken. */
export async function start(context: AppContext): Promise<RunningCrossbar> {
  const { store, settings, log } = context;
  for (const name of databases) await store.ensure(name, name);
  await publishSchemas(
    store,
    Object.values(documents).map(({ schemaName, schema }) => ({ name: schemaName, schema })),
  );
  await ensureCommonProviders(store);
  const services = await startServices(context);
  const access = await answerAccess(services);
  const failures = await hearFailures(services);
  const server = await startServer(services, [...modules, described(modules)], settings.rest);
  const worker = startWorker(services, catalogue);
  const sweeps = [forgetRevoked, forgetUnlinked].map((work) => every(sweepMs, () => work(services), log));
  const stop = async (): Promise<void> => {
    for (const sweep of sweeps) clearInterval(sweep);
    await worker.stop();
    await server.stop();
    await access.stop();
    await failures.stop();
    await services.behind.stop();
  };
  log.info('REST answers', { host: server.host, port: server.port });
  return {
    port: server.port,
    health: () => {
      const { connected, detail } = store.status();
      return connected ? { ok: true } : { ok: false, detail: detail ?? 'the store does not answer' };
    },
    drain: stop,
    stop,
  };
}
