// The end of a bus: nothing that was published is lost with the connection.
import { expect } from 'chai';
import { type Broker, startBroker } from '../../rel/embedded/broker/index.ts';
import { message, Type } from '../contract/index.ts';
import { fakeMetrics, silentLog } from '../testing/index.ts';
import { type Bus, connectBus } from './index.ts';

const hello = message({
  category: 'nodes',
  name: 'hello',
  exchange: 'nodes',
  fields: { Number: Type.Integer() },
});

describe('closing a bus', () => {
  let broker: Broker;
  const open = (): Promise<Bus> =>
    connectBus({
      urls: [broker.url],
      node: 'test@localhost',
      appName: 'test',
      appVersion: '1',
      log: silentLog(),
      metrics: fakeMetrics(),
      strict: true,
    });
  before(async () => {
    broker = await startBroker({ host: '127.0.0.1', port: 0 });
  });
  after(() => broker.stop());

  it('what was published last arrives, though the bus closes at once', async () => {
    const bus = await open();
    const heard: number[] = [];
    let done = (): void => undefined;
    const all = new Promise<void>((resolve) => {
      done = resolve;
    });
    await bus.consume(
      { bindings: [{ exchange: 'nodes', key: '' }], contracts: [hello] },
      ({ message: { Number: number } }) => {
        if (heard.push(number) === 10) done();
      },
    );
    for (let round = 0; round < 5; round += 1) {
      const other = await open();
      await other.publish(hello, { Number: round * 2 });
      // The exchange is declared: this one is only written.
      await other.publish(hello, { Number: round * 2 + 1 });
      await other.close();
    }
    await all;
    expect(heard).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await bus.close();
  });
});
