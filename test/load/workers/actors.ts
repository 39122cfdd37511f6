// Call actors over core/actors and over nact alone, the same work for both: a task in, milliseconds out.
import { type ActorSystemRef, dispatch, spawn, start, stop } from 'nact';
import { createActorSystem } from '../../../core/actors/index.ts';
import { logger } from '../../../core/log/index.ts';
import { createMetrics } from '../../../core/metrics/index.ts';
import { serve } from './parent.ts';

export type ActorWay = 'bare' | 'supervised';
export interface Task {
  readonly way: ActorWay;
  readonly actors: number;
  /** To each actor. */
  readonly messages: number;
  /** Whether the behaviour is an async function. */
  readonly waits: boolean;
}

type Receive = (count: number) => number | Promise<number>;

/** What is done with one system: spawn one by name, then send to it, and stop everything. */
interface Actors {
  spawn(name: string, receive: Receive): () => void;
  stop(): Promise<void>;
}

function bare(): Actors {
  const system: ActorSystemRef = start();
  return {
    spawn: (name, receive) => {
      const ref = spawn(system, (count: number) => receive(count), name, { initialState: 0 });
      return () => dispatch(ref, 'event');
    },
    stop: async () => stop(system),
  };
}

function supervised(): Actors {
  const system = createActorSystem({ name: 'bench', log: logger('bench'), metrics: createMetrics() });
  return {
    spawn: (name, receive) => {
      const actor = system.spawn<number, string>({ name, initial: 0, behaviour: receive });
      return () => actor.send('event');
    },
    stop: () => system.drain(10_000),
  };
}

/** Rounds of one message to each, as the events of many calls come in. */
async function run({ way, actors, messages, waits }: Task): Promise<number> {
  const system = way === 'bare' ? bare() : supervised();
  let left = actors * messages;
  const start = performance.now();
  await new Promise<void>((resolve) => {
    const count = (seen: number): number => {
      left -= 1;
      if (left === 0) resolve();
      return seen + 1;
    };
    const receive: Receive = waits ? async (seen) => count(await seen) : count;
    const sends = Array.from({ length: actors }, (_, at) => system.spawn(`call-${at}`, receive));
    for (let round = 0; round < messages; round += 1) for (const send of sends) send();
  });
  const taken = performance.now() - start;
  await system.stop();
  return taken;
}

serve(run);
