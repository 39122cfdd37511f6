// npm run edge -- [--edge …] [--bus …] [words of a test's title]: what every SIP edge must do, on one of them.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const usage = `usage: npm run edge -- [options] [words of a test's title]
  --edge    kamailio | embedded | drachtio (two private drachtio-servers) | drachtio:host:controlport[,sipport]
  --bus     embedded | rabbitmq | amqp://user:password@host:port`;

const options = {
  edge: { type: 'string', default: 'kamailio' },
  bus: { type: 'string', default: 'embedded' },
  help: { type: 'boolean', default: false },
} as const;

function main(): number {
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if (values.help) {
      console.log(usage);
      return 0;
    }
    const mocha = ['mocha', '--no-config', '--node-option', 'import=tsx', '--timeout', '30000'];
    const filter = positionals.length > 0 ? ['--grep', positionals.join(' ')] : [];
    const environment = { MIRLITON_E2E_BUS: values.bus, MIRLITON_E2E_EDGE: values.edge };
    const env = { ...process.env, ...environment, PATH: `${process.env['PATH']}:/usr/sbin` };
    const { status } = spawnSync('npx', [...mocha, 'test/edge/*.test.ts', ...filter], {
      env,
      stdio: 'inherit',
    });
    return status ?? 1;
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    return 2;
  }
}

process.exit(main());
