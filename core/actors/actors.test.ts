// The promises of the actor system, one by one.
import { expect } from 'chai';
import { AppError } from '../errors/index.ts';
import { silentLog } from '../testing/log.ts';
import { fakeMetrics } from '../testing/metrics.ts';
import { type ActorSystem, createActorSystem } from './index.ts';

const codeIn = (work: () => unknown): string => {
  try {
    work();
    return 'fine';
  } catch (error) {
    return (error as AppError).code;
  }
};

/** A promise and its resolver. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe('createActorSystem', () => {
  let system: ActorSystem;
  let log = silentLog();
  let metrics = fakeMetrics();
  beforeEach(() => {
    log = silentLog();
    metrics = fakeMetrics();
    system = createActorSystem({ name: 'test', log, metrics });
  });
  afterEach(() => system.drain(100));

  const adder = (name = 'call:1@host', extra: object = {}) => {
    const seen: number[] = [];
    const actor = system.spawn<number, number | ((sum: number) => void)>({
      name,
      initial: 0,
      behaviour: async (sum, message) => {
        if (typeof message === 'function') {
          message(sum);
          return sum;
        }
        if (message < 0) throw new Error(`cannot add ${message}`);
        seen.push(message);
        return sum + message;
      },
      ...extra,
    });
    return { actor, seen };
  };

  it('handles one message at a time, in order, with the state before', async () => {
    const { actor, seen } = adder();
    for (const n of [1, 2, 3]) actor.send(n);
    expect(await actor.ask<number>((reply) => reply, 1_000)).to.equal(6);
    expect(seen).to.deep.equal([1, 2, 3]);
    expect(system.find('call:1@host')).to.equal(actor);
    expect(system.size).to.equal(1);
  });

  it('takes a name once, and again when its actor is gone', async () => {
    const { actor } = adder();
    expect(() => adder()).to.throw(AppError, /runs already/);
    await actor.stop();
    expect(system.find('call:1@host')).to.equal(undefined);
    expect(() => adder()).not.to.throw();
  });

  it('handles what waits before it stops, and refuses after', async () => {
    const ends: string[] = [];
    const { actor, seen } = adder('a', { onStop: (reason: string) => ends.push(reason) });
    actor.send(1);
    actor.send(2);
    const stopped = actor.stop();
    expect(codeIn(() => actor.send(3))).to.equal('actor_stopped');
    await stopped;
    await actor.stop();
    expect(seen).to.deep.equal([1, 2]);
    expect(ends).to.deep.equal(['stopped']);
    expect(metrics.value('actors_dead_letters_total')).to.equal(1);
  });

  it('restarts with the initial state as often as it may, then stops and says why', async () => {
    const end = gate();
    let reason: unknown[] = [];
    const { actor } = adder('a', {
      restarts: 2,
      onStop: (...given: unknown[]) => {
        reason = given;
        end.open();
      },
    });
    actor.send(5);
    actor.send(-1);
    actor.send(7);
    expect(await actor.ask<number>((reply) => reply, 1_000)).to.equal(7);
    actor.send(-2);
    actor.send(-3);
    actor.send(1);
    await end.opened;
    expect(reason[0]).to.equal('crashed');
    expect((reason[1] as Error).message).to.equal('cannot add -3');
    expect(metrics.value('actors_crashes_total')).to.equal(3);
    expect(metrics.value('actors_dead_letters_total')).to.equal(1);
    expect(log.at('error')).to.deep.equal([
      'an actor crashed and starts again',
      'an actor crashed and starts again',
      'an actor crashed and is stopped',
    ]);
    expect(system.size).to.equal(0);
  });

  it('refuses more than the mailbox holds', async () => {
    const { open, opened } = gate();
    const actor = system.spawn<undefined, number>({
      name: 'slow',
      initial: undefined,
      mailbox: 2,
      behaviour: async () => {
        await opened;
        return undefined;
      },
    });
    actor.send(1);
    actor.send(2);
    expect(codeIn(() => actor.send(3))).to.equal('actor_overloaded');
    expect(metrics.value('actors_mailbox_messages')).to.equal(2);
    expect(metrics.value('actors_mailbox_longest_messages')).to.equal(2);
    expect(metrics.value('actors_overloads_total')).to.equal(1);
    open();
    await actor.stop();
  });

  it('ends a question by its deadline, or at once when the actor stops', async () => {
    const silent = system.spawn<undefined, string>({
      name: 'silent',
      initial: undefined,
      behaviour: (_, message) => {
        if (message === 'die') throw new Error('died');
        return undefined;
      },
    });
    const late = await silent.ask(() => 'hello', 5).catch((error: AppError) => error.code);
    expect(late).to.equal('timeout');
    const asked = silent.ask(() => 'hello', 60_000).catch((error: AppError) => error.code);
    silent.send('die');
    expect(await asked).to.equal('actor_stopped');
    const after = await silent.ask(() => 'hello', 5).catch((error: AppError) => error.code);
    expect(after).to.equal('actor_stopped');
  });

  it('drains what waits, and cuts what does not end', async () => {
    const { seen, actor } = adder();
    const stuck = gate();
    const ends: string[] = [];
    const hung = system.spawn<undefined, number>({
      name: 'hung',
      initial: undefined,
      behaviour: async () => {
        await stuck.opened;
        throw new Error('too late to matter');
      },
      onStop: (reason) => ends.push(reason),
    });
    hung.send(1);
    hung.send(2);
    actor.send(1);
    await system.drain(20);
    expect(seen).to.deep.equal([1]);
    expect(ends).to.deep.equal(['stopped']);
    expect(system.size).to.equal(0);
    expect(codeIn(() => adder('new'))).to.equal('stopping');
    stuck.open();
    await stuck.opened;
    expect(metrics.value('actors_crashes_total')).to.equal(0);
  });

  it('survives an onStop that throws', async () => {
    const { actor } = adder('a', {
      onStop: () => {
        throw new Error('oops');
      },
    });
    await actor.stop();
    expect(log.at('error')).to.deep.equal(['onStop of an actor failed']);
  });
});
