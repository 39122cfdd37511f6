// Consumers, acknowledgement, prefetch and redelivery.
import { once } from 'node:events';
import { expect } from 'chai';
import {
  channelRefusal,
  connectionRefusal,
  Inbox,
  open,
  openChannel,
  put,
  queueWith,
  readyCount,
  unique,
  useBroker,
} from './client.ts';

describe('AMQP: consuming', () => {
  const client = useBroker();

  it('delivers in order, with all properties and headers as they were sent', async () => {
    const queue = await queueWith(client.channel);
    const inbox = await Inbox.on(client.channel, queue, { noAck: true });
    const headers = {
      text: 'Grüße',
      number: 42,
      big: 2 ** 40,
      half: 0.5,
      yes: true,
      list: [1, 'two'],
      in: { a: 'b' },
    };
    const properties = {
      contentType: 'application/json',
      contentEncoding: 'identity',
      correlationId: 'c',
      replyTo: 'r',
      messageId: 'm',
      timestamp: 1_700_000_000,
      type: 't',
      userId: 'guest',
      appId: 'a',
      priority: 3,
      deliveryMode: 2,
    };
    await put(client.channel, '', queue, 'whole', { ...properties, headers });
    const message = await inbox.next();
    expect(message.properties).to.deep.include({ ...properties, headers });
    expect(message.fields).to.include({
      exchange: '',
      routingKey: queue,
      redelivered: false,
      consumerTag: inbox.tag,
    });
  });

  it('carries bodies of 0 bytes, and of more than a frame', async () => {
    const queue = await queueWith(client.channel);
    const inbox = await Inbox.on(client.channel, queue, { noAck: true });
    for (const size of [0, 1, 20_000, 131_064, 131_065, 1_000_003]) {
      const body = Buffer.alloc(size, 'abcdefg');
      client.channel.publish('', queue, body);
      const { content } = await inbox.next();
      expect(content.equals(body), String(size)).to.equal(true);
    }
  });

  it('takes turns among consumers', async () => {
    const queue = await queueWith(client.channel);
    const inboxes = [await Inbox.on(client.channel, queue), await Inbox.on(client.channel, queue)];
    for (const text of ['1', '2', '3', '4']) await put(client.channel, '', queue, text);
    const got = await Promise.all(inboxes.map((inbox) => inbox.texts(2)));
    expect(got.map((texts) => texts.join('')).sort()).to.deep.equal(['13', '24']);
  });

  it('holds back at the prefetch of a consumer until an ack', async () => {
    const queue = await queueWith(client.channel);
    await client.channel.prefetch(2);
    const inbox = await Inbox.on(client.channel, queue);
    for (const text of ['1', '2', '3']) await put(client.channel, '', queue, text);
    const first = await inbox.next();
    await inbox.next();
    expect(await readyCount(client.channel, queue)).to.equal(1);
    client.channel.ack(first);
    expect(await inbox.texts(1)).to.deep.equal(['3']);
  });

  it('holds back at the prefetch of the channel over all its consumers', async () => {
    const [one, two] = [await queueWith(client.channel), await queueWith(client.channel)];
    await client.channel.prefetch(1, true);
    const inboxes = [await Inbox.on(client.channel, one), await Inbox.on(client.channel, two)];
    await put(client.channel, '', one, '1');
    const message = await inboxes[0]!.next();
    await put(client.channel, '', two, '2');
    expect(await readyCount(client.channel, two)).to.equal(1);
    client.channel.ack(message);
    expect(await inboxes[1]!.texts(1)).to.deep.equal(['2']);
  });

  it('acks all up to a delivery', async () => {
    const queue = await queueWith(client.channel);
    const inbox = await Inbox.on(client.channel, queue);
    for (const text of ['1', '2', '3']) await put(client.channel, '', queue, text);
    await inbox.next();
    client.channel.ack(await inbox.next(), true);
    await client.channel.recover();
    expect(await inbox.texts(2)).to.deep.equal(['3', '3']);
    expect(await readyCount(client.channel, queue)).to.equal(0);
  });

  for (const way of ['nack', 'reject'] as const) {
    it(`requeues by ${way} to its old place, marked as redelivered`, async () => {
      const queue = await queueWith(client.channel);
      for (const text of ['1', '2', '3']) await put(client.channel, '', queue, text);
      const first = await client.channel.get(queue);
      const second = await client.channel.get(queue);
      if (!first || !second) throw new Error('queue is empty');
      if (way === 'nack') client.channel.nack(second, true, true);
      else for (const message of [second, first]) client.channel.reject(message, true);
      const inbox = await Inbox.on(client.channel, queue, { noAck: true });
      const got = [await inbox.next(), await inbox.next(), await inbox.next()];
      expect(got.map(({ content }) => content.toString()).join('')).to.equal('123');
      expect(got.map(({ fields }) => fields.redelivered)).to.deep.equal([true, true, false]);
    });
  }

  it('discards by nack without requeue', async () => {
    const queue = await queueWith(client.channel);
    await put(client.channel, '', queue, 'x');
    const message = await client.channel.get(queue);
    if (!message) throw new Error('queue is empty');
    client.channel.nack(message, false, false);
    expect(await readyCount(client.channel, queue)).to.equal(0);
    await client.channel.recover();
    expect(await readyCount(client.channel, queue)).to.equal(0);
  });

  it('gives back what a closed channel, and what a lost connection, had not acknowledged', async () => {
    const queue = unique('returned');
    await client.channel.assertQueue(queue, { durable: false });
    await put(client.channel, '', queue, 'x');
    const second = await openChannel(client.connection);
    await (await Inbox.on(second, queue)).next();
    await second.close();
    const other = await open(client.url);
    const inbox = await Inbox.on(await openChannel(other), queue);
    expect((await inbox.next()).fields.redelivered).to.equal(true);
    await other.close();
    const last = await Inbox.on(client.channel, queue, { noAck: true });
    expect((await last.next()).fields.redelivered).to.equal(true);
    await client.channel.deleteQueue(queue);
  });

  it('gets one message with the count of the rest, or none', async () => {
    const queue = await queueWith(client.channel);
    expect(await client.channel.get(queue)).to.equal(false);
    await put(client.channel, '', queue, '1');
    await put(client.channel, '', queue, '2');
    const message = await client.channel.get(queue, { noAck: true });
    expect((message || undefined)?.fields).to.include({
      messageCount: 1,
      redelivered: false,
      routingKey: queue,
    });
  });

  it('delivers no more after cancel; a cancelled tag may be used again', async () => {
    const queue = await queueWith(client.channel);
    const inbox = await Inbox.on(client.channel, queue, { consumerTag: 'mine', noAck: true });
    await client.channel.cancel('mine');
    await put(client.channel, '', queue, 'x');
    expect(await readyCount(client.channel, queue)).to.equal(1);
    expect(inbox.size).to.equal(0);
    expect((await Inbox.on(client.channel, queue, { consumerTag: 'mine' })).tag).to.equal('mine');
  });

  it('tells a consumer that its queue was deleted', async () => {
    const queue = await queueWith(client.channel);
    const inbox = await Inbox.on(client.channel, queue);
    await client.channel.deleteQueue(queue);
    expect(await inbox.nextOrCancel()).to.equal(null);
  });

  it('refuses with 403 a second consumer beside an exclusive one', async () => {
    const queue = await queueWith(client.channel);
    await Inbox.on(client.channel, queue, { exclusive: true });
    expect(await channelRefusal(client.channel, () => client.channel.consume(queue, () => {}))).to.equal(403);
  });

  it('refuses with 406 an unknown delivery tag, and a second ack', async () => {
    const queue = await queueWith(client.channel);
    await put(client.channel, '', queue, 'x');
    const message = await client.channel.get(queue);
    if (!message) throw new Error('queue is empty');
    client.channel.ack(message);
    const code = await channelRefusal(client.channel, () => client.channel.ack(message));
    expect(code).to.equal(406);
  });

  it('closes the connection with 530 for a consumer tag in use', async () => {
    const queue = await queueWith(client.channel);
    await Inbox.on(client.channel, queue, { consumerTag: 'mine' });
    const act = () => client.channel.consume(queue, () => {}, { consumerTag: 'mine' });
    expect(await connectionRefusal(client.connection, act)).to.equal(530);
  });

  it('keeps the other channels when one is closed', async () => {
    const second = await openChannel(client.connection);
    expect(await channelRefusal(second, () => second.checkQueue('no-such-queue'))).to.equal(404);
    const closed = once(client.connection, 'close');
    await client.channel.checkExchange('amq.topic');
    await client.connection.close();
    await closed;
  });
});
