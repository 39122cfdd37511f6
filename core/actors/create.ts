// createActorSystem(): actors by name, each directly under one nact system.
import { type ActorSystemRef, start, stop } from 'nact';
import { AppError } from '../errors/index.ts';
import type { Logger } from '../log/index.ts';
import type { Metrics } from '../metrics/index.ts';
import { SupervisedActor, type Surroundings } from './actor.ts';
import { createActorMeters } from './meters.ts';
import type { Actor, ActorSystem } from './system.ts';

const watchEvery = 5_000;

export interface ActorSystemOptions {
  /** Whose actors these are: the app's name. */
  readonly name: string;
  readonly log: Logger;
  readonly metrics: Metrics;
}

// Only what the system itself needs of an actor: its message type is the caller's business.
type AnyActor = Pick<SupervisedActor<unknown, unknown>, 'name' | 'waiting' | 'stop' | 'kill' | 'watch'>;

/**
 * Starts a system. All actors are siblings under nact's system, since a nact parent copies the map of its children
 * at every message it handles.
 */
export function createActorSystem({ name, log: parent, metrics }: ActorSystemOptions): ActorSystem {
  const log = parent.child('actors');
  const system: ActorSystemRef = start();
  const actors = new Map<string, AnyActor>();
  const waiting = () => Array.from(actors.values(), (actor) => actor.waiting);
  const meters = createActorMeters(metrics, {
    size: () => actors.size,
    waiting: () => waiting().reduce((sum, count) => sum + count, 0),
    longest: () => waiting().reduce((most, count) => Math.max(most, count), 0),
  });
  let onEmpty: () => void = () => undefined;
  const around: Surroundings = {
    system,
    log,
    meters,
    onGone: (gone) => {
      actors.delete(gone);
      if (actors.size === 0) onEmpty();
    },
  };
  const watch = setInterval(() => {
    const now = Date.now();
    for (const actor of actors.values()) actor.watch(now);
  }, watchEvery).unref();
  let serial = 0;
  let draining: Promise<void> | undefined;

  const drain = async (milliseconds: number): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    const inTime = new Promise<boolean>((resolve) => {
      onEmpty = () => resolve(true);
      timer = setTimeout(() => resolve(false), milliseconds);
    });
    for (const actor of [...actors.values()]) void actor.stop();
    if (actors.size > 0 && !(await inTime)) {
      log.warn('actors are stopped in the middle of their work', { system: name, actors: actors.size });
      for (const actor of [...actors.values()]) actor.kill();
    }
    clearTimeout(timer);
    clearInterval(watch);
    stop(system);
  };

  return {
    spawn: (options) => {
      if (draining !== undefined)
        throw new AppError('stopping', { message: `no new actor ${options.name}: ${name} is stopping` });
      if (actors.has(options.name))
        throw new AppError('unspecified_fault', { message: `an actor ${options.name} runs already` });
      serial += 1;
      const actor = new SupervisedActor(options, `a${serial}`, around);
      actors.set(options.name, actor);
      return actor;
    },
    find: <Message>(wanted: string) => actors.get(wanted) as Actor<Message> | undefined,
    get size() {
      return actors.size;
    },
    drain: (milliseconds) => {
      draining ??= drain(milliseconds);
      return draining;
    },
  };
}
