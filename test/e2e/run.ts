// npm run e2e -- [--bus …] [--store …] [--switch …] [--edge …] [pattern]: the end-to-end suite on any mix of parts.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const usage = `usage: npm run e2e -- [options] [words of a test's title]
  --bus     embedded | amqp://user:password@host:port
  --store   embedded | http://user:password@host:port   (its databases of ours are removed first)
  --switch  embedded | host:port:password[,host:port:password]
  --edge    embedded | kamailio | drachtio:host:controlport[,sipport]`;

function options() {
  try {
    return parseArgs({
      options: {
        bus: { type: 'string', default: 'embedded' },
        store: { type: 'string', default: 'embedded' },
        switch: { type: 'string', default: 'embedded' },
        edge: { type: 'string', default: 'embedded' },
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
};
const { status } = spawnSync('npx', args, { env: { ...process.env, ...environment }, stdio: 'inherit' });
process.exit(status ?? 1);
