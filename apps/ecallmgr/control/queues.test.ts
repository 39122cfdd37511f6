// Control queues serve one call after the other, and no command reaches another call than the one it is for.
import { expect } from 'chai';
import { AppError } from '../../../core/errors/index.ts';
import { noop } from '../../../core/messages/commands/queue.ts';
import { fakeBus } from '../../../core/testing/index.ts';
import { type Commanded, ControlQueues } from './queues.ts';

class Call implements Commanded {
  readonly got: unknown[] = [];
  readonly #id: string;
  readonly #leaves: boolean;
  #letGo: () => void = () => undefined;

  constructor(id: string, leaves = false) {
    this.#id = id;
    this.#leaves = leaves;
  }

  answersTo(callId: unknown): boolean {
    return callId === this.#id;
  }

  async accept(json: Readonly<Record<string, unknown>>): Promise<void> {
    this.got.push(json['Msg-ID']);
    if (this.#leaves)
      await new Promise((_, reject) => {
        this.#letGo = () => reject(new AppError('stopping'));
      });
  }

  letGo(): void {
    this.#letGo();
  }
}

describe('control queues', () => {
  const bus = fakeBus({ node: 'ecallmgr@one' });
  const made = (name: string): number => bus.broker.queues().filter((it) => it.includes(name)).length;
  const put = (queue: string, callId: string, messageId: string): Promise<void> => {
    const fields = { 'Call-ID': callId, 'Application-Name': 'noop' } as const;
    return bus.send(queue, noop, fields, { messageId, mandatory: true });
  };
  const send = async (queue: string, callId: string, messageId: string): Promise<void> => {
    await put(queue, callId, messageId);
    await bus.settled();
  };
  let pool: ControlQueues;
  afterEach(async () => pool.stop());

  it('are ready before their call, and used again after it', async () => {
    pool = new ControlQueues(bus, 'again', bus.log, 0);
    pool.prepare();
    await bus.settled();
    const before = made('again');
    expect(before).to.be.above(1);
    const names = new Set<string>();
    for (let n = 0; n < 3 * before; n += 1) {
      const call = new Call(`c${n}`);
      const queue = pool.open(call);
      await queue.ready;
      names.add(queue.name);
      await send(queue.name, `c${n}`, `m${n}`);
      expect(call.got).to.deep.equal([`m${n}`]);
      pool.ended(queue);
      await pool.leave(queue, call, 'ended');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(names.size).to.be.below(2 * before);
  });

  it('bring what is late to the call that it is for, and refuse it when that has gone', async () => {
    pool = new ControlQueues(bus, 'late', bus.log, 0);
    const [first, second] = [new Call('first'), new Call('second')];
    const queue = pool.open(first);
    await queue.ready;
    pool.ended(queue);
    expect(pool.open(second, queue.name)).to.equal(queue);
    await send(queue.name, 'first', 'f1');
    await send(queue.name, 'second', 's1');
    await pool.leave(queue, first, 'ended');
    await send(queue.name, 'first', 'f2');
    expect([first.got, second.got]).to.deep.equal([['f1'], ['s1']]);
    const refusal = bus.named('dialplan').at(-1);
    expect(refusal).to.include({ 'Call-ID': 'first', 'Error-Code': 'call_hung_up' });
    expect(refusal?.['Request']).to.include({ 'Msg-ID': 'f2' });
  });

  it('give back what is not over when another process goes on with the call', async () => {
    pool = new ControlQueues(bus, 'moves', bus.log);
    const [here, there] = [new Call('moving', true), new Call('moving')];
    const queue = pool.open(here);
    await queue.ready;
    await put(queue.name, 'moving', 'm1');
    while (here.got.length === 0) await new Promise(setImmediate);
    const gone = pool.leave(queue, here, 'elsewhere');
    const other = new ControlQueues(bus.peer('ecallmgr@two'), 'moves', bus.log);
    await gone;
    await other.open(there, queue.name).ready;
    await bus.settled();
    expect([here.got, there.got]).to.deep.equal([['m1'], ['m1']]);
    await other.stop();
  });

  it('of a process that was given up serve no new call', async () => {
    pool = new ControlQueues(bus, 'renewed', bus.log, 0);
    pool.prepare();
    await bus.settled();
    const old = new Set(bus.broker.queues().filter((it) => it.includes('renewed')));
    const running = new Call('running');
    const queue = pool.open(running);
    pool.renew();
    await bus.settled();
    pool.ended(queue);
    await pool.leave(queue, running, 'ended');
    for (let n = 0; n < 12; n += 1) expect(old.has(pool.open(new Call(`n${n}`)).name)).to.equal(false);
  });
});
