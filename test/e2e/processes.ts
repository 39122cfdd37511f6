// The processes of a zone under test, each of which can be killed, stopped and started again by itself.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One process of a zone. */
export interface ZoneProcess {
  /** An app; a stand-in (`broker`, `couch`, `switch`, `sip`); `rabbitmq`; `kamailio`; `couch node`; or `zone`, with everything in it. */
  readonly app: string;
  /** Its node name: `callflow@e2e-2`. */
  readonly node: string;
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  /** Port of its /metrics, of an app in a process of its own. */
  readonly metrics?: number | undefined;
  alive(): boolean;
  /** Sends a signal. Resolves when the process has gone, at once when the signal does not end it. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again under the same name, on the same ports and data. Resolves when it can work. */
  start(): Promise<void>;
}

/** A process of ours: also ended in order. */
export interface OwnProcess extends ZoneProcess {
  /** SIGINT; rejects when it ends otherwise than with 0. Resolves at once when it does not run. */
  end(): Promise<void>;
}

export interface ProcessPlan {
  readonly app: string;
  readonly node: string;
  readonly config: string;
  /** A module of this project and its arguments. */
  readonly run: readonly [string, ...string[]];
  readonly environment?: NodeJS.ProcessEnv | undefined;
  readonly metrics?: number;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Those that do not end a process. */
const gentle: readonly NodeJS.Signals[] = ['SIGSTOP', 'SIGCONT', 'SIGUSR2'];

const exitUnreachable = 3;
/**
 * Milliseconds: less than the tests' own limits, so that nothing is left running and the error says what it was.
 * `MIRLITON_E2E_START_LIMIT` gives what has no such limit longer, in seconds.
 */
const startLimit = (): number => Number(process.env['MIRLITON_E2E_START_LIMIT'] ?? 90) * 1000;
const stopLimit = 30_000;

/** Compiles what is not compiled, once for many processes. */
export function build(): void {
  spawnSync(process.execPath, [join(root, 'rel', 'build.mjs')], { stdio: ['ignore', 'inherit', 'inherit'] });
}

/** Starts one process of ours; `start` may be called again when it has ended. */
export function ownProcess(plan: ProcessPlan): OwnProcess {
  let child: ChildProcess | undefined;
  const running = (): ChildProcess | undefined =>
    child && child.exitCode === null && child.signalCode === null ? child : undefined;
  return {
    app: plan.app,
    node: plan.node,
    metrics: plan.metrics,
    get pid() {
      return running()?.pid;
    },
    alive: () => running() !== undefined,
    kill: async (signal = 'SIGKILL') => {
      const now = running();
      if (!now) return;
      const gone = once(now, 'exit');
      now.kill(signal);
      if (!gentle.includes(signal)) await gone;
    },
    start: async () => {
      for (let again = true; again; ) {
        child = spawnOwn(plan);
        again = !(await ready(child, `${plan.app} (${plan.node})`));
      }
    },
    end: async () => {
      const now = running();
      if (!now) return;
      const gone = once(now, 'exit');
      // One that a test has stopped would not hear it.
      now.kill('SIGCONT');
      now.kill('SIGINT');
      const deadline = setTimeout(() => now.kill('SIGKILL'), stopLimit);
      const [code, signal] = (await gone) as [number | null, NodeJS.Signals | null];
      clearTimeout(deadline);
      if (code === 0) return;
      const how = signal === 'SIGKILL' ? `did not end within ${stopLimit / 1000} s` : `ended with ${code}`;
      throw new Error(`${plan.app} (${plan.node}) ${how} after SIGINT`);
    },
  };
}

/** Its output is piped. It ends with this process. */
export function spawnOwn({
  config,
  run: [module, ...args],
  environment,
}: Omit<ProcessPlan, 'app' | 'node' | 'metrics'>) {
  return spawn(process.execPath, [join(root, module), ...args], {
    cwd: dirname(config),
    env: { ...process.env, MIRLITON_CONFIG: config, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

/** True when it can work; false when it ended because it did not reach another in time, as a supervisor would see it. */
async function ready(child: ChildProcess, name: string): Promise<boolean> {
  let output = '';
  const said = new Promise<true>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-4000);
        if (/ is ready \(/.test(output)) resolve(true);
      });
    }
  });
  let late = '';
  const limit = startLimit();
  const deadline = setTimeout(() => {
    late = ` (not ready after ${limit / 1000} s)`;
    child.kill('SIGKILL');
  }, limit);
  const exited = once(child, 'exit').then(([code]) => {
    if (code === exitUnreachable) return false;
    throw new Error(`${name} ended while starting${late}:\n${output}`);
  });
  exited.catch(() => undefined);
  try {
    return await Promise.race([said, exited]);
  } finally {
    clearTimeout(deadline);
  }
}
