// What survives a restart of the embedded broker, an orderly one and a crash, and what does not.
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChannelModel } from 'amqplib';
import { expect } from 'chai';
import { type Broker, startBroker } from '../../../rel/embedded/broker/index.ts';
import { channelRefusal, open, openChannel, put, REAL_URL, readyCount, take } from './client.ts';

describe('AMQP: durability of the embedded broker', () => {
  let dataDir: string;
  let broker: Broker;
  const connections: ChannelModel[] = [];

  before(function () {
    if (!REAL_URL) return;
    console.log('      skipped: a broker given by MIRLITON_AMQP_URL is not ours to restart');
    this.skip();
  });

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'mirliton-broker-'));
    broker = await startBroker({ host: '127.0.0.1', port: 0, dataDir });
  });

  afterEach(async () => {
    await broker?.stop();
    connections.length = 0;
    if (dataDir) await rm(dataDir, { recursive: true });
  });

  async function channelOf() {
    const connection = await open(broker.url);
    connections.push(connection);
    return openChannel(connection);
  }

  async function restart(): Promise<void> {
    await broker.stop();
    broker = await startBroker({ host: '127.0.0.1', port: 0, dataDir });
  }

  /** A second broker on a copy of the files as they are at this moment: what a crash would leave. */
  async function crash(): Promise<void> {
    const copy = await mkdtemp(join(tmpdir(), 'mirliton-broker-'));
    await writeFile(join(copy, 'journal'), await readFile(join(dataDir, 'journal')));
    await broker.stop();
    await rm(dataDir, { recursive: true });
    dataDir = copy;
    broker = await startBroker({ host: '127.0.0.1', port: 0, dataDir });
  }

  it('keeps durable exchanges, queues, bindings and persistent messages in order', async () => {
    const before = await channelOf();
    await before.assertExchange('cdrs', 'topic', { durable: true });
    await before.assertQueue('cdr', { durable: true, deadLetterExchange: 'amq.fanout', maxPriority: 2 });
    await before.bindQueue('cdr', 'cdrs', 'cdr.#');
    for (const text of ['1', '2', '3']) {
      await put(before, 'cdrs', `cdr.${text}`, text, { persistent: true, headers: { text } });
    }
    await restart();
    const after = await channelOf();
    await after.checkExchange('cdrs');
    await after.assertQueue('cdr', { durable: true, deadLetterExchange: 'amq.fanout', maxPriority: 2 });
    const message = await after.get('cdr', { noAck: true });
    expect(message && [message.content.toString(), message.fields.routingKey]).to.deep.equal(['1', 'cdr.1']);
    expect((message || undefined)?.properties.headers).to.deep.equal({ text: '1' });
    expect([await take(after, 'cdr'), await take(after, 'cdr')]).to.deep.equal(['2', '3']);
    await put(after, 'cdrs', 'cdr.4', '4');
    expect(await take(after, 'cdr')).to.equal('4');
  });

  it('has everything that was confirmed after a crash, unacknowledged messages too', async () => {
    const before = await channelOf();
    await before.assertQueue('cdr', { durable: true });
    for (let count = 0; count < 100; count++)
      before.sendToQueue('cdr', Buffer.from(String(count)), { persistent: true });
    await before.waitForConfirms();
    await before.get('cdr');
    await crash();
    const after = await channelOf();
    expect(await readyCount(after, 'cdr')).to.equal(100);
    expect(await take(after, 'cdr')).to.equal('0');
  });

  it('does not bring back what was acknowledged, purged, deleted or unbound', async () => {
    const before = await channelOf();
    for (const queue of ['acked', 'purged', 'deleted', 'unbound']) {
      await before.assertQueue(queue, { durable: true });
      await before.bindQueue(queue, 'amq.fanout', '');
    }
    await put(before, 'amq.fanout', '', 'x', { persistent: true });
    const message = await before.get('acked');
    if (message) before.ack(message);
    await before.purgeQueue('purged');
    await before.deleteQueue('deleted');
    await before.unbindQueue('unbound', 'amq.fanout', '');
    await restart();
    const after = await channelOf();
    expect(await readyCount(after, 'acked')).to.equal(0);
    expect(await readyCount(after, 'purged')).to.equal(0);
    await put(after, 'amq.fanout', '', 'y');
    expect(await readyCount(after, 'unbound')).to.equal(1);
    expect(await channelRefusal(after, () => after.checkQueue('deleted'))).to.equal(404);
  });

  it('does not keep transient queues, nor transient messages in durable ones', async () => {
    const before = await channelOf();
    await before.assertQueue('kept', { durable: true });
    await before.assertQueue('lost', { durable: false });
    await put(before, '', 'kept', 'transient', { persistent: false });
    await restart();
    const after = await channelOf();
    expect(await readyCount(after, 'kept')).to.equal(0);
    expect(await channelRefusal(after, () => after.checkQueue('lost'))).to.equal(404);
  });

  it('expires what ran out while it was stopped', async () => {
    const before = await channelOf();
    await before.assertQueue('dead', { durable: true });
    await before.assertQueue('short', {
      durable: true,
      deadLetterExchange: '',
      deadLetterRoutingKey: 'dead',
    });
    await put(before, '', 'short', 'x', { persistent: true, expiration: '1' });
    await restart();
    const after = await channelOf();
    let count = 0;
    while (count === 0) count = await readyCount(after, 'dead');
    expect(await readyCount(after, 'short')).to.equal(0);
  });

  it('uses a journal up to where it was torn, and sets the damaged file aside', async () => {
    const before = await channelOf();
    await before.assertQueue('cdr', { durable: true });
    await put(before, '', 'cdr', 'whole', { persistent: true });
    await broker.stop();
    await appendFile(join(dataDir, 'journal'), Buffer.from([0, 0, 1, 0, 1, 2, 3]));
    const warnings: string[] = [];
    const log = { info: () => {}, warn: (message: string) => warnings.push(message), error: () => {} };
    broker = await startBroker({ host: '127.0.0.1', port: 0, dataDir, log });
    expect(warnings.join()).to.contain('damaged');
    expect(await readdir(dataDir)).to.include('journal.damaged');
    expect(await take(await channelOf(), 'cdr')).to.equal('whole');
  });

  it('does not grow for ever: what is gone leaves the file', async () => {
    const channel = await channelOf();
    await channel.assertQueue('cdr', { durable: true });
    const body = Buffer.alloc(1024 * 1024);
    for (let count = 0; count < 40; count++) {
      channel.sendToQueue('cdr', body, { persistent: true });
      await channel.waitForConfirms();
      await take(channel, 'cdr');
    }
    await put(channel, '', 'cdr', 'last', { persistent: true });
    expect((await readFile(join(dataDir, 'journal'))).length).to.be.below(25 * 1024 * 1024);
    await restart();
    expect(await take(await channelOf(), 'cdr')).to.equal('last');
  });

  it('fails with the reason when the port is taken', async () => {
    const { port } = broker;
    const error = await startBroker({ host: '127.0.0.1', port }).then(
      () => undefined,
      (reason: NodeJS.ErrnoException) => reason,
    );
    expect(error?.code).to.equal('EADDRINUSE');
  });
});
