// Everything that can be thrown at a zone: after each volley it lives, says what it dropped, and connects a call.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { connect } from 'amqplib';
import { expect } from 'chai';
import { startSwitch } from '../../rel/embedded/switch/index.ts';
import { newAccount, type TestAccount } from './account.ts';
import { startBrokenSwitch } from './broken-switch.ts';
import { busUrl } from './bus.ts';
import { eventually } from './eventually.ts';
import { call, fixtures } from './fixtures.ts';
import { badRequests } from './malformed-json.ts';
import { malformedSip } from './malformed-sip.ts';
import { mixOfRun, settingsOf } from './mix.ts';
import { ownZone } from './shared.ts';
import type { Zone } from './zone.ts';

describe('a zone under fire', function () {
  this.timeout(120_000);
  const use = fixtures();
  const mix = mixOfRun();
  let zone: Zone;
  let account: TestAccount;
  const undo: (() => Promise<void>)[] = [];
  let broken: Awaited<ReturnType<typeof startBrokenSwitch>>;

  before(async () => {
    broken = await startBrokenSwitch();
    undo.push(() => broken.stop());
    zone = await ownZone({
      switches: [
        ...(await goodSwitches()),
        { host: '127.0.0.1', port: broken.port, password: 'x', name: 'broken@nowhere' },
      ],
      log: { level: 'debug' },
    });
    undo.push(() => zone.stop());
    account = await newAccount(zone);
  });
  after(async () => {
    for (const step of undo.reverse()) await step();
  });

  async function goodSwitches(): Promise<object[]> {
    const given = settingsOf(mix)['switches'] as object[] | undefined;
    if (given) return given;
    const host = '127.0.0.1';
    const part = await startSwitch({
      name: 'good',
      eventSocket: { host, port: 0, password: 'ClueCon' },
      sip: { host, port: 0 },
      rtp: { host, portMin: 0, portMax: 0 },
      recordingsDir: '/tmp',
    });
    undo.push(() => part.stop());
    return [{ host, port: part.eventSocketPort, password: 'ClueCon' }];
  }

  let extension = 700;
  afterEach('alive, and a call works', async () => {
    extension += 1;
    const b = await use.callee(await account.extension(String(extension)), 'answer', { ms: 100 });
    await call(await account.device(), String(extension));
    await b.done;
    expect(zone.alive()).to.equal(true);
    expect(zone.log()).not.to.match(/uncaught exception|unhandled rejection/);
  });

  const messages = malformedSip();

  it('answers or drops, with a line in the log, 100 malformed SIP messages over UDP', async () => {
    expect(messages.length).to.be.at.least(100);
    const silent: string[] = [];
    for (const { what, text } of messages) if (!(await met('udp', text))) silent.push(what);
    // A real drachtio-server keeps its own log.
    if (mix.edge === 'embedded') expect(silent).to.deep.equal([]);
  });

  it('answers or drops, with a line in the log, 100 malformed SIP messages over TCP', async () => {
    const silent: string[] = [];
    for (const { what, text } of messages) if (!(await met('tcp', text))) silent.push(what);
    if (mix.edge === 'embedded') expect(silent).to.deep.equal([]);
  });

  it('refuses 100 malformed requests over REST, each with a reason', async () => {
    const requests = badRequests();
    expect(requests.length).to.be.at.least(100);
    for (const { method, path, body } of requests) {
      const text = typeof body === 'string' ? body : body.toString('latin1');
      const sent = Buffer.isBuffer(body) ? body : Buffer.from(body);
      const answer = await account.rest.send(method, path, sent);
      const about = `${method} ${path} ${text.slice(0, 200)} → ${answer.status} ${JSON.stringify(answer.body)}`;
      expect(answer.status, about).to.be.within(400, 499);
      expect(answer.body, about).to.include({ status: 'error', error: String(answer.status) });
      expect(answer.body.message, about).to.be.a('string').that.is.not.empty;
    }
    expect(await account.rest.get('devices')).to.be.an('array');
  });

  it('drops broken messages on the bus, with a line in the log', async () => {
    const url = busUrl(zone);
    const connection = await connect(url);
    const channel = await connection.createChannel();
    channel.on('error', () => undefined);
    const before = dropped();
    let sent = 0;
    for (const [exchange, key] of targets(account))
      for (const body of bodies()) {
        channel.publish(exchange, key, body, { contentType: 'application/json' });
        sent += 1;
      }
    // Each of these reaches one consumer at least; the log is the only place where a dropped message shows.
    await eventually(() => expect(dropped() - before).to.be.at.least(sent), 30);
    await channel.close();
    await connection.close();
  });

  it('outlives broken frames on the way to the broker', async () => {
    const { hostname, port } = new URL(busUrl(zone));
    const frames = [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.from('AMQP\u0000\u0000\u0009\u0001'),
      Buffer.concat([Buffer.from('AMQP\u0000\u0000\u0009\u0001'), Buffer.alloc(5000, 0xff)]),
      Buffer.alloc(100_000),
    ];
    for (const bytes of frames) {
      const socket = createConnection(Number(port), hostname);
      socket.on('error', () => undefined).on('data', () => undefined);
      // A broker may answer with a reset, which `once` would take for a failure.
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.write(bytes);
      socket.end();
      await closed;
    }
  });

  it('leaves out broken frames of a switch and comes back to it', async () => {
    // Each connection ends with a frame that it cannot survive.
    await eventually(() => expect(broken.connections()).to.be.at.least(5), 60);
    expect(zone.log()).to.match(/a frame of the switch was dropped/);
    expect(zone.log()).to.match(/broken@nowhere/);
  });

  /** True when the message was answered, or its sender stands in a new line of the log. */
  async function met(protocol: 'udp' | 'tcp', text: string | Buffer): Promise<boolean> {
    const lines = (port: number): number => zone.log().split(`127.0.0.9:${port}`).length;
    const { answers, port, end, close } = await (protocol === 'udp' ? overUdp(text) : overTcp(text));
    // Where the edge keeps its own log there is nothing to wait for.
    const noticed = (seconds: number): Promise<boolean> =>
      eventually(
        () => {
          if (answers() || lines(port) > 1) return true;
          throw new Error('neither answered nor logged');
        },
        mix.edge === 'embedded' ? seconds : 0.05,
      ).catch(() => false);
    try {
      if (await noticed(protocol === 'udp' ? 1 : 0.2)) return true;
      // Over TCP it may be waited for the rest of a message.
      end();
      return await noticed(1);
    } finally {
      close();
    }
  }

  async function overUdp(text: string | Buffer) {
    const socket = createSocket('udp4');
    let answers = 0;
    socket.on('message', () => {
      answers += 1;
    });
    socket.bind(0, '127.0.0.9');
    await once(socket, 'listening');
    const { port } = socket.address();
    await new Promise<void>((resolve) =>
      socket.send(placed(text, port), zone.sip.port, zone.sip.host, () => resolve()),
    );
    return { answers: () => answers > 0, port, end: () => undefined, close: () => void socket.close() };
  }

  async function overTcp(text: string | Buffer) {
    const socket = createConnection({ port: zone.sip.port, host: zone.sip.host, localAddress: '127.0.0.9' });
    let answers = 0;
    socket.on('data', () => {
      answers += 1;
    });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    const port = socket.localPort ?? 0;
    const bytes = placed(text, port).toString('latin1').replace('SIP/2.0/UDP', 'SIP/2.0/TCP');
    socket.write(Buffer.from(bytes, 'latin1'));
    return {
      answers: () => answers > 0,
      port,
      end: () => void socket.end(),
      close: () => void socket.destroy(),
    };
  }

  const placed = (text: string | Buffer, port: number): Buffer =>
    Buffer.from(Buffer.from(text).toString('latin1').replaceAll('{port}', String(port)), 'latin1');

  const dropped = (): number => zone.log().split('message dropped').length - 1;
});

/** Exchanges and keys with at least one consumer. */
const targets = ({ id, realm }: TestAccount): readonly (readonly [string, string])[] => [
  ['callmgr', `route.req.audio.${id}`],
  ['callmgr', `authn.req.${realm.replaceAll('.', '%2E')}`],
  ['registrar', `authn.endpoint.req.${realm.replaceAll('.', '%2E')}`],
  ['registrar', 'registration.success.realm.user'],
  ['registrar', 'registration.query.realm.user'],
  ['cdr', `cdr.report.${id}`],
  ['resources', 'offnet.resource.req.audio'],
  ['trusted', 'trusted.query'],
];

const bodies = (): Buffer[] => [
  Buffer.alloc(0),
  Buffer.from([0xff, 0x00, 0xfe]),
  Buffer.alloc(200_000, 0x41),
  ...[
    '{',
    'null',
    '[]',
    '42',
    '"text"',
    '{}',
    '{"Event-Category":"directory"}',
    '{"Event-Category":7,"Event-Name":{}}',
    '{"Event-Category":"nobody","Event-Name":"knows"}',
    `{"a":${'['.repeat(20_000)}`,
    '{"Event-Category":"dialplan","Event-Name":"route_req","Msg-ID":5,"Server-ID":[],"App-Name":{},"App-Version":1}',
    '{"Event-Category":"directory","Event-Name":"authn_req","Msg-ID":"1","Server-ID":"x","App-Name":"t","App-Version":"1"}',
    '{"Event-Category":"cdr","Event-Name":"report","Msg-ID":"1","App-Name":"t","App-Version":"1","Call-ID":[]}',
  ].map((text) => Buffer.from(text)),
];
