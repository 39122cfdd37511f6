// Runs applications on one channel: its dialplan one after another, and what clients send meanwhile.

import { runApplication, type Step } from './application.ts';
import type { Channel } from './channel.ts';
import { createMailbox, type Message } from './mailbox.ts';

export type { Step } from './application.ts';

/** Something a channel does that is no application: being one side of a bridge. */
export type Work = (interrupted: AbortSignal) => Promise<void>;

interface Run {
  name: string;
  abort: AbortController;
  /** To be aborted as soon as it is the innermost. */
  doomed: boolean;
  finished: Promise<void>;
}

export interface Executor {
  /** Leaves whatever runs and walks this dialplan; at its end the channel hangs up. */
  transfer(steps: readonly (Step | Work)[]): void;
  /** Runs one application within the one that runs now. */
  nest(step: Step): Promise<void>;
  /** Queues what a client sent. With `lock` nothing else starts until it is done. */
  deliver(message: Message): void;
  /** Stops the innermost application; with `all` forgets what is queued as well. */
  break(all: boolean): void;
  /** Stops all that runs: for a transfer or the hangup. */
  interrupt(): void;
  /** Aborts at the next transfer or hangup: for what holds a channel without being an application. */
  readonly interrupted: AbortSignal;
  /** The name of the innermost application. */
  readonly current: string | undefined;
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
}

/** These hold a channel until something else happens to it; a break does not end them. */
const SHORTEST_LOOP_MS = 500;
const HOLDERS = new Set(['park', 'bridge', 'conference', 'eavesdrop', 'intercept']);
/** A break ends one round of these, and the next one begins. */
const LOOPERS = new Set(['endless_playback', 'loop_playback']);

export function createExecutor(channel: Channel): Executor {
  const running: Run[] = [];
  let interruption = new AbortController();
  let plan: (Step | Work)[] = [];
  let walk: Promise<void> | undefined;

  /** An application that a later one interrupted completes after it: they nest, as in FreeSWITCH. */
  async function execute(step: Step): Promise<void> {
    if (channel.down) return;
    const abort = new AbortController();
    const run: Run = { name: step.name, abort, doomed: false, finished: Promise.resolve() };
    running.push(run);
    run.finished = runApplication(channel, step, abort.signal, async () => {
      while (running.at(-1) !== run) await running.at(-1)?.finished;
      running.pop();
    });
    await run.finished;
    const outer = running.at(-1);
    if (outer?.doomed) outer.abort.abort();
  }

  async function walkPlan(): Promise<void> {
    channel.routed = true;
    channel.setState('CS_ROUTING');
    if (channel.callState === 'DOWN') channel.setCallState('RINGING');
    channel.setState('CS_EXECUTE');
    while (!channel.down) {
      const step = plan.shift();
      if (typeof step === 'function') await step(interruption.signal);
      else if (step) await execute(step);
      else channel.hangup('NORMAL_CLEARING');
    }
  }

  function startWalk(): void {
    walk ??= walkPlan()
      .catch((error: unknown) => {
        channel.core.log.error('dialplan failed', { uuid: channel.uuid, error });
        channel.hangup('NORMAL_TEMPORARY_FAILURE');
      })
      .finally(() => {
        walk = undefined;
      });
  }

  async function perform(message: Message): Promise<void> {
    if (message.kind === 'hangup') {
      channel.hangup(message.cause);
      return;
    }
    const { signal } = interruption;
    for (let left = message.loops; left !== 0 && !channel.down && !signal.aborted; left -= 1) {
      const startedAt = Date.now();
      await execute(message.step);
      // FreeSWITCH's guard against loops that spin.
      if (Date.now() - startedAt < SHORTEST_LOOP_MS) return;
    }
  }

  const mailbox = createMailbox(channel, perform);

  function interrupt(): void {
    interruption.abort();
    interruption = new AbortController();
    for (const run of running) run.doomed = true;
    running.at(-1)?.abort.abort();
    channel.leg?.stopPlay();
  }

  return {
    transfer(steps) {
      if (channel.down) return;
      plan = [...steps];
      interrupt();
      startWalk();
    },
    nest: execute,
    deliver: mailbox.deliver,
    break(all) {
      if (all) mailbox.clear();
      const last = running.at(-1);
      if (last && !HOLDERS.has(last.name) && !LOOPERS.has(last.name)) last.abort.abort();
      channel.leg?.stopPlay();
    },
    interrupt,
    get current() {
      return running.at(-1)?.name;
    },
    get interrupted() {
      return interruption.signal;
    },
    async idle() {
      await walk;
      await Promise.all(running.map((run) => run.finished));
    },
  };
}
