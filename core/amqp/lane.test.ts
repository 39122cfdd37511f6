// A consumer whose queue is changed behind its back after the connection came back.
import { once } from 'node:events';
import { type Channel, type ChannelModel, connect } from 'amqplib';
import { type Broker, startBroker } from '../../rel/embedded/broker/index.ts';
import { silentLog } from '../testing/index.ts';
import { Lane } from './lane.ts';

describe('a consumer that is back', () => {
  const name = 'lane-test';
  const binding = { exchange: 'callmgr', key: 'a.b' } as const;
  let broker: Broker;
  let models: ChannelModel[];
  let raw: Channel;
  let lane: Lane | undefined;
  let heard: () => void = () => undefined;

  beforeEach(async () => {
    broker = await startBroker({ host: '127.0.0.1', port: 0 });
    models = [];
    raw = await (await connected()).createChannel();
  });
  afterEach(async () => {
    await lane?.release();
    await Promise.all(models.map((model) => model.close()));
    await broker.stop();
  });

  const connected = async (): Promise<ChannelModel> => {
    const model = await connect(broker.url);
    models.push(model);
    return model;
  };

  /** It has been away once, and is looked at when told. */
  const back = async (looks: readonly number[]): Promise<Lane> => {
    const spec = { name, kind: 'shared', prefetch: 0, bindings: [binding] } as const;
    lane = new Lane({ spec, onMessage: () => heard(), log: silentLog(), looks });
    const before = await connect(broker.url);
    lane.up(before);
    await lane.ready();
    lane.down();
    await before.close();
    lane.up(await connected());
    await lane.ready();
    return lane;
  };

  const isHeard = async (): Promise<void> => {
    let repeat: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      heard = resolve;
      repeat = setInterval(() => raw.publish('callmgr', 'a.b', Buffer.from('{}')), 20);
    });
    clearInterval(repeat);
  };

  it('binds again what has lost its bindings', async () => {
    await back([50]);
    await raw.unbindQueue(name, 'callmgr', 'a.b', { 'x-turn': 1 });
    await isHeard();
  });

  it('is not struck by what becomes of its bindings of before', async () => {
    await back([]);
    await raw.unbindQueue(name, 'callmgr', 'a.b');
    await isHeard();
  });

  it('declares again what is gone', async () => {
    await back([50]);
    await raw.deleteQueue(name);
    await isHeard();
  });

  it('is bound no more after an unbind, however often it was away', async () => {
    const mine = await back([]);
    // The queue stays, with its bindings, while somebody else consumes it.
    await raw.consume(name, () => undefined);
    for (let times = 0; times < 3; times += 1) {
      mine.down();
      mine.up(await connected());
      await mine.ready();
    }
    await mine.unbind(binding);
    const returned = once(raw, 'return');
    raw.publish('callmgr', 'a.b', Buffer.from('{}'), { mandatory: true });
    await returned;
  });
});
