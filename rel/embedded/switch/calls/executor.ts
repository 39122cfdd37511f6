// Runs applications on one channel: its dialplan one after another, and what clients send meanwhile.

import { randomUUID } from 'node:crypto';
import type { HangupCause } from './causes.ts';
import type { Channel } from './channel.ts';
import { expand } from './expand.ts';

/** One application to run, from the dialplan or from a client. */
export interface Step {
  name: string;
  args: string;
  /** Application-UUID of its events; one is made up when absent. */
  uuid?: string | undefined;
  uuidName?: string | undefined;
}

/** Something a channel does that is no application: being one side of a bridge. */
export type Work = (interrupted: AbortSignal) => Promise<void>;

export type Message =
  | { kind: 'execute'; step: Step; loops: number; lock: boolean }
  | { kind: 'hangup'; cause: HangupCause; lock: boolean };

interface Run {
  name: string;
  abort: AbortController;
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
  readonly busy: boolean;
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
}

/** These hold a channel until something else happens to it; a break does not end them. */
const HOLDERS = new Set(['park', 'bridge', 'conference', 'eavesdrop', 'intercept']);

export function createExecutor(channel: Channel): Executor {
  const running: Run[] = [];
  const messages: Message[] = [];
  let interruption = new AbortController();
  let plan: (Step | Work)[] = [];
  let walk: Promise<void> | undefined;
  let locked = false;

  /** An application that a later one interrupted completes after it: they nest, as in FreeSWITCH. */
  async function execute(step: Step): Promise<void> {
    if (channel.down) return;
    const abort = new AbortController();
    const run: Run = { name: step.name, abort, finished: Promise.resolve() };
    running.push(run);
    run.finished = runApplication(channel, step, abort.signal, async () => {
      while (running.at(-1) !== run) await running.at(-1)?.finished;
      running.pop();
    });
    await run.finished;
  }

  async function walkPlan(): Promise<void> {
    channel.routed = true;
    channel.setState('CS_ROUTING');
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
      await execute(message.step);
    }
  }

  function pump(): void {
    while (!locked && !channel.down) {
      const message = messages.shift();
      if (!message) return;
      locked = message.lock;
      perform(message)
        .catch((error: unknown) =>
          channel.core.log.error('application failed', { uuid: channel.uuid, error }),
        )
        .finally(() => {
          if (message.lock) locked = false;
          pump();
        });
    }
  }

  function interrupt(): void {
    interruption.abort();
    interruption = new AbortController();
    for (const run of running.toReversed()) run.abort.abort();
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
    deliver(message) {
      messages.push(message);
      pump();
    },
    break(all) {
      if (all) messages.length = 0;
      const last = running.at(-1);
      if (last && !HOLDERS.has(last.name)) last.abort.abort();
      channel.leg?.stopPlay();
    },
    interrupt,
    get interrupted() {
      return interruption.signal;
    },
    get busy() {
      return running.length > 0;
    },
    async idle() {
      await walk;
      await Promise.all(running.map((run) => run.finished));
    },
  };
}

async function runApplication(
  channel: Channel,
  step: Step,
  signal: AbortSignal,
  leave: () => Promise<void>,
): Promise<void> {
  const { core } = channel;
  const application = core.applications.get(step.name);
  if (!application) {
    core.log.warn('no such application', { uuid: channel.uuid, application: step.name });
    channel.hangup('DESTINATION_OUT_OF_ORDER');
    return leave();
  }
  const args = await expand(core, channel, step.args);
  const fields: [string, string][] = [
    ['Application', step.name],
    ['Application-Data', args],
    ['Application-UUID', step.uuid ?? randomUUID()],
  ];
  if (step.uuidName) fields.push(['Application-UUID-Name', step.uuidName]);
  channel.set('current_application', step.name);
  channel.set('current_application_data', args);
  channel.set('last_app', step.name);
  channel.set('last_arg', args);
  channel.publish('CHANNEL_EXECUTE', fields);
  let response: string | undefined;
  try {
    if (application.media && !channel.answered && !channel.early) await channel.driver.progress();
    response = await application.run({ core, channel, args, signal });
  } catch (error) {
    response = `ERROR ${error instanceof Error ? error.message : String(error)}`;
    core.log.warn('application failed', { uuid: channel.uuid, application: step.name, error });
  }
  await leave();
  channel.set('current_application_response', response);
  channel.publish('CHANNEL_EXECUTE_COMPLETE', [...fields, ['Application-Response', response ?? '_none_']]);
}
