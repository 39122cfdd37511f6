// ecallmgr and callflow in one process on a broker and a switch, to see what live calls hold: `controllers.js URL PORT PASSWORD`.
import { callflow } from '../../../apps/callflow/app.ts';
import { ecallmgr } from '../../../apps/ecallmgr/app.ts';
import { createActorSystem } from '../../../core/actors/index.ts';
import { connectBus } from '../../../core/amqp/index.ts';
import { loadSettings, systemConfig } from '../../../core/config/index.ts';
import { accountDatabase } from '../../../core/couch/index.ts';
import { logger } from '../../../core/log/index.ts';
import { tokenReq, tokenResp } from '../../../core/messages/authn.ts';
import { createMetrics } from '../../../core/metrics/index.ts';
import { memoryStore } from '../../../core/testing/store.ts';
import { memory } from './memory.ts';
import { serve } from './parent.ts';

const [, , url = '', port = '', password = ''] = process.argv;
const accountId = 'ab'.repeat(16);
const store = memoryStore();
const settings = loadSettings({
  overrides: { switches: [{ host: '127.0.0.1', port: Number(port), password, name: 'bench' }] },
});
const log = logger('bench');

async function start(app: typeof callflow): Promise<void> {
  const node = `${app.name}@bench`;
  const metrics = createMetrics();
  const sender = { appName: app.name, appVersion: '0', node };
  // A collection of ten thousand calls must not look like the death of this process.
  const bus = await connectBus({ urls: [url], ...sender, strict: false, heartbeat: 60, log, metrics });
  const config = systemConfig(store, { zone: 'bench', node });
  const actors = createActorSystem({ name: app.name, log, metrics });
  await app.start({ node, settings, bus, store, metrics, log, actors, systemConfig: config });
  if (app !== ecallmgr) return;
  const vars = { 'Account-ID': accountId, 'Authorizing-ID': 'dev1', Realm: 'demo.local' };
  await bus.consume(
    { bindings: [{ exchange: 'callmgr', key: 'authn.#' }], contracts: [tokenReq] },
    (request) => bus.reply(request, tokenResp, { 'Token-Data': vars, 'Custom-Channel-Vars': vars }),
  );
}

await store.ensure('system_config', 'system_config');
const database = await store.ensure(accountDatabase(accountId), 'account');
await database.save({ _id: accountId, pvt_type: 'account', name: 'Bench', realm: 'demo.local' });
const flow = { module: 'sleep', data: { duration: 3, unit: 'h' }, children: {} };
await database.save({ _id: 'bench', pvt_type: 'callflow', numbers: ['2000'], flow });
for (const app of [callflow, ecallmgr]) await start(app);
serve(memory);
