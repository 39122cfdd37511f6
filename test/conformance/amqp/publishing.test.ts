// Confirms, returns, expiry, dead letters and direct reply-to.
import { once } from 'node:events';
import type { Message } from 'amqplib';
import { expect } from 'chai';
import {
  channelRefusal,
  Inbox,
  open,
  openChannel,
  put,
  queueWith,
  readyCount,
  unique,
  useBroker,
} from './client.ts';

describe('AMQP: publishing', () => {
  const client = useBroker();

  it('confirms each of many messages', async () => {
    const queue = await queueWith(client.channel);
    let confirmed = 0;
    for (let count = 0; count < 500; count++) {
      client.channel.publish('', queue, Buffer.from('x'), { persistent: count % 2 === 0 }, (error) => {
        if (!error) confirmed++;
      });
    }
    await client.channel.waitForConfirms();
    expect(confirmed).to.equal(500);
    expect(await readyCount(client.channel, queue)).to.equal(500);
  });

  it('confirms what no queue takes', async () => {
    await put(client.channel, 'amq.topic', unique('nobody'), 'x');
  });

  it('returns a mandatory message that no queue takes, before the confirm', async () => {
    const events: string[] = [];
    const key = unique('nobody');
    client.channel.on('return', () => events.push('return'));
    const returned = once(client.channel, 'return');
    client.channel.publish('amq.topic', key, Buffer.from('back'), { mandatory: true, messageId: 'm' }, () => {
      events.push('confirm');
    });
    await client.channel.waitForConfirms();
    const [message] = (await returned) as [Message];
    expect(message.fields).to.include({
      replyCode: 312,
      replyText: 'NO_ROUTE',
      exchange: 'amq.topic',
      routingKey: key,
    });
    expect(message.content.toString()).to.equal('back');
    expect(message.properties.messageId).to.equal('m');
    expect(events).to.deep.equal(['return', 'confirm']);
  });

  it('does not return a mandatory message that a queue takes', async () => {
    const queue = await queueWith(client.channel);
    let isReturned = false;
    client.channel.on('return', () => {
      isReturned = true;
    });
    await put(client.channel, '', queue, 'x', { mandatory: true });
    expect(isReturned).to.equal(false);
  });

  it("refuses with 406 another user's id, and an expiration that is no number", async () => {
    for (const options of [{ userId: 'somebody' }, { expiration: 'soon' }, { expiration: '-1' }]) {
      const channel = await openChannel(client.connection);
      const code = await channelRefusal(channel, () =>
        channel.publish('amq.topic', 'k', Buffer.from('x'), options),
      );
      expect(code, JSON.stringify(options)).to.equal(406);
    }
  });

  async function deadLetterQueue(): Promise<{ exchange: string; inbox: Inbox }> {
    const exchange = unique('dlx');
    await client.channel.assertExchange(exchange, 'topic', { durable: false, autoDelete: true });
    const dead = await queueWith(client.channel);
    await client.channel.bindQueue(dead, exchange, '#');
    return { exchange, inbox: await Inbox.on(client.channel, dead) };
  }

  it('dead-letters what expires by x-message-ttl, with its story in x-death', async () => {
    const { exchange, inbox } = await deadLetterQueue();
    const queue = await queueWith(client.channel, { messageTtl: 30, deadLetterExchange: exchange });
    await client.channel.bindQueue(queue, 'amq.direct', queue);
    await put(client.channel, 'amq.direct', queue, 'late', { headers: { mine: 'kept' }, correlationId: 'c' });
    const { properties, fields, content } = await inbox.next();
    expect(content.toString()).to.equal('late');
    expect(fields).to.include({ exchange, routingKey: queue, redelivered: false });
    expect(properties.correlationId).to.equal('c');
    expect(properties.headers).to.include({
      mine: 'kept',
      'x-first-death-queue': queue,
      'x-first-death-reason': 'expired',
      'x-first-death-exchange': 'amq.direct',
    });
    const death = properties.headers?.['x-death']?.[0];
    expect(death).to.deep.include({ count: 1, reason: 'expired', queue, exchange: 'amq.direct' });
    expect(death?.['routing-keys']).to.deep.equal([queue]);
    expect(death?.time).to.have.property('!', 'timestamp');
  });

  it('dead-letters what expires by its own expiration, which does not go along', async () => {
    const { exchange, inbox } = await deadLetterQueue();
    const queue = await queueWith(client.channel, {
      deadLetterExchange: exchange,
      deadLetterRoutingKey: 'dead',
    });
    await put(client.channel, '', queue, 'late', { expiration: '30' });
    const { properties, fields } = await inbox.next();
    expect(fields.routingKey).to.equal('dead');
    expect(properties.expiration).to.equal(undefined);
    expect(properties.headers?.['x-death']?.[0]).to.include({
      'original-expiration': '30',
      reason: 'expired',
    });
  });

  it('delivers with a TTL of 0 to a consumer that is there, and to nobody else', async () => {
    const queue = await queueWith(client.channel, { messageTtl: 0 });
    await put(client.channel, '', queue, 'missed');
    const inbox = await Inbox.on(client.channel, queue, { noAck: true });
    await put(client.channel, '', queue, 'seen');
    expect(await inbox.texts(1)).to.deep.equal(['seen']);
  });

  it('expires only at the head of the queue', async () => {
    const { exchange, inbox } = await deadLetterQueue();
    const queue = await queueWith(client.channel, { deadLetterExchange: exchange });
    await put(client.channel, '', queue, 'second', { expiration: '60' });
    await put(client.channel, '', queue, 'first in time', { expiration: '1' });
    expect(await inbox.texts(2)).to.deep.equal(['second', 'first in time']);
  });

  it('dead-letters what is rejected, and counts when it happens again', async () => {
    const { exchange, inbox } = await deadLetterQueue();
    const queue = await queueWith(client.channel, { deadLetterExchange: exchange });
    await put(client.channel, '', queue, 'bad');
    for (const count of [1, 2]) {
      const message = await client.channel.get(queue);
      if (!message) throw new Error('queue is empty');
      client.channel.nack(message, false, false);
      const dead = await inbox.next();
      expect(dead.properties.headers?.['x-death']?.[0]).to.include({ count, reason: 'rejected', queue });
      const { headers } = dead.properties;
      await put(client.channel, '', queue, 'bad again', { headers });
    }
  });

  it('dead-letters what is over x-max-length', async () => {
    const { exchange, inbox } = await deadLetterQueue();
    const queue = await queueWith(client.channel, { maxLength: 1, deadLetterExchange: exchange });
    await put(client.channel, '', queue, 'pushed out');
    await put(client.channel, '', queue, 'stays');
    const { content, properties } = await inbox.next();
    expect(content.toString()).to.equal('pushed out');
    expect(properties.headers?.['x-death']?.[0]).to.include({ reason: 'maxlen', queue });
  });

  it('drops what would expire in a circle', async () => {
    const name = unique('circle');
    const { exchange, inbox } = await deadLetterQueue();
    await client.channel.assertQueue(name, { exclusive: true, messageTtl: 10, deadLetterExchange: exchange });
    await client.channel.bindQueue(name, exchange, '#');
    await put(client.channel, '', name, 'round');
    expect((await inbox.next()).content.toString()).to.equal('round');
    expect(await readyCount(client.channel, name)).to.equal(0);
  });

  it('answers a request by direct reply-to', async () => {
    const service = await queueWith(client.channel);
    const requests = await Inbox.on(client.channel, service, { noAck: true });
    const other = await open(client.url);
    const asker = await openChannel(other);
    const replies = await Inbox.on(asker, 'amq.rabbitmq.reply-to', { noAck: true });
    // The exclusive queue is closed to the consumers of other connections, not to their publishers.
    asker.publish('', service, Buffer.from('ask'), { replyTo: 'amq.rabbitmq.reply-to', correlationId: '7' });
    const { properties } = await requests.next();
    expect(properties.replyTo).to.match(/^amq\.rabbitmq\.reply-to\../);
    expect((await client.channel.checkQueue(properties.replyTo)).queue).to.equal(properties.replyTo);
    await put(client.channel, '', properties.replyTo, 'answer', { correlationId: '7', mandatory: true });
    const reply = await replies.next();
    expect(reply.content.toString()).to.equal('answer');
    expect(reply.properties.correlationId).to.equal('7');
    await other.close();
    const returned = once(client.channel, 'return');
    await put(client.channel, '', properties.replyTo, 'too late', { mandatory: true });
    await returned;
  });

  it('refuses with 406 a reply consumer that would acknowledge, a second one, and reply-to without one', async () => {
    const queue = 'amq.rabbitmq.reply-to';
    const acks = await openChannel(client.connection);
    expect(await channelRefusal(acks, () => acks.consume(queue, () => {}))).to.equal(406);
    const twice = await openChannel(client.connection);
    await twice.consume(queue, () => {}, { noAck: true });
    expect(await channelRefusal(twice, () => twice.consume(queue, () => {}, { noAck: true }))).to.equal(406);
    const none = await openChannel(client.connection);
    const act = () => none.publish('amq.topic', 'k', Buffer.from('x'), { replyTo: queue });
    expect(await channelRefusal(none, act)).to.equal(406);
  });
});
