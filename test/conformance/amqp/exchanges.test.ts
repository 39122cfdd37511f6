// Exchanges, bindings and routing.
import { expect } from 'chai';
import {
  channelRefusal,
  connectionRefusal,
  openChannel,
  put,
  queueWith,
  readyCount,
  take,
  unique,
  useBroker,
} from './client.ts';

describe('AMQP: exchanges', () => {
  const client = useBroker();

  it('has the default exchange: the key is the queue', async () => {
    const queue = await queueWith(client.channel);
    await put(client.channel, '', queue, 'hello');
    expect(await take(client.channel, queue)).to.equal('hello');
  });

  for (const name of ['amq.direct', 'amq.fanout', 'amq.topic']) {
    it(`has ${name}`, async () => {
      await client.channel.checkExchange(name);
    });
  }

  it('routes by a direct key, and not by another', async () => {
    const queue = await queueWith(client.channel);
    await client.channel.bindQueue(queue, 'amq.direct', 'a');
    await put(client.channel, 'amq.direct', 'b', 'no');
    await put(client.channel, 'amq.direct', 'a', 'yes');
    expect(await readyCount(client.channel, queue)).to.equal(1);
    expect(await take(client.channel, queue)).to.equal('yes');
  });

  it('routes by fanout to every queue', async () => {
    const exchange = unique('fanout');
    await client.channel.assertExchange(exchange, 'fanout', { durable: false, autoDelete: true });
    const queues = [await queueWith(client.channel), await queueWith(client.channel)];
    for (const queue of queues) await client.channel.bindQueue(queue, exchange, 'ignored');
    await put(client.channel, exchange, 'whatever', 'all');
    for (const queue of queues) expect(await take(client.channel, queue)).to.equal('all');
  });

  const topics: [string, string[], string[]][] = [
    ['a.*.c', ['a.b.c', 'a.*.c', 'a..c'], ['a.c', 'a.b.b.c', 'a.b.c.d']],
    ['a.#', ['a', 'a.b', 'a.b.c'], ['b', '', 'ab']],
    ['#.c', ['c', 'b.c', 'a.b.c'], ['c.a', '']],
    ['a.#.c', ['a.c', 'a.b.c', 'a.b.b.c'], ['a', 'c']],
    ['#', ['', 'a', 'a.b'], []],
    ['*', ['a'], ['', 'a.b']],
    ['*.#', ['a', 'a.b'], ['']],
  ];
  for (const [pattern, matching, others] of topics) {
    it(`routes by topic '${pattern}'`, async () => {
      const queue = await queueWith(client.channel);
      await client.channel.bindQueue(queue, 'amq.topic', pattern);
      for (const key of [...matching, ...others]) client.channel.publish('amq.topic', key, Buffer.from(key));
      await client.channel.waitForConfirms();
      const got: string[] = [];
      while ((await readyCount(client.channel, queue)) > 0) got.push(await take(client.channel, queue));
      expect(got).to.deep.equal(matching);
    });
  }

  it('delivers once to a queue that two bindings reach', async () => {
    const queue = await queueWith(client.channel);
    for (const key of ['x.*', '#.y', 'x.y']) await client.channel.bindQueue(queue, 'amq.topic', key);
    await put(client.channel, 'amq.topic', 'x.y', 'once');
    expect(await readyCount(client.channel, queue)).to.equal(1);
  });

  it('tells bindings apart by their arguments: each is unbound for itself, and what both reach comes once', async () => {
    const queue = await queueWith(client.channel);
    const turns = [{}, { turn: 1, of: 'two' }];
    for (const args of turns) await client.channel.bindQueue(queue, 'amq.topic', 'k.#', args);
    await put(client.channel, 'amq.topic', 'k.1', 'once');
    expect(await readyCount(client.channel, queue)).to.equal(1);
    await client.channel.unbindQueue(queue, 'amq.topic', 'k.#');
    await put(client.channel, 'amq.topic', 'k.2', 'still');
    expect(await readyCount(client.channel, queue)).to.equal(2);
    await client.channel.unbindQueue(queue, 'amq.topic', 'k.#', { of: 'two', turn: 1 });
    await put(client.channel, 'amq.topic', 'k.3', 'no more');
    expect(await readyCount(client.channel, queue)).to.equal(2);
  });

  it('stops routing after unbind; unbinding again is fine', async () => {
    const queue = await queueWith(client.channel);
    await client.channel.bindQueue(queue, 'amq.topic', 'k');
    await client.channel.unbindQueue(queue, 'amq.topic', 'k');
    await client.channel.unbindQueue(queue, 'amq.topic', 'k');
    await put(client.channel, 'amq.topic', 'k', 'gone');
    expect(await readyCount(client.channel, queue)).to.equal(0);
  });

  it('lets the same exchange be declared again, and refuses another type with 406', async () => {
    const exchange = unique('same');
    const options = { durable: false, autoDelete: false };
    await client.channel.assertExchange(exchange, 'topic', options);
    await client.channel.assertExchange(exchange, 'topic', options);
    const code = await channelRefusal(client.channel, () =>
      client.channel.assertExchange(exchange, 'direct', options),
    );
    expect(code).to.equal(406);
    const again = await openChannel(client.connection);
    await again.deleteExchange(exchange);
    await again.deleteExchange(exchange);
    expect(await channelRefusal(again, () => again.checkExchange(exchange))).to.equal(404);
  });

  it('deletes an auto-delete exchange with its last binding', async () => {
    const exchange = unique('auto');
    await client.channel.assertExchange(exchange, 'direct', { durable: false, autoDelete: true });
    const queue = await queueWith(client.channel);
    await client.channel.bindQueue(queue, exchange, 'k');
    await client.channel.unbindQueue(queue, exchange, 'k');
    expect(await channelRefusal(client.channel, () => client.channel.checkExchange(exchange))).to.equal(404);
  });

  it('refuses with 406 to delete a used exchange if-unused', async () => {
    const exchange = unique('used');
    await client.channel.assertExchange(exchange, 'direct', { durable: false, autoDelete: true });
    await client.channel.bindQueue(await queueWith(client.channel), exchange, 'k');
    const act = () => client.channel.deleteExchange(exchange, { ifUnused: true });
    expect(await channelRefusal(client.channel, act)).to.equal(406);
  });

  it('refuses with 404 to publish to, or bind to, what is not there', async () => {
    const publish = () => client.channel.publish('no-such-exchange', 'k', Buffer.from('x'));
    expect(await channelRefusal(client.channel, publish)).to.equal(404);
    const second = await openChannel(client.connection);
    const queue = await queueWith(second);
    expect(await channelRefusal(second, () => second.bindQueue(queue, 'no-such-exchange', ''))).to.equal(404);
  });

  it('refuses with 403 reserved names, the default exchange, and publishing to an internal one', async () => {
    const acts = [
      (channel: typeof client.channel) => channel.assertExchange('amq.mine', 'direct'),
      (channel: typeof client.channel) => channel.deleteExchange('amq.topic'),
      (channel: typeof client.channel) => channel.bindQueue('any', '', 'k'),
      async (channel: typeof client.channel) => {
        const internal = unique('internal');
        await channel.assertExchange(internal, 'direct', {
          durable: false,
          autoDelete: true,
          internal: true,
        });
        await channel.bindQueue(await queueWith(channel), internal, 'k');
        channel.publish(internal, 'k', Buffer.from('x'));
      },
    ];
    for (const act of acts) {
      const channel = await openChannel(client.connection);
      expect(await channelRefusal(channel, () => act(channel))).to.equal(403);
    }
  });

  it('closes the connection with 503 for an unknown exchange type', async () => {
    const act = () => client.channel.assertExchange(unique('odd'), 'no-such-type');
    expect(await connectionRefusal(client.connection, act)).to.equal(503);
  });
});
