// What the bus could not be told: the newest of each contact, in its order, when the broker is back.
import { expect } from 'chai';
import { createUntold } from './untold.ts';

describe('edge: what could not be told', () => {
  it('waits for the broker, the newest of each contact, and nothing overtakes it', async () => {
    let isBack = false;
    const told: string[] = [];
    let done = (): void => undefined;
    const all = new Promise<void>((resolve) => {
      done = resolve;
    });
    const untold = createUntold<string>(
      async (message) => {
        if (!isBack) throw new Error('the broker is away');
        told.push(message);
        if (message === 'c1') done();
      },
      () => undefined,
    );
    untold.tell('a', 'a1');
    untold.tell('b', 'b1');
    await new Promise((resolve) => setImmediate(resolve));
    untold.tell('a', 'a2');
    expect(untold.size).to.equal(2);
    isBack = true;
    untold.tell('c', 'c1');
    await all;
    expect(told).to.deep.equal(['b1', 'a2', 'c1']);
    untold.stop();
  });

  it('tells at once what it can', async () => {
    const told: string[] = [];
    const untold = createUntold<string>(
      async (message) => void told.push(message),
      () => undefined,
    );
    untold.tell('a', 'a1');
    expect([told, untold.size]).to.deep.equal([['a1'], 0]);
    untold.stop();
  });
});
