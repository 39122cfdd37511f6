// Private RabbitMQ nodes for tests, one or a cluster: own names, ports, data and epmd, loopback only, gone without trace on stop.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePorts } from '../e2e/ports.ts';

/** One node. */
export interface RabbitNode {
  /** `amqp://guest:guest@127.0.0.1:PORT` of a node that answers. */
  readonly url: string;
  /** Undefined while it does not run. */
  pid(): number | undefined;
  /** Sends the signal to all of its processes. Resolves when it has gone; at once after `SIGSTOP` and `SIGCONT`. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
}

export interface RabbitCluster {
  readonly nodes: readonly RabbitNode[];
  /** Stops nodes and epmd, and removes their files. */
  stop(): Promise<void>;
}

export type Rabbit = RabbitNode & Pick<RabbitCluster, 'stop'>;

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

/** Starts one node. @throws Error as `startRabbits`. */
export async function startRabbit(): Promise<Rabbit> {
  const { nodes, stop } = await startRabbits(1);
  return { ...(nodes[0] as RabbitNode), stop };
}

/**
 * Starts nodes in the foreground of this process, as a cluster when there are several, and resolves when all are ready.
 * @throws Error with a node's own output when it ends, or is not ready within 60 s.
 */
export async function startRabbits(count: number): Promise<RabbitCluster> {
  const home = await mkdtemp(join(tmpdir(), 'mirliton-rabbit-'));
  const [epmdPort = 0, ...ports] = await freePorts(1 + 2 * count);
  const names = Array.from({ length: count }, (_, at) => `mirliton-${process.pid}-${at + 1}@localhost`);
  await writeFile(join(home, 'enabled_plugins'), '[].\n');
  await writeFile(join(home, 'rabbitmq.conf'), configOf(names));
  const environments: NodeJS.ProcessEnv[] = [];
  for (const [at, name] of names.entries())
    environments.push(await prepare(home, name, epmdPort, ports.slice(2 * at, 2 * at + 2)));
  const env = environments[0];
  const epmd = spawn('epmd', ['-port', String(epmdPort), '-address', '127.0.0.1'], { env, stdio: 'ignore' });
  const nodes: (RabbitNode & { end(): Promise<void> })[] = [];
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.end()));
    await end(epmd, false);
    await rm(home, { recursive: true, force: true });
  };
  try {
    // One after the other: each joins those that are there.
    for (const [at, environment] of environments.entries()) {
      const node = nodeOf(environment, epmd, ports[2 * at] ?? 0);
      nodes.push(node);
      await node.start();
    }
  } catch (cause) {
    await stop();
    throw cause;
  }
  return { nodes, stop };
}

function nodeOf(env: NodeJS.ProcessEnv, epmd: ChildProcess, port: number) {
  let node: ChildProcess | undefined;
  const pid = () => (node?.exitCode === null && node.signalCode === null ? node.pid : undefined);
  const kill = async (signal: NodeJS.Signals) => {
    const first = pid();
    if (!node || first === undefined) return;
    const exited = once(node, 'exit');
    process.kill(-first, signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await exited;
  };
  return {
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    pid,
    kill,
    start: async () => {
      node = spawn('rabbitmq-server', [], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
      await ready(node, epmd);
    },
    end: async () => {
      await kill('SIGCONT');
      if (node) await end(node, true);
    },
  };
}

function configOf(names: readonly string[]): string {
  const cluster = [
    'cluster_formation.peer_discovery_backend = classic_config',
    ...names.map((name, at) => `cluster_formation.classic_config.nodes.${at + 1} = ${name}`),
    'cluster_partition_handling = pause_minority',
  ];
  const lines = ['vm_memory_high_watermark.relative = 0.4', ...(names.length > 1 ? cluster : [])];
  return `${lines.join('\n')}\n`;
}

async function prepare(
  home: string,
  name: string,
  epmdPort: number,
  [amqpPort, distPort]: readonly number[],
): Promise<NodeJS.ProcessEnv> {
  const folder = join(home, name);
  for (const kind of ['mnesia', 'log']) await mkdir(join(folder, kind), { recursive: true });
  return {
    ...process.env,
    PATH: [DEBIAN_SCRIPTS, process.env['PATH'] ?? ''].join(delimiter),
    // The cookie of a cluster lies there.
    HOME: home,
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: name,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(amqpPort),
    RABBITMQ_DIST_PORT: String(distPort),
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_CONF_ENV_FILE: join(home, 'none'),
    RABBITMQ_CONFIG_FILE: join(home, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(home, 'enabled_plugins'),
    // Without busy-waiting schedulers, which would starve the tests on a small machine.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
      '+sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}',
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
