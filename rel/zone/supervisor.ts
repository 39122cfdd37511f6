// Child processes that are started again when they die, with a pause that grows while they keep dying.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { AppError } from '../../core/errors/index.ts';
import { logger } from '../../core/log/index.ts';

/** What one child runs. */
export interface ChildPlan {
  readonly name: string;
  /** A module and its arguments. It tells by any IPC message that it can work, and stops on SIGTERM. */
  readonly module: string;
  readonly args: readonly string[];
  /** Others need it while they stop. */
  readonly stopsLast?: boolean;
}

export interface SupervisorOptions {
  /** Milliseconds: the first pause; it doubles up to the longest, and a child that lived as long as that starts anew. */
  readonly pause?: { readonly shortest: number; readonly longest: number };
  /** Milliseconds after SIGTERM until SIGKILL. */
  readonly patience: number;
}

export interface Supervisor {
  /** The process of each child, undefined while it is not running. */
  pids(): Readonly<Record<string, number | undefined>>;
  /** SIGTERM, and SIGKILL to those that do not listen. */
  stop(): Promise<void>;
}

const log = logger('supervisor');
const defaultPause = { shortest: 200, longest: 10_000 };

/** The exit code of a command that did not reach the broker or the database (rel/mirliton/exit-codes.ts). */
const unreachable = '3';

/**
 * Starts all at once. Resolves when each has said that it is ready. Rejects, and stops all, when one ends before it has
 * because it cannot work; one that did not reach another in time is started again.
 */
export async function supervise(
  plans: readonly ChildPlan[],
  { patience, pause = defaultPause }: SupervisorOptions,
): Promise<Supervisor> {
  const children = plans.map((plan) => new Child(plan, pause));
  const stop = async (): Promise<void> => {
    for (const last of [false, true]) {
      const some = children.filter(({ plan }) => (plan.stopsLast ?? false) === last);
      await Promise.all(some.map((child) => child.stop(patience)));
    }
  };
  try {
    await Promise.all(children.map((child) => child.begin()));
  } catch (error) {
    await stop();
    throw error;
  }
  return { pids: () => Object.fromEntries(children.map(({ plan, pid }) => [plan.name, pid])), stop };
}

class Child {
  readonly plan: ChildPlan;
  readonly #pause: { readonly shortest: number; readonly longest: number };
  #next: number;
  #process: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;
  /** Set until it was ready for the first time. */
  #onReady: (() => void) | undefined;

  constructor(plan: ChildPlan, pause: { readonly shortest: number; readonly longest: number }) {
    this.plan = plan;
    this.#pause = pause;
    this.#next = pause.shortest;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Resolves when it is ready for the first time. */
  begin(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onReady = () => {
        this.#onReady = undefined;
        resolve();
      };
      this.#launch((why) => {
        const message = `${this.plan.name} ended (${why}) while it was starting; the lines above say why`;
        reject(new AppError('invalid_config', { message }));
      });
    });
  }

  async stop(patience: number): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const running = this.#process;
    if (running === undefined) return;
    const gone = once(running, 'exit');
    running.kill('SIGTERM');
    const force = setTimeout(() => running.kill('SIGKILL'), patience);
    await gone;
    clearTimeout(force);
  }

  #launch(fail: (why: string) => void): void {
    const { module, args } = this.plan;
    // A group of its own: Ctrl-C is for the supervisor, which stops the children in order.
    const child = fork(module, [...args], { stdio: 'inherit', detached: true });
    const since = Date.now();
    this.#process = child;
    child.once('exit', (code, signal) => {
      this.#process = undefined;
      if (Date.now() - since > this.#pause.longest) this.#next = this.#pause.shortest;
      if (this.#stopping) return;
      const why = String(signal ?? code);
      if (this.#onReady && why !== unreachable) fail(why);
      else this.#again(why, fail);
    });
    child.once('message', () => this.#onReady?.());
  }

  #again(why: string, fail: (why: string) => void): void {
    log.error('a process died and is started again', { child: this.plan.name, why, after: this.#next });
    this.#timer = setTimeout(() => this.#launch(fail), this.#next);
    this.#next = Math.min(this.#pause.longest, this.#next * 2);
  }
}
