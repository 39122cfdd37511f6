// npm run e2e -- [--bus …] [--store …] [--switch …] [--edge …] [--processes …] [--count …] [pattern]: the end-to-end suite on any mix of parts.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const usage = `usage: npm run e2e -- [options] [words of a test's title]
  --bus     embedded | rabbitmq | rabbitmq-cluster | amqp://user:password@host:port[,…]
  --store   embedded | http://user:password@host:port[,http://host:port]   (one cluster; its databases of ours are removed first)
  --switch  embedded | host:port:password[,host:port:password]
  --edge    embedded | kamailio | drachtio:host:controlport[,sipport]
  --processes  one | many   (many: each app and each stand-in in a process of its own)
  --count   callflow=2,ecallmgr=2,switch=2   (with many: how often each runs)`;

function options() {
  try {
    return parseArgs({
      options: {
        bus: { type: 'string', default: 'embedded' },
        store: { type: 'string', default: 'embedded' },
        switch: { type: 'string', default: 'embedded' },
        edge: { type: 'string', default: 'embedded' },
        processes: { type: 'string', default: 'one' },
        count: { type: 'string', default: '' },
        help: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

const { values, positionals } = options();
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const filter = positionals.length > 0 ? ['--grep', positionals.join(' ')] : [];
const args = [
  'mocha',
  '--no-config',
  '--node-option',
  'import=tsx',
  '--timeout',
  '60000',
  'test/e2e/*.test.ts',
  ...filter,
];
const environment = {
  MIRLITON_E2E_BUS: values.bus,
  MIRLITON_E2E_STORE: values.store,
  MIRLITON_E2E_SWITCH: values.switch,
  MIRLITON_E2E_EDGE: values.edge,
  MIRLITON_E2E_PROCESSES: values.processes,
  MIRLITON_E2E_COUNT: values.count,
};
const { status } = spawnSync('npx', args, { env: { ...process.env, ...environment }, stdio: 'inherit' });
process.exit(status ?? 1);
