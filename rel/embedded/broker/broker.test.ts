// What RabbitMQ need not share: bounds of memory, statistics, and a clean stop.
import { once } from 'node:events';
import { connect } from 'amqplib';
import { expect } from 'chai';
import { RawPeer } from '../../../test/conformance/amqp/raw.ts';
import { type Broker, startBroker } from './index.ts';

describe('embedded broker', () => {
  let broker: Broker;

  afterEach(async () => {
    await broker.stop();
  });

  it('holds publishers back over the memory limit, and lets them go on when consumers have made room', async () => {
    broker = await startBroker({ host: '127.0.0.1', port: 0, memoryLimit: 1_000_000 });
    const [publisher, consumer] = [await connect(broker.url), await connect(broker.url)];
    const [from, to] = [await publisher.createConfirmChannel(), await consumer.createChannel()];
    const { queue } = await to.assertQueue('', { exclusive: true });
    const blocked = once(publisher, 'blocked');
    let confirmed = 0;
    for (let count = 0; count < 300; count++) {
      from.sendToQueue(queue, Buffer.alloc(100_000), {}, () => confirmed++);
    }
    await blocked;
    const { memoryBytes, messagesReady } = broker.stats();
    // One read of the socket may go over the limit, not more.
    expect(memoryBytes).to.be.below(1_500_000);
    expect(messagesReady).to.be.below(20);
    const unblocked = once(publisher, 'unblocked');
    let received = 0;
    const all = new Promise<void>((resolve) => {
      void to.consume(queue, () => void (++received === 300 && resolve()), { noAck: true });
    });
    await unblocked;
    await Promise.all([all, from.waitForConfirms()]);
    expect(confirmed).to.equal(300);
    expect(broker.stats()).to.include({ memoryBytes: 0, messagesReady: 0, messagesUnacked: 0 });
    await Promise.all([publisher.close(), consumer.close()]);
  });

  it('keeps what a consumer does not read in the queue, not in the socket', async () => {
    broker = await startBroker({ host: '127.0.0.1', port: 0 });
    const publisher = await connect(broker.url);
    const channel = await publisher.createConfirmChannel();
    const { queue } = await channel.assertQueue('slow', { durable: false });
    const consumer = await RawPeer.ready(broker.url);
    await consumer.openChannel(1);
    const flags = { noLocal: false, noAck: true, exclusive: false, noWait: false };
    consumer.method(1, 'basic.consume', { ticket: 0, queue, consumerTag: 'slow', ...flags, arguments: {} });
    await consumer.expect('basic.consume-ok');
    consumer.pause();
    for (let count = 0; count < 200; count++) channel.sendToQueue(queue, Buffer.alloc(250_000));
    await channel.waitForConfirms();
    // The kernel's buffers take some megabytes, the broker's own one.
    expect(broker.stats().messagesReady).to.be.above(100);
    consumer.resume();
    for (let count = 0; count < 200; count++) await consumer.expect('basic.deliver');
    consumer.destroy();
    await publisher.close();
  });

  it('counts what there is, and nothing when all have left', async () => {
    broker = await startBroker({ host: '127.0.0.1', port: 0 });
    const client = await connect(broker.url);
    const channel = await client.createConfirmChannel();
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.consume(queue, () => {});
    channel.sendToQueue(queue, Buffer.from('x'));
    await channel.waitForConfirms();
    expect(broker.stats()).to.include({
      connections: 1,
      channels: 1,
      consumers: 1,
      queues: 1,
      messagesUnacked: 1,
    });
    await client.close();
    expect(broker.stats()).to.include({
      channels: 0,
      consumers: 0,
      queues: 0,
      messagesUnacked: 0,
      memoryBytes: 0,
    });
  });

  it('tells its clients when it stops, and stops twice as well as once', async () => {
    broker = await startBroker({ host: '127.0.0.1', port: 0 });
    const client = await connect(broker.url);
    const closed = once(client, 'close');
    await broker.stop();
    const [error] = (await closed) as [{ code: number }];
    expect(error.code).to.equal(320);
    await broker.stop();
  });

  it('keeps to its own user and password', async () => {
    broker = await startBroker({ host: '127.0.0.1', port: 0, user: 'mirliton', password: 'p@ss/word' });
    await (await connect(broker.url)).close();
    const refused = await connect(`amqp://guest:guest@127.0.0.1:${broker.port}`).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(refused).to.match(/ACCESS.REFUSED/);
  });
});
