// Runs a command with the URL of a private RabbitMQ in MIRLITON_AMQP_URL: `on-rabbitmq.ts program argument …`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startRabbit } from './rabbitmq.ts';

const [program = '', ...args] = process.argv.slice(2);
const rabbit = await startRabbit();
const child = spawn(program, args, {
  env: { ...process.env, MIRLITON_AMQP_URL: rabbit.url },
  stdio: 'inherit',
});
const [code] = (await once(child, 'exit')) as [number | null];
await rabbit.stop();
process.exit(code ?? 1);
