// A consumer whose queue is changed behind its back after the connection came back.
import { setTimeout as pause } from 'node:timers/promises';
import { type Channel, type ChannelModel, connect } from 'amqplib';
import { expect } from 'chai';
import { type Broker, startBroker } from '../../rel/embedded/broker/index.ts';
import { silentLog } from '../testing/index.ts';
import { Lane } from './lane.ts';

describe('a consumer that is back', () => {
  const name = 'lane-test';
  let broker: Broker;
  let models: ChannelModel[];
  let raw: Channel;
  let lane: Lane;
  let heard: () => void = () => undefined;

  beforeEach(async () => {
    broker = await startBroker({ host: '127.0.0.1', port: 0 });
    models = await Promise.all([connect(broker.url), connect(broker.url), connect(broker.url)]);
    raw = await (models[2] as ChannelModel).createChannel();
    lane = new Lane({
      spec: { name, kind: 'shared', prefetch: 0, bindings: [{ exchange: 'callmgr', key: 'a.b' }] },
      onMessage: () => heard(),
      log: silentLog(),
      looks: [50],
    });
    lane.up(models[0] as ChannelModel);
    await lane.ready();
    lane.down();
    await models[0]?.close();
  });
  afterEach(async () => {
    await lane.release();
    await Promise.all(models.slice(1).map((model) => model.close()));
    await broker.stop();
  });

  const isHeard = async (): Promise<void> => {
    let repeat: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      heard = resolve;
      repeat = setInterval(() => raw.publish('callmgr', 'a.b', Buffer.from('{}')), 20);
    });
    clearInterval(repeat);
  };

  it('binds again what has lost its bindings', async () => {
    lane.up(models[1] as ChannelModel);
    await lane.ready();
    await raw.unbindQueue(name, 'callmgr', 'a.b');
    await isHeard();
  });

  it('is bound still when a look takes so long that the next ones come meanwhile', async () => {
    const looks = [50, 50, 50, 50];
    const own = new Lane({
      spec: {
        name: 'lane-slow',
        kind: 'shared',
        prefetch: 0,
        bindings: [{ exchange: 'callmgr', key: 'a.b' }],
      },
      onMessage: () => heard(),
      log: silentLog(),
      looks,
    });
    let over: () => void = () => undefined;
    const all = new Promise<void>((resolve) => {
      over = resolve;
    });
    let unbound = 0;
    const model = models[1] as ChannelModel;
    const create = model.createChannel.bind(model);
    model.createChannel = async () => {
      const channel = await create();
      const [check, unbind] = [channel.checkQueue.bind(channel), channel.unbindQueue.bind(channel)];
      channel.checkQueue = async (queue) => {
        await pause(60);
        return check(queue);
      };
      channel.unbindQueue = async (...args) => {
        await unbind(...args);
        unbound += 1;
        if (unbound === looks.length) over();
        return {};
      };
      return channel;
    };
    own.up(models[2] as ChannelModel);
    await own.ready();
    own.down();
    own.up(model);
    await all;
    await isHeard();
    await own.release();
  });

  it('declares again what is gone', async () => {
    lane.up(models[1] as ChannelModel);
    await lane.ready();
    await raw.deleteQueue(name);
    await isHeard();
  });

  it('says that it is back when messages come again, and not at its start', async () => {
    const said: string[] = [];
    const own = new Lane({
      spec: {
        name: 'lane-back',
        kind: 'private',
        prefetch: 0,
        bindings: [{ exchange: 'targeted', key: 'lane-back' }],
        onBack: () => said.push('back'),
      },
      onMessage: () => heard(),
      log: silentLog(),
      looks: [],
    });
    own.up(models[1] as ChannelModel);
    await own.ready();
    expect(said).to.deep.equal([]);
    own.down();
    own.up(models[2] as ChannelModel);
    await own.ready();
    expect(said).to.deep.equal(['back']);
    await new Promise<void>((resolve) => {
      heard = resolve;
      raw.publish('targeted', 'lane-back', Buffer.from('{}'));
    });
    await own.release();
  });

  it('has a private queue by another name, which a connection that lingers does not hold', async () => {
    const own = new Lane({
      spec: {
        name: 'lane-own',
        kind: 'private',
        prefetch: 0,
        bindings: [{ exchange: 'targeted', key: 'lane-own' }],
      },
      onMessage: () => heard(),
      log: silentLog(),
      looks: [],
    });
    own.up(models[1] as ChannelModel);
    await own.ready();
    own.down();
    const next = await connect(broker.url);
    own.up(next);
    await own.ready();
    await new Promise<void>((resolve) => {
      heard = resolve;
      raw.publish('targeted', 'lane-own', Buffer.from('{}'));
    });
    await own.release();
    await next.close();
  });
});
