// The bus over a real socket: the embedded broker, or the one at MIRLITON_TEST_AMQP.
import { type Channel, type ChannelModel, connect } from 'amqplib';
import { expect } from 'chai';
import { type Broker, startBroker } from '../../rel/embedded/broker/index.ts';
import { message, Type } from '../contract/index.ts';
import type { AppError } from '../errors/index.ts';
import { type FakeMetrics, fakeMetrics, type SilentLog, silentLog, Wire } from '../testing/index.ts';
import { codeOf, everyPing, ping, pong } from '../testing/ping.ts';
import { type Bus, connectBus, type Delivery, openDeadLetters } from './index.ts';

const hello = message({
  category: 'nodes',
  name: 'hello',
  exchange: 'nodes',
  fields: { Number: Type.Integer() },
});
const address = process.env['MIRLITON_TEST_AMQP'];

describe(`the bus over ${address ?? 'the embedded broker'}`, () => {
  let broker: Broker | undefined;
  let url: string;
  let bus: Bus;
  let log: SilentLog;
  let metrics: FakeMetrics;
  let raw: ChannelModel;
  let channel: Channel;
  const buses: Bus[] = [];
  let names = 0;

  const open = async (urls: readonly string[], retryDelays = [20, 20]): Promise<Bus> => {
    const opened = await connectBus({
      urls,
      node: 'test@localhost',
      appName: 'test',
      appVersion: '1',
      log,
      metrics,
      strict: true,
      retryDelays,
    });
    buses.push(opened);
    return opened;
  };
  /** A queue name that no earlier run has left behind. */
  const fresh = (name: string): string => `test-${process.pid}-${names++}-${name}`;

  before(async () => {
    if (address === undefined) broker = await startBroker({ host: '127.0.0.1', port: 0 });
    url = address ?? broker?.url ?? '';
    raw = await connect(url);
  });
  after(async () => {
    await raw.close();
    await broker?.stop();
  });
  beforeEach(async () => {
    log = silentLog();
    metrics = fakeMetrics();
    bus = await open([url]);
    channel = await raw.createChannel();
    channel.on('error', () => undefined);
  });
  afterEach(async () => {
    await channel.close().catch(() => undefined);
    await Promise.all(buses.splice(0).map((it) => it.close()));
  });

  it('asks and answers, also when everybody starts at once', async () => {
    const other = await open([url]);
    const [answer] = await Promise.all([
      (async () => {
        for (;;) {
          const result = await bus.request(ping, { Realm: 'a.b' }).catch((error: AppError) => error);
          if (!(result instanceof Error)) return result;
          expect(result.code).to.equal('nobody_listens');
        }
      })(),
      other.consume({ queue: fresh('q'), bindings: everyPing, contracts: [ping] }, (delivery) =>
        other.reply(delivery, pong, { Value: delivery.message.Realm.length }),
      ),
    ]);
    expect(answer.Value).to.equal(3);
    expect(answer).to.include({ 'App-Name': 'test', Node: 'test@localhost' });
  });

  it('tells nobody listening from too slow', async () => {
    expect(await codeOf(bus.request(ping, { Realm: 'x' }))).to.equal('nobody_listens');
    expect(await codeOf(bus.publish(ping, { Realm: 'x' }, { mandatory: true }))).to.equal('nobody_listens');
    expect(await codeOf(bus.publish(ping, { Realm: 'x' }, { durable: true }))).to.equal('fine');
    expect(await bus.collect(ping, { Realm: 'x' })).to.deep.equal([]);
    await bus.consume({ bindings: everyPing, contracts: [ping] }, () => undefined);
    expect(await codeOf(bus.request(ping, { Realm: 'x' }, { timeout: 30 }))).to.equal('request_timeout');
    expect(await codeOf(bus.publish(ping, { Realm: 'x' }, { mandatory: true }))).to.equal('fine');
  });

  it('answers a requester of AMQP replyTo, and one with a pid, and sends to such a one', async () => {
    await bus.consume({ bindings: everyPing, contracts: [ping] }, (delivery) =>
      bus.reply(delivery, pong, { Value: 1 }),
    );
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.bindQueue(queue, 'targeted', 'kazoo-queue');
    const answers: unknown[] = [];
    const all = new Promise<void>((resolve) => {
      void channel.consume(
        queue,
        (it) => {
          answers.push([
            it?.fields.exchange,
            it?.properties.correlationId,
            it?.properties.headers?.['Deliver-To-PID'],
          ]);
          if (answers.length === 3) resolve();
        },
        { noAck: true },
      );
    });
    const ask = {
      'App-Name': 'k',
      'App-Version': '1',
      'Event-Category': 'test',
      'Event-Name': 'ping',
      Realm: 'x',
    };
    const put = (body: object, options: object) =>
      channel.publish('callmgr', 'ping.x', Buffer.from(JSON.stringify(body)), options);
    put(ask, { replyTo: queue, correlationId: 'c1' });
    put({ ...ask, 'Server-ID': 'pid://<0.7.0>/kazoo-queue', 'Msg-ID': 'm2' }, {});
    await bus.send('pid://<0.8.0>/kazoo-queue', pong, { Value: 2 }, { mandatory: true });
    await all;
    expect(answers).to.have.deep.members([
      ['', 'c1', undefined],
      ['targeted', undefined, '<0.7.0>'],
      ['targeted', undefined, '<0.8.0>'],
    ]);
  });

  it('shares a named queue, and reaches every private one by a fanout', async () => {
    const queue = fresh('shared');
    const seen: string[] = [];
    const all = new Promise<void>((resolve) => {
      const take = (name: string) => () => {
        seen.push(name);
        if (seen.length === 6) resolve();
      };
      void (async () => {
        await bus.consume({ queue, bindings: everyPing, contracts: [ping] }, take('a'));
        await bus.consume({ queue, bindings: everyPing, contracts: [ping] }, take('b'));
        for (const name of ['c', 'd'])
          await bus.consume({ bindings: [{ exchange: 'nodes', key: '' }], contracts: [hello] }, take(name));
        for (let i = 0; i < 4; i += 1) await bus.publish(ping, { Realm: 'x' });
        await bus.publish(hello, { Number: 1 });
      })();
    });
    await all;
    expect(seen.sort().join('')).to.equal('aabbcd');
  });

  it('binds and unbinds while it runs', async () => {
    const subscription = await bus.consume({ addressed: true, bindings: [], contracts: [ping] }, (delivery) =>
      bus.reply(delivery, pong, { Value: 5 }),
    );
    await subscription.bind({ exchange: 'callmgr', key: 'ping.one' });
    expect((await bus.request(ping, { Realm: 'one' })).Value).to.equal(5);
    await subscription.unbind({ exchange: 'callmgr', key: 'ping.one' });
    expect(await codeOf(bus.request(ping, { Realm: 'one' }))).to.equal('nobody_listens');
    await bus.send(subscription.queue, ping, { Realm: 'by name' }, { mandatory: true });
  });

  it('comes back after the line was cut, with bindings made meanwhile', async () => {
    const wire = new Wire(new URL(url));
    const far = await open([`amqp://127.0.0.1:${await wire.open()}`]);
    const subscription = await far.consume(
      { addressed: true, bindings: everyPing, contracts: [ping] },
      (delivery) => far.reply(delivery, pong, { Value: 1 }),
    );
    expect((await bus.request(ping, { Realm: 'x' })).Value).to.equal(1);
    wire.cut();
    const bound = subscription.bind({ exchange: 'callmgr', key: 'more.*' });
    await bound;
    expect((await far.request(ping, { Realm: 'x' })).Value).to.equal(1);
    await bus.send(subscription.queue, ping, { Realm: 'y' }, { mandatory: true });
    expect(metrics.value('bus_connections_total')).to.be.at.least(3);
    await far.close();
    await wire.close();
  });

  it('publishes again what was not confirmed when the line was cut', async () => {
    const wire = new Wire(new URL(url));
    const far = await open([`amqp://127.0.0.1:${await wire.open()}`]);
    const queue = fresh('durable');
    await channel.assertExchange('callmgr', 'topic', { durable: false });
    await channel.assertQueue(queue, { durable: true });
    await channel.bindQueue(queue, 'callmgr', 'ping.*');
    await far.publish(ping, { Realm: 'x' }, { durable: true });
    wire.held = true;
    const published = far.publish(ping, { Realm: 'y' }, { durable: true, timeout: 8_000 });
    wire.cut();
    wire.held = false;
    await published;
    const { messageCount } = await channel.checkQueue(queue);
    expect(messageCount).to.be.at.least(2);
    await channel.deleteQueue(queue);
    await far.close();
    await wire.close();
  });

  it('declares a consumer again when the broker cancels it, and leaves the others alone', async () => {
    const queue = fresh('cancelled');
    let others = 0;
    await bus.consume({ bindings: [{ exchange: 'nodes', key: '' }], contracts: [hello] }, () => {
      others += 1;
    });
    await bus.consume({ queue, bindings: everyPing, contracts: [ping] }, (delivery) =>
      bus.reply(delivery, pong, { Value: 9 }),
    );
    await channel.deleteQueue(queue);
    const ask = async (): Promise<number> => {
      const result = await bus.request(ping, { Realm: 'x' }).catch((error: AppError) => error);
      return result instanceof Error ? ask() : result.Value;
    };
    expect(await ask()).to.equal(9);
    await bus.publish(hello, { Number: 1 }, { mandatory: true });
    expect(log.at('warn')).to.include('the broker cancelled a consumer; declaring it again');
    expect((await bus.request(ping, { Realm: 'x' })).Value).to.equal(9);
    expect(others).to.equal(1);
  });

  it('refuses a queue that exists with other properties', async () => {
    const queue = fresh('odd');
    await channel.assertQueue(queue, { durable: true });
    const refused = bus.consume({ queue, bindings: everyPing, contracts: [ping] }, () => undefined);
    expect(await refused.catch((error: AppError) => error.message)).to.match(/exists with other properties/);
    await channel.deleteQueue(queue);
    expect(bus.status()).to.deep.include({ connected: true, consumers: 0 });
  });

  it('survives what is not JSON, and tells a requester what is wrong', async () => {
    const seen: Delivery<typeof ping>[] = [];
    await bus.consume({ bindings: everyPing, contracts: [ping] }, (delivery) => {
      seen.push(delivery);
    });
    for (const body of ['', '{', 'null', '[]', '{"Event-Category":"test"}', '\u0000\uffff'])
      channel.publish('callmgr', 'ping.x', Buffer.from(body));
    const refused = bus.request(ping, { Realm: 'x' }, { timeout: 5_000 }).catch((error: AppError) => error);
    // The request itself is good: it is the foreign copy under the same Msg-ID that is refused.
    await bus.publish(ping, { Realm: 'last' }, { mandatory: true });
    const { queue } = await channel.assertQueue('', { exclusive: true });
    const told = new Promise<string>((resolve) => {
      void channel.consume(queue, (it) => resolve(String(it?.content)), { noAck: true });
    });
    const bad = {
      'App-Name': 'k',
      'App-Version': '1',
      'Event-Category': 'test',
      'Event-Name': 'ping',
      Realm: [7],
    };
    channel.publish('callmgr', 'ping.x', Buffer.from(JSON.stringify(bad)), { replyTo: queue });
    expect(JSON.parse(await told)).to.include({
      'Event-Category': 'error',
      'Error-Code': 'invalid_message',
      'Error-Message': 'test/ping: Realm must be string',
    });
    await bus.reply(seen.find(({ message: it }) => it['Server-ID'] !== undefined)!, pong, { Value: 1 });
    expect(await refused).to.include({ Value: 1 });
    expect(metrics.value('bus_invalid_total')).to.equal(6);
  });

  it('keeps a failed message, tries again, and lets an operator see, replay and drop it', async () => {
    const queue = fresh('jobs');
    const attempts: string[] = [];
    let broken = true;
    let onAttempt: () => void = () => undefined;
    await bus.consume(
      { queue, bindings: everyPing, contracts: [ping], delivery: 'at_least_once' },
      ({ message: { Realm }, redelivered, exchange }) => {
        attempts.push(`${Realm} ${redelivered} ${exchange}`);
        onAttempt();
        if (broken) throw new Error('out of order');
      },
    );
    const attempted = (count: number) =>
      new Promise<void>((resolve) => {
        onAttempt = () => attempts.length >= count && resolve();
        onAttempt();
      });
    await bus.publish(ping, { Realm: 'x' }, { durable: true, messageId: 'job-1' });
    await attempted(3);
    const letters = await openDeadLetters([url]);
    let kept = await letters.list(queue);
    while (kept.length === 0) kept = await letters.list(queue);
    expect(attempts).to.deep.equal(['x false callmgr', 'x true callmgr', 'x true callmgr']);
    expect(kept[0]).to.include({
      messageId: 'job-1',
      attempts: 3,
      reason: 'out of order',
      code: 'unspecified_fault',
      exchange: 'callmgr',
      routingKey: 'ping.x',
    });
    broken = false;
    expect(await letters.replay(queue, ['other'])).to.equal(0);
    expect(await letters.replay(queue)).to.equal(1);
    await attempted(4);
    expect(attempts[3]).to.equal('x false callmgr');
    expect(await letters.list(queue)).to.deep.equal([]);
    await channel.sendToQueue(`${queue}.dead`, Buffer.from('rubbish'), {});
    while ((await letters.list(queue)).length === 0);
    expect(await letters.drop(queue)).to.equal(1);
    expect(await letters.list(queue)).to.deep.equal([]);
    await letters.close();
    for (const name of [queue, `${queue}.dead`, `${queue}.retry.20`]) await channel.deleteQueue(name);
  });

  it('waits for a broker that starts later, within the deadline', async () => {
    const wire = new Wire(new URL(url));
    const later = `amqp://127.0.0.1:${await wire.open()}`;
    await wire.close();
    const far = await open([later, url]);
    expect(await codeOf(far.request(ping, { Realm: 'x' }))).to.equal('nobody_listens');
    const never = await open([later]);
    expect(await codeOf(never.publish(ping, { Realm: 'x' }, { timeout: 20 }))).to.equal('bus_unreachable');
    expect(await codeOf(never.request(ping, { Realm: 'x' }, { timeout: 20 }))).to.equal('bus_unreachable');
    expect(never.status().connected).to.equal(false);
    expect(never.status().detail).to.match(/127\.0\.0\.1/);
    const consuming = codeOf(never.consume({ bindings: [], contracts: [ping] }, () => undefined));
    await never.close();
    expect(await consuming).to.equal('stopping');
    expect(await codeOf(never.publish(ping, { Realm: 'x' }))).to.equal('stopping');
  });

  it('closes though the broker does not answer', async function () {
    this.timeout(10_000);
    const wire = new Wire(new URL(url));
    const far = await open([`amqp://127.0.0.1:${await wire.open()}`]);
    await far.consume({ queue: fresh('held'), bindings: everyPing, contracts: [ping] }, () => undefined);
    wire.held = true;
    await far.close();
    await wire.close();
  });
});
