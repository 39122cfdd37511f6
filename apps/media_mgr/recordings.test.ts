// Recordings on their way from a switch into the account's month, or to a server of the customer's own.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { AppContext, RunningApp } from '../../core/app/index.ts';
import { systemConfig } from '../../core/config/index.ts';
import { accountDatabase, databaseOfId, type Store } from '../../core/couch/index.ts';
import { callEvent, recorder } from '../../core/messages/call.ts';
import { commandReply, storeFile } from '../../core/messages/switch.ts';
import { type FakeBus, fakeBus, fakeMetrics, memoryStore, silentLog } from '../../core/testing/index.ts';
import { media_mgr } from './app.ts';
import { destinationOf } from './forward.ts';

const accountId = 'cd'.repeat(16);

describe('media_mgr: recordings', () => {
  let bus: FakeBus;
  let store: Store;
  let app: RunningApp;
  let server: Server;
  let orders: string[];
  /** How often the switch refuses before it uploads. */
  let refusals: number;
  const received: { readonly request: IncomingMessage; readonly body: string }[] = [];

  beforeEach(async () => {
    bus = fakeBus({ node: 'media_mgr@test' });
    store = memoryStore();
    for (const name of ['system_config', 'system_media'] as const) await store.ensure(name, name);
    await store.ensure(accountDatabase(accountId), 'account');
    app = await media_mgr.start({
      bus,
      store,
      settings: { media: { host: '127.0.0.1', port: 0 } },
      systemConfig: systemConfig(store, { zone: 'z', node: 'n' }),
      metrics: fakeMetrics(),
      log: silentLog(),
    } as unknown as AppContext);
    orders = [];
    refusals = 0;
    const peer = bus.peer('ecallmgr@test');
    await peer.consume(
      { bindings: [{ exchange: 'switch', key: 'switch.store_file.#' }], contracts: [storeFile] },
      async (order) => {
        const { Url: url, 'File-Name': file } = order.message;
        orders.push(file);
        const refused = orders.length <= refusals;
        const upload = { method: 'PUT', body: 'RIFF sound', headers: { 'content-type': 'audio/wav' } };
        const ok = !refused && (await fetch(url, upload)).ok;
        const answer = { Command: 'store_file', Result: ok ? 'success' : 'error' };
        await peer.reply(order, commandReply, answer);
      },
    );
    received.length = 0;
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      received.push({ request, body: Buffer.concat(chunks).toString() });
      response.writeHead(201).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    await app.stop();
    await bus.close();
    server.closeAllConnections();
    server.close();
  });

  const id = `202611-${'ef'.repeat(16)}`;
  const stopped = async (recording: Record<string, unknown> = {}, messageId = 'core-1'): Promise<void> => {
    const event = {
      'Event-Name': 'RECORD_STOP' as const,
      'Call-ID': 'call1',
      'Call-Direction': 'inbound',
      'Caller-ID-Number': '1001',
      From: '1001@r',
      To: '2000@r',
      Timestamp: 63_900_000_100,
      Length: 4_200,
      'Switch-Nodename': 'freeswitch@media1',
      'Custom-Channel-Vars': {
        'Account-ID': accountId,
        'Owner-ID': 'u1',
        'Call-Interaction-ID': '63900000000-abc',
      },
      Recording: {
        ID: id,
        Name: 'talk.mp3',
        Recorder: recorder,
        'File-Path': `/recordings/${id}.wav`,
        'Completion-Cause': 'success-hangup',
        Data: { origin: 'callflow : Main' },
        ...recording,
      },
    };
    await bus.peer('ecallmgr@test').publish(callEvent, event, { messageId });
    await bus.settled();
  };
  const document = () => store.database(databaseOfId(accountId, id)).find(id, { fresh: true });

  it('stand in the month with their sound, once', async () => {
    await stopped();
    expect(await document()).to.include({
      pvt_type: 'call_recording',
      name: 'talk.wav',
      media_type: 'wav',
      call_id: 'call1',
      interaction_id: '63900000000-abc',
      owner_id: 'u1',
      origin: 'callflow : Main',
      start: 63_900_000_096,
      duration: 4,
      duration_ms: 4_200,
      direction: 'inbound',
    });
    const { body } = await store.database(databaseOfId(accountId, id)).attachment(id, 'talk.wav');
    expect((await body.toArray()).join('')).to.equal('RIFF sound');
    await stopped({}, 'told-again-by-another');
    expect(orders).to.deep.equal([`/recordings/${id}.wav`]);
  });

  it('are of no interest when somebody else records, or nothing was recorded', async () => {
    await stopped({ Recorder: 'another' }, 'a');
    await stopped({ 'Completion-Cause': 'input-too-short' }, 'b');
    expect(orders).to.deep.equal([]);
    expect(await document()).to.equal(undefined);
  });

  it('are asked for again when the switch could not send them', async () => {
    refusals = 1;
    await stopped();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await bus.settled();
    expect(orders).to.have.length(2);
    expect((await document())?._attachments).to.have.property('talk.wav');
  });

  it('go to a server of the customer, and are not kept then', async () => {
    const { port } = server.address() as AddressInfo;
    await stopped({ Data: { url: `http://user:p%40ss@127.0.0.1:${port}/in/`, method: 'post' } });
    const [{ request, body } = { request: undefined, body: '' }] = received;
    expect(body).to.equal('RIFF sound');
    expect(request?.method).to.equal('POST');
    expect(request?.url).to.match(/^\/in\/call_recording_call1\.wav\?from=1001%40r&to=2000%40r&/);
    expect(request?.headers.authorization).to.equal(`Basic ${Buffer.from('user:p@ss').toString('base64')}`);
    const written = await document();
    expect(written?._attachments).to.equal(undefined);
    expect(written?.['pvt_sent']).to.be.a('number');
    await stopped({}, 'again');
    expect(received).to.have.length(1);
  });

  it('find their name in a URL as Kazoo writes it', () => {
    const to = (url: string): string =>
      destinationOf({ _id: id, url, call_id: 'c/1', media_type: 'mp3' }, accountId).href.replace(
        /from=.*/,
        '…',
      );
    expect(to('http://h/a')).to.equal('http://h/a/call_recording_c%2F1.mp3?…');
    expect(to('http://h/a?file=')).to.equal('http://h/a?file=call_recording_c%2F1.mp3&…');
    expect(to('http://h/a?file')).to.equal('http://h/a?file=call_recording_c%2F1.mp3&…');
    expect(to('http://h/a?x=1')).to.equal('http://h/a?x=1&recording=call_recording_c%2F1.mp3&…');
    expect(() => to('ftp://h/a')).to.throw(/cannot be sent/);
  });
});
