// The bus' rules, on the broker in memory.
import { expect } from 'chai';
import { askForSign, type Delivery } from '../amqp/index.ts';
import { type AnyMessage, message, Type } from '../contract/index.ts';
import { AppError } from '../errors/index.ts';
import { type FakeBus, fakeBus } from './index.ts';
import { codeOf, everyPing, ping, pong } from './ping.ts';

const command = message({
  category: 'test',
  name: ['start', 'end'],
  exchange: 'callctl',
  fields: { Step: Type.Integer() },
});
describe('fakeBus', () => {
  let bus: FakeBus;
  beforeEach(() => {
    bus = fakeBus({ node: 'one@host' });
  });
  afterEach(async () => {
    await bus.close();
  });

  const answering = (value: number, extra: { 'Defer-Response'?: boolean } = {}) =>
    bus.peer('other@host').consume({ bindings: everyPing, contracts: [ping] }, async (delivery) => {
      await bus.reply(delivery, pong, { Value: value, ...extra });
    });

  it('fills in the common headers and drops empty values', async () => {
    await bus.publish(ping, { Realm: 'a.b', Note: '', Extra: undefined } as never);
    const [sent] = bus.published;
    expect(sent?.exchange).to.equal('callmgr');
    expect(sent?.key).to.equal('ping.a%2Eb');
    expect(sent?.message['Msg-ID']).to.match(/^[0-9a-f]{32}$/);
    expect(sent?.message).to.deep.include({
      'App-Name': 'one',
      'App-Version': '0.0.0',
      Node: 'one@host',
      'Event-Category': 'test',
      'Event-Name': 'ping',
      Realm: 'a.b',
    });
    expect(sent?.message).not.to.have.any.keys('Note', 'Server-ID');
  });

  it('takes the first answer, with the Msg-ID of the request', async () => {
    await answering(7);
    const answer = await bus.request(ping, { Realm: 'x' }, { messageId: 'mine' });
    expect(answer.Value).to.equal(7);
    expect(answer['Msg-ID']).to.equal('mine');
    expect(bus.named('ping')[0]?.['Server-ID']).to.equal(bus.serverId);
  });

  it('takes a deferred answer only when nothing better comes', async () => {
    await answering(1, { 'Defer-Response': true });
    expect((await bus.request(ping, { Realm: 'x' }, { timeout: 200 })).Value).to.equal(1);
    await answering(2);
    expect((await bus.request(ping, { Realm: 'x' })).Value).to.equal(2);
  });

  it('collects until the count or the timeout, and an empty list when nobody listens', async () => {
    expect(await bus.collect(ping, { Realm: 'x' })).to.deep.equal([]);
    await answering(1);
    await answering(2);
    const two = await bus.collect(ping, { Realm: 'x' }, { count: 2 });
    expect(two.map((it) => it.Value)).to.have.members([1, 2]);
    expect(await bus.collect(ping, { Realm: 'x' }, { timeout: 20 })).to.have.length(2);
  });

  it('tells nobody listening from being too slow', async () => {
    expect(await codeOf(bus.request(ping, { Realm: 'x' }))).to.equal('nobody_listens');
    expect(await codeOf(bus.publish(ping, { Realm: 'x' }, { mandatory: true }))).to.equal('nobody_listens');
    await bus.consume({ bindings: everyPing, contracts: [ping] }, () => undefined);
    expect(await codeOf(bus.request(ping, { Realm: 'x' }, { timeout: 10 }))).to.equal('request_timeout');
    expect(await codeOf(bus.publish(ping, { Realm: 'x' }, { mandatory: true }))).to.equal('fine');
  });

  it('gives a target that never answers a rest', async () => {
    await bus.consume({ bindings: everyPing, contracts: [ping] }, () => undefined);
    for (let i = 0; i < 5; i += 1)
      expect(await codeOf(bus.request(ping, { Realm: 'x' }, { timeout: 1 }))).to.equal('request_timeout');
    expect(await codeOf(bus.request(ping, { Realm: 'x' }))).to.equal('breaker_open');
    expect(bus.metrics.value('bus_breakers_open')).to.equal(1);
  });

  it('shares a named queue in turn and gives every private queue its copy', async () => {
    const seen: string[] = [];
    for (const name of ['a', 'b'])
      await bus.consume({ queue: 'shared', bindings: everyPing, contracts: [ping] }, () => {
        seen.push(name);
      });
    await bus.consume({ bindings: [{ exchange: 'callmgr', key: '#' }], contracts: [ping] }, () => {
      seen.push('private');
    });
    await bus.publish(ping, { Realm: 'x' });
    await bus.publish(ping, { Realm: 'y' });
    await bus.settled();
    expect(seen.sort()).to.deep.equal(['a', 'b', 'private', 'private']);
  });

  it('sends to a queue by name, in order', async () => {
    const steps: number[] = [];
    await bus.consume(
      { queue: 'control', bindings: [{ exchange: 'callctl', key: 'control' }], contracts: [command] },
      ({ message: it }) => {
        steps.push(it.Step);
      },
    );
    await bus.send('control', command, { 'Event-Name': 'start', Step: 1 });
    await bus.send('control', command, { 'Event-Name': 'end', Step: 2 });
    await bus.settled();
    expect(steps).to.deep.equal([1, 2]);
    expect(await codeOf(bus.send('control', command, { Step: 3 }))).to.equal('invalid_message');
    expect(await codeOf(bus.publish(command, { 'Event-Name': 'end', Step: 3 }))).to.equal('invalid_message');
  });

  it('refuses what does not fit on the way out, unknown keys included', async () => {
    expect(await codeOf(bus.publish(ping, { Realm: 1 as never }))).to.equal('invalid_message');
    expect(await codeOf(bus.publish(ping, { Realm: 'x', Extra: 1 } as never))).to.equal('invalid_message');
    expect(bus.published).to.have.length(0);
  });

  it('drops bad messages, counts them, and tells a requester why', async () => {
    const seen: unknown[] = [];
    await bus.consume({ bindings: everyPing, contracts: [ping] }, (delivery) => {
      seen.push(delivery);
    });
    const answer = new Promise<Delivery<AnyMessage>>((resolve) => {
      const errors = message({
        category: 'error',
        name: 'error',
        exchange: 'targeted',
        fields: {
          'Error-Code': Type.String(),
          'Error-Message': Type.String(),
          'Error-Details': Type.Unknown(),
        },
      });
      void bus.consume(
        { queue: 'asker', bindings: [{ exchange: 'targeted', key: 'asker' }], contracts: [errors] },
        resolve,
      );
    });
    const bad = { 'App-Name': 'k', 'App-Version': '1', 'Event-Category': 'test', 'Event-Name': 'ping' };
    for (const body of ['{', 'null', '[1]', '""', '{}'])
      expect(bus.broker.inject('callmgr', 'ping.x', body)).to.equal(1);
    bus.broker.inject('callmgr', 'ping.x', JSON.stringify({ ...bad, 'Server-ID': 'asker', 'Msg-ID': 'm' }));
    const { message: told } = await answer;
    expect(told).to.deep.include({ 'Msg-ID': 'm', 'Error-Code': 'invalid_message' });
    expect(told['Error-Message']).to.match(/test\/ping: Realm/);
    expect(seen).to.have.length(0);
    expect(bus.metrics.value('bus_invalid_total')).to.equal(5);
    expect(bus.metrics.value('bus_unexpected_total')).to.equal(1);
  });

  it('turns an error answer into the error it carries', async () => {
    await bus.consume({ bindings: everyPing, contracts: [ping] }, async (delivery) => {
      const fields = new AppError('forbidden', { message: 'no', details: { a: 1 } }).toFields();
      const body = { ...fields, 'Event-Category': 'error', 'Msg-ID': delivery.message['Msg-ID'] };
      bus.broker.inject('targeted', String(delivery.message['Server-ID']), JSON.stringify(body));
    });
    const error = await bus.request(ping, { Realm: 'x' }).catch((it: AppError) => it);
    expect(error)
      .to.be.instanceOf(AppError)
      .and.to.deep.include({ code: 'forbidden', details: { a: 1 } });
  });

  it('answers by replyTo where the request has it, and to the queue of a pid://', async () => {
    await answering(3);
    const ask = {
      'App-Name': 'k',
      'App-Version': '1',
      'Event-Category': 'test',
      'Event-Name': 'ping',
      Realm: 'x',
    };
    bus.broker.inject('callmgr', 'ping.x', JSON.stringify(ask), { replyTo: 'kamailio', correlationId: 'c' });
    bus.broker.inject('callmgr', 'ping.x', JSON.stringify({ ...ask, 'Server-ID': 'pid://<0.1.0>/kz' }));
    await bus.settled();
    expect(bus.published.map(({ exchange, key }) => `${exchange}/${key}`)).to.deep.equal([
      '/kamailio',
      'targeted/kz',
    ]);
  });

  it('runs as many handlers as prefetch says', async () => {
    let running = 0;
    let most = 0;
    await bus.consume({ queue: 'q', bindings: everyPing, contracts: [ping], prefetch: 2 }, async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    });
    for (let i = 0; i < 6; i += 1) await bus.publish(ping, { Realm: 'x' });
    await bus.settled();
    expect(most).to.equal(2);
    expect(running).to.equal(0);
  });

  it('retries what failed, drops duplicates, and keeps what is given up with the reason', async () => {
    const attempts: Record<string, number> = {};
    await bus.consume(
      { queue: 'jobs', bindings: everyPing, contracts: [ping], delivery: 'at_least_once' },
      ({ message: { Realm }, exchange, redelivered }) => {
        attempts[Realm] = (attempts[Realm] ?? 0) + 1;
        expect(exchange).to.equal('callmgr');
        expect(redelivered).to.equal(attempts[Realm] > 1);
        if (Realm === 'bad') throw new AppError('invalid_data', { message: 'never' });
        if (Realm === 'never' || attempts[Realm] === 1) throw new Error('not yet');
      },
    );
    await bus.publish(ping, { Realm: 'later' }, { messageId: 'one', durable: true });
    await bus.publish(ping, { Realm: 'bad' });
    await bus.publish(ping, { Realm: 'never' });
    await bus.settled();
    await bus.publish(ping, { Realm: 'later' }, { messageId: 'one', durable: true });
    await bus.settled();
    expect(attempts).to.deep.equal({ later: 2, bad: 1, never: 4 });
    expect(bus.metrics.value('bus_duplicates_total')).to.equal(1);
    expect(bus.published.filter(({ key }) => key === 'jobs.dead')).to.have.length(2);
  });

  it('lets running handlers end on close, then refuses', async () => {
    let finish: () => void = () => undefined;
    const started = new Promise<void>((begun) => {
      void bus.consume({ bindings: everyPing, contracts: [ping] }, async (delivery) => {
        begun();
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        await bus.reply(delivery, pong, { Value: 1 });
      });
    });
    const other = bus.peer();
    const answer = other.request(ping, { Realm: 'x' });
    await started;
    const closed = bus.close();
    finish();
    expect((await answer).Value).to.equal(1);
    await closed;
    expect(await codeOf(bus.publish(ping, { Realm: 'x' }))).to.equal('stopping');
    await other.close();
  });

  it('gives a sign of life for every app, on any queue of the process, until it is dead', async () => {
    const bus = fakeBus();
    const far = bus.peer('far@localhost');
    const events = await far.consume({ addressed: true, bindings: [], contracts: [ping] }, () => undefined);
    expect(await askForSign(bus, far.serverId, 500)).to.equal('answered');
    expect(await askForSign(bus, events.queue, 500)).to.equal('answered');
    expect(far.status().inFlight).to.equal(0);
    bus.kill(far);
    expect(await askForSign(bus, far.serverId, 500)).to.equal('gone');
    expect(await askForSign(bus, events.queue, 500)).to.equal('gone');
    expect(bus.log.at('warn')).to.deep.equal([]);
  });
});
