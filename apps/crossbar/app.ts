// crossbar: the REST API over the documents of accounts and over what the other apps answer on the bus.
import type { App, AppContext, RunningApp } from '../../core/app/index.ts';
import type { DatabaseClass } from '../../core/contract/index.ts';
import * as documents from '../../core/documents/index.ts';
import { publishSchemas } from '../../core/schemas/index.ts';
import { loadSecrets } from './auth/secrets.ts';
import { startServer } from './engine/index.ts';
import { described } from './openapi/module.ts';
import { modules } from './resources/index.ts';

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
  'system_auth',
  'sip_auth',
  'offnet',
];

/** Rejects when the store does not answer or the port is taken. */
export async function start(context: AppContext): Promise<RunningCrossbar> {
  const { store, settings, log } = context;
  await Promise.all(databases.map((name) => store.ensure(name, name)));
  const secrets = await loadSecrets(store.database('system_auth'));
  await publishSchemas(
    store,
    Object.values(documents).map(({ schemaName, schema }) => ({ name: schemaName, schema })),
  );
  const server = await startServer({ ...context, secrets }, [...modules, described(modules)], settings.rest);
  log.info('REST answers', { host: server.host, port: server.port });
  return {
    port: server.port,
    health: () => {
      const { connected, detail } = store.status();
      return connected ? { ok: true } : { ok: false, detail: detail ?? 'the store does not answer' };
    },
    drain: () => server.stop(),
    stop: () => server.stop(),
  };
}
