// Declaring, limiting and ending queues.
import { expect } from 'chai';
import {
  channelRefusal,
  Inbox,
  open,
  openChannel,
  put,
  queueWith,
  readyCount,
  take,
  unique,
  useBroker,
} from './client.ts';

describe('AMQP: queues', () => {
  const client = useBroker();

  it('names a queue that is declared without a name', async () => {
    const [one, two] = [await queueWith(client.channel), await queueWith(client.channel)];
    expect(one).to.match(/^amq\.gen-/);
    expect(two).to.not.equal(one);
  });

  it('tells how many messages and consumers there are', async () => {
    const queue = await queueWith(client.channel);
    await put(client.channel, '', queue, 'one');
    await put(client.channel, '', queue, 'two');
    expect(await client.channel.checkQueue(queue)).to.include({ messageCount: 2, consumerCount: 0 });
    const inbox = await Inbox.on(client.channel, queue);
    await inbox.texts(2);
    expect(await client.channel.checkQueue(queue)).to.include({ messageCount: 0, consumerCount: 1 });
  });

  it('purges and deletes, and says how many messages went', async () => {
    const queue = await queueWith(client.channel);
    await put(client.channel, '', queue, 'one');
    expect(await client.channel.purgeQueue(queue)).to.deep.equal({ messageCount: 1 });
    await put(client.channel, '', queue, 'two');
    expect(await client.channel.deleteQueue(queue)).to.deep.equal({ messageCount: 1 });
    expect(await client.channel.deleteQueue(queue)).to.deep.equal({ messageCount: 0 });
  });

  it('refuses with 404 a queue that is not there', async () => {
    expect(await channelRefusal(client.channel, () => client.channel.checkQueue('no-such-queue'))).to.equal(
      404,
    );
    const second = await openChannel(client.connection);
    expect(await channelRefusal(second, () => second.consume('no-such-queue', () => {}))).to.equal(404);
    const third = await openChannel(client.connection);
    expect(await channelRefusal(third, () => third.purgeQueue('no-such-queue'))).to.equal(404);
  });

  it('refuses with 406 another declaration of the same name', async () => {
    for (const change of [{ autoDelete: true }, { messageTtl: 1000 }, { maxPriority: 3 }]) {
      const channel = await openChannel(client.connection);
      const queue = unique('twice');
      await channel.assertQueue(queue, { exclusive: true, durable: true });
      await channel.assertQueue(queue, { exclusive: true, durable: true });
      const act = () => channel.assertQueue(queue, { exclusive: true, durable: true, ...change });
      expect(await channelRefusal(channel, act), JSON.stringify(change)).to.equal(406);
    }
  });

  it('keeps messages in a quorum queue, brings them back on time, and gives up what comes back too often', async () => {
    const [queue, grave] = [unique('quorum'), await queueWith(client.channel)];
    const type = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1 };
    const options = {
      durable: true,
      arguments: type,
      messageTtl: 60_000,
      deadLetterExchange: '',
      deadLetterRoutingKey: grave,
    };
    await client.channel.assertQueue(queue, options);
    await put(client.channel, '', queue, 'kept', { persistent: true });
    const channel = await openChannel(client.connection);
    const deliveries: boolean[] = [];
    await channel.consume(queue, (message) => {
      if (!message) return;
      deliveries.push(message.fields.redelivered);
      channel.nack(message, false, true);
    });
    const inbox = await Inbox.on(client.channel, grave);
    expect(await inbox.texts(1)).to.deep.equal(['kept']);
    expect(deliveries).to.deep.equal([false, true]);
    await client.channel.deleteQueue(queue);
    const passing = () => channel.assertQueue(unique('quorum'), { durable: false, arguments: type });
    expect(await channelRefusal(channel, passing)).to.equal(406);
  });

  it('refuses with 406 a durable queue as a transient one', async () => {
    const queue = unique('durable');
    await client.channel.assertQueue(queue, { durable: true });
    const act = () => client.channel.assertQueue(queue, { durable: false });
    expect(await channelRefusal(client.channel, act)).to.equal(406);
    await (await openChannel(client.connection)).deleteQueue(queue);
  });

  it('takes no notice of durable in an exclusive queue', async () => {
    const queue = unique('both');
    await client.channel.assertQueue(queue, { exclusive: true, durable: true });
    await client.channel.assertQueue(queue, { exclusive: true, durable: false });
  });

  it('refuses with 406 arguments that make no sense', async () => {
    const senseless = [
      { 'x-message-ttl': -1 },
      { 'x-message-ttl': 'long' },
      { 'x-expires': 0 },
      { 'x-max-length': -1 },
      { 'x-max-priority': 256 },
      { 'x-dead-letter-routing-key': 'alone' },
      { 'x-overflow': 'spill' },
    ];
    for (const args of senseless) {
      const channel = await openChannel(client.connection);
      const act = () => channel.assertQueue('', { exclusive: true, arguments: args });
      expect(await channelRefusal(channel, act), JSON.stringify(args)).to.equal(406);
    }
  });

  it('refuses with 403 a reserved name', async () => {
    expect(await channelRefusal(client.channel, () => client.channel.assertQueue('amq.mine'))).to.equal(403);
  });

  it('keeps an exclusive queue to its connection (405), and ends it with the connection', async () => {
    const queue = unique('exclusive');
    await client.channel.assertQueue(queue, { exclusive: true });
    const other = await open(client.url);
    const channel = await openChannel(other);
    expect(await channelRefusal(channel, () => channel.checkQueue(queue))).to.equal(405);
    await client.connection.close();
    const second = await openChannel(other);
    expect(await channelRefusal(second, () => second.checkQueue(queue))).to.equal(404);
    await other.close();
  });

  it('deletes an auto-delete queue with its last consumer', async () => {
    const queue = unique('auto');
    await client.channel.assertQueue(queue, { durable: false, autoDelete: true });
    const [one, two] = [await Inbox.on(client.channel, queue), await Inbox.on(client.channel, queue)];
    await client.channel.cancel(one.tag);
    await client.channel.checkQueue(queue);
    await client.channel.cancel(two.tag);
    expect(await channelRefusal(client.channel, () => client.channel.checkQueue(queue))).to.equal(404);
  });

  it('refuses with 406 to delete if-unused what is used, and if-empty what is not empty', async () => {
    const queue = await queueWith(client.channel);
    await put(client.channel, '', queue, 'x');
    const ifEmpty = () => client.channel.deleteQueue(queue, { ifEmpty: true });
    expect(await channelRefusal(client.channel, ifEmpty)).to.equal(406);
    const second = await openChannel(client.connection);
    await Inbox.on(second, queue);
    expect(await channelRefusal(second, () => second.deleteQueue(queue, { ifUnused: true }))).to.equal(406);
  });

  it('deletes a queue that is unused for x-expires', async () => {
    const [expired, queue] = [unique('expired'), unique('expires')];
    await client.channel.assertQueue(expired, {
      durable: false,
      expires: 50,
      deadLetterExchange: 'amq.fanout',
    });
    // Deleting a queue takes its bindings along: the exchange that goes with the last one tells that it happened.
    await client.channel.assertExchange(queue, 'direct', { durable: false, autoDelete: true });
    await client.channel.bindQueue(expired, queue, 'k');
    let code = 0;
    while (code === 0) {
      const probe = await openChannel(client.connection);
      const outcome = probe.checkExchange(queue).then(
        () => 0,
        (error: { code: number }) => error.code,
      );
      code = await outcome;
    }
    expect(code).to.equal(404);
    const channel = await openChannel(client.connection);
    expect(await channelRefusal(channel, () => channel.checkQueue(expired))).to.equal(404);
  });

  it('drops the oldest over x-max-length', async () => {
    const queue = await queueWith(client.channel, { maxLength: 2 });
    for (const text of ['1', '2', '3']) await put(client.channel, '', queue, text);
    expect(await readyCount(client.channel, queue)).to.equal(2);
    expect(await take(client.channel, queue)).to.equal('2');
  });

  it('refuses the newest with a nack over x-max-length with x-overflow reject-publish', async () => {
    const queue = await queueWith(client.channel, {
      maxLength: 1,
      arguments: { 'x-overflow': 'reject-publish' },
    });
    await put(client.channel, '', queue, '1');
    const refused = await put(client.channel, '', queue, '2').then(
      () => false,
      () => true,
    );
    expect(refused).to.equal(true);
    expect(await take(client.channel, queue)).to.equal('1');
  });

  it('gives the higher priority first, and the order of arrival within one', async () => {
    const queue = await queueWith(client.channel, { maxPriority: 5 });
    const sent: [string, number][] = [
      ['a', 0],
      ['b', 3],
      ['c', 1],
      ['d', 3],
      ['e', 200],
    ];
    for (const [text, priority] of sent) await put(client.channel, '', queue, text, { priority });
    const got: string[] = [];
    for (let count = 0; count < sent.length; count++) got.push(await take(client.channel, queue));
    expect(got.join('')).to.equal('ebdca');
  });
});
