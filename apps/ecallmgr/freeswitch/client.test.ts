// The client over a real socket: deadlines, losses, its own way back, and a switch that talks nonsense.
import { EventEmitter, once } from 'node:events';
import { expect } from 'chai';
import { silentLog } from '../../../core/testing/index.ts';
import { type FakeEventSocket, fakeEventSocket } from '../testing/event-socket.ts';
import { SwitchClient } from './client.ts';
import { openConnection } from './connection.ts';
import type { SwitchEvent } from './event.ts';

describe('the event socket client', () => {
  let fake: FakeEventSocket;
  let client: SwitchClient;
  let signals: EventEmitter;
  let counted: string[];
  const events: SwitchEvent[] = [];

  beforeEach(async () => {
    fake = await fakeEventSocket();
    signals = new EventEmitter();
    counted = [];
    events.length = 0;
    client = new SwitchClient({
      host: '127.0.0.1',
      port: fake.port,
      password: 'secret',
      log: silentLog(),
      retryDelay: 1,
      onEvent: (event) => {
        events.push(event);
        signals.emit('event');
        if (event['Event-Name'] === 'BOOM') throw new Error('a handler that fails');
      },
      onUp: async () => void signals.emit('up'),
      onDown: () => signals.emit('down'),
      count: (what) => counted.push(what),
    });
    const up = once(signals, 'up');
    client.start();
    await up;
  });

  afterEach(async () => {
    await client.stop();
    await fake.close();
  });

  it('runs API commands with a job of its own', async () => {
    fake.onApi = (command) => (command === 'uptime' ? '12\n' : undefined);
    expect(await client.api('uptime')).to.equal('12');
  });

  it('runs what ends at once on the connection, in turn with other commands', async () => {
    const job = client.api('uptime');
    const first = client.api('hash insert_ifempty/calls/a/one');
    const second = client.api('hash insert_ifempty/calls/a/two').catch((it: unknown) => it);
    await client.execute('call', 'answer', '', 'id');
    expect(await first).to.equal('');
    expect(await second)
      .to.include({ code: 'command_failed' })
      .and.have.property('message')
      .that.matches(/refused hash: .*already exists/);
    await job;
    const jobs = fake.verbs.filter((verb) => verb === 'bgapi');
    expect(jobs).to.have.lengthOf(1);
  });

  it('rejects with a reason what the switch refuses', async () => {
    fake.onApi = () => '-ERR No such channel!\n';
    const error = await client.api('uuid_kill x').catch((it: unknown) => it);
    expect(error).to.have.property('code', 'command_failed');
  });

  it('gives up on a job that never ends', async () => {
    fake.onApi = () => 'never';
    const error = await client.api('uptime', 5).catch((it: unknown) => it);
    expect(error).to.have.property('code', 'command_timeout');
  });

  it('refuses arguments that would start another command, before anything is sent', async () => {
    for (const bad of ['a\n\nexit', 'a\rb', 'a\0b']) {
      const error = await client.execute('call', 'playback', bad, 'id').catch((it: unknown) => it);
      expect(error).to.have.property('code', 'invalid_data');
    }
    for (const id of ['a b', 'a\nb', '']) {
      const error = await client.execute(id, 'answer', '', 'id').catch((it: unknown) => it);
      expect(error, id).to.have.property('code', 'invalid_data');
    }
    expect(fake.executed).to.deep.equal([]);
  });

  it('rejects what is pending by name when the connection is lost, and comes back', async () => {
    fake.onApi = () => 'never';
    const pending = client.api('uptime').catch((it: unknown) => it);
    await client.execute('call', 'answer', '', 'id');
    const next = client.api('hash select/calls/a').catch((it: unknown) => it);
    const up = once(signals, 'up');
    fake.cut();
    expect(await pending).to.have.property('code', 'switch_unreachable');
    expect(await next).to.have.property('code', 'switch_unreachable');
    await up;
    expect(counted).to.include('reconnect');
    fake.onApi = () => '+OK\n';
    expect(await client.api('uptime')).to.equal('');
  });

  it('drops events that are none, and a handler that fails costs only its event', async () => {
    fake.raw('Content-Length: 3\nContent-Type: text/event-json\n\n{x}');
    fake.raw('Content-Type: what/ever\n\n');
    fake.emit({ 'Event-Name': 'BOOM' });
    fake.emit({ 'Event-Name': 'DTMF', 'Unique-ID': 'c', 'DTMF-Digit': '1' });
    while (!events.some((event) => event['Event-Name'] === 'DTMF')) await once(signals, 'event');
    expect(counted.filter((it) => it === 'bad_frame')).to.have.length(2);
    expect(client.connected).to.equal(true);
  });

  it('leaves a stream that cannot be understood and opens another', async () => {
    const up = once(signals, 'up');
    fake.raw('Content-Length: -1\n\n');
    await up;
    expect(client.connected).to.equal(true);
  });

  it('says so when the password is wrong or nobody listens', async () => {
    const handlers = { onEvent: () => undefined, onBadFrame: () => undefined, onClose: () => undefined };
    const open = (port: number, password: string): Promise<unknown> =>
      openConnection({ host: '127.0.0.1', port, password }, handlers).catch((error: unknown) => error);
    expect(await open(fake.port, 'wrong')).to.have.property('code', 'switch_unreachable');
    expect(await open(1, 'secret')).to.have.property('code', 'switch_unreachable');
  });
});
