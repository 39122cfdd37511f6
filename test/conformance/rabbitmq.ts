// A private RabbitMQ node for tests: own name, ports, data and epmd, loopback only, gone without trace on stop.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePorts } from '../e2e/ports.ts';

export interface Rabbit {
  /** `amqp://guest:guest@127.0.0.1:PORT` of a node that answers. */
  readonly url: string;
  /** Undefined while it does not run. */
  pid(): number | undefined;
  /** Sends the signal to all of its processes. Resolves when it has gone; at once after `SIGSTOP` and `SIGCONT`. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
  /** Stops node and epmd, and removes their files. */
  stop(): Promise<void>;
}

/** Where Debian keeps the plain scripts; those in /usr/sbin change the user first, which CI containers may refuse. */
const DEBIAN_SCRIPTS = '/usr/lib/rabbitmq/bin';
const READY = /completed with \d+ plugins/;
const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 20_000;

/** True when `rabbitmq-server` can be started on this machine. */
export function hasRabbit(): boolean {
  const folders = [DEBIAN_SCRIPTS, ...(process.env['PATH'] ?? '').split(delimiter)];
  return folders.some((folder) => existsSync(join(folder, 'rabbitmq-server')));
}

/**
 * Starts a RabbitMQ node in the foreground of this process, and resolves when it says that it is ready.
 * @throws Error with the node's own output when it ends, or is not ready within 60 s.
 */
export async function startRabbit(): Promise<Rabbit> {
  const home = await mkdtemp(join(tmpdir(), 'mirliton-rabbit-'));
  const [amqpPort, distPort, epmdPort] = (await freePorts(3)) as [number, number, number];
  const env = await prepare(home, { amqpPort, distPort, epmdPort });
  const epmd = spawn('epmd', ['-port', String(epmdPort), '-address', '127.0.0.1'], { env, stdio: 'ignore' });
  const launch = () =>
    spawn('rabbitmq-server', [], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let node: ChildProcess = launch();
  const pid = () => (node.exitCode === null && node.signalCode === null ? node.pid : undefined);
  const kill = async (signal: NodeJS.Signals) => {
    const first = pid();
    if (first === undefined) return;
    const exited = once(node, 'exit');
    process.kill(-first, signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await exited;
  };
  const stop = async () => {
    await kill('SIGCONT');
    await end(node, true);
    await end(epmd, false);
    await rm(home, { recursive: true, force: true });
  };
  try {
    await ready(node, epmd);
  } catch (cause) {
    await stop();
    throw cause;
  }
  return {
    url: `amqp://guest:guest@127.0.0.1:${amqpPort}`,
    pid,
    kill,
    start: async () => {
      node = launch();
      await ready(node, epmd);
    },
    stop,
  };
}

async function prepare(
  home: string,
  ports: Record<'amqpPort' | 'distPort' | 'epmdPort', number | undefined>,
) {
  for (const name of ['mnesia', 'log']) await mkdir(join(home, name));
  await writeFile(join(home, 'enabled_plugins'), '[].\n');
  await writeFile(join(home, 'rabbitmq.conf'), 'vm_memory_high_watermark.relative = 0.4\n');
  return {
    ...process.env,
    PATH: [DEBIAN_SCRIPTS, process.env['PATH'] ?? ''].join(delimiter),
    HOME: home,
    ERL_EPMD_PORT: String(ports.epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `mirliton-${process.pid}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(ports.amqpPort),
    RABBITMQ_DIST_PORT: String(ports.distPort),
    RABBITMQ_MNESIA_BASE: join(home, 'mnesia'),
    RABBITMQ_LOG_BASE: join(home, 'log'),
    RABBITMQ_CONF_ENV_FILE: join(home, 'none'),
    RABBITMQ_CONFIG_FILE: join(home, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(home, 'enabled_plugins'),
    // Without busy-waiting schedulers, which would starve the tests on a small machine.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+sbwt none -kernel inet_dist_use_interface {127,0,0,1}',
  };
}

/** All ports are held until the last is known, so that no two are the same. */
function ready(node: ChildProcess, epmd: ChildProcess): Promise<void> {
  let output = '';
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new Error(`RabbitMQ did not start: ${reason}\n${output}`));
    const deadline = setTimeout(() => fail(`not ready after ${START_DEADLINE_MS} ms`), START_DEADLINE_MS);
    const settle = (act: () => void) => {
      clearTimeout(deadline);
      act();
    };
    for (const stream of [node.stdout, node.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        if (output.length < 20_000) output += chunk.toString();
        if (READY.test(output)) settle(resolve);
      });
    }
    for (const child of [node, epmd]) child.once('error', (error) => settle(() => fail(error.message)));
    node.once('exit', (code, signal) => settle(() => fail(`it ended (${signal ?? code})`)));
  });
}

/** `group`: the server is a shell script with the Erlang machine below it; the signal must reach both. */
async function end(child: ChildProcess, group: boolean): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  const target = group ? -pid : pid;
  process.kill(target, 'SIGTERM');
  const force = setTimeout(() => process.kill(target, 'SIGKILL'), STOP_DEADLINE_MS);
  await exited;
  clearTimeout(force);
}
