// Recordings: of the caller, of a conversation, and their way to a store.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { storeFile } from '../../../core/messages/switch.ts';
import { Live, type Message, type Phone } from '../testing/live.ts';

interface Upload {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

describe('recording with a switch', () => {
  let live: Live;
  let alice: Phone;
  let bob: Phone;
  let store: Server;
  const uploads: Upload[] = [];
  // A switch keeps its recordings: each run has names of its own.
  const name = (what: string): string => `${what}-${process.pid}-${Date.now()}.wav`;

  before(async () => {
    live = await Live.open();
    alice = await live.target.phone('alice');
    bob = await live.target.phone('bob');
    store = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method = '', url: path = '', headers } = request;
      uploads.push({ method, path, headers, body: Buffer.concat(chunks) });
      response.writeHead(path.includes('refused') ? 403 : 201).end();
    });
    await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => live.clear());
  after(async () => {
    store.closeAllConnections();
    store.close();
    await live.close();
  });

  const urlOf = (path: string): string => `http://127.0.0.1:${(store.address() as AddressInfo).port}/${path}`;
  const put = (callId: string, media: string, path: string) =>
    live.run(callId, 'store', {
      'Media-Name': media,
      'Media-Transfer-Method': 'put',
      'Media-Transfer-Destination': urlOf(path),
    });

  it('ends at its limit, at silence, and at a terminator', async () => {
    const call = await live.answered(alice);
    const limited = await live.run(call.id, 'record', {
      'Media-Name': name('limit'),
      'Time-Limit': 1,
      'Silence-Threshold': 0,
    });
    expect(limited['Length']).to.be.within(800, 2500);
    const silent = await live.run(call.id, 'record', {
      'Media-Name': name('silence'),
      'Time-Limit': 20,
      'Silence-Threshold': 500,
      'Silence-Hits': 1,
    });
    expect(silent['Length']).to.be.below(6000);
    const media = name('key');
    const keyed = await live.send(call.id, 'record', { 'Media-Name': media, Terminators: ['#'] });
    await live.event('RECORD_START', call.id, (it) => fileOf(it).includes(media));
    const sung = call.sing(500, 1000);
    await sung;
    await call.leg.sendDtmf('#');
    const done = await live.completed(keyed);
    expect(done).to.include({ Terminator: '#', 'Application-Response': media });
    await live.end(call.id);
  }).timeout(20_000);

  it('puts a recording into a store, after the call too', async () => {
    const call = await live.answered(alice);
    const media = name('put');
    const recording = live.run(call.id, 'record', {
      'Media-Name': media,
      'Time-Limit': 1,
      'Silence-Threshold': 0,
    });
    await call.sing(500, 1000);
    await recording;
    expect((await put(call.id, media, 'one.wav'))['Application-Response']).to.be.a('string');
    const [upload] = uploads.filter(({ path }) => path === '/one.wav');
    expect(upload?.method).to.equal('PUT');
    expect(upload?.headers['content-type']).to.match(/^audio\/(x-)?wav$/);
    expect(upload?.body.toString('latin1', 0, 4)).to.equal('RIFF');
    expect(upload?.body.length).to.be.above(8000);
    const refusal = await put(call.id, media, 'refused.wav').catch((error: Error) => error.message);
    expect(refusal).to.match(/http_put/);
    await live.end(call.id);
    await put(call.id, media, 'late.wav');
    expect(uploads.some(({ path }) => path === '/late.wav')).to.equal(true);
  }).timeout(20_000);

  it('records a conversation, without what is masked', async () => {
    const call = await live.answered(alice);
    await live.bridged(call.id, bob);
    const media = name('conversation');
    const record = (action: string) =>
      live.run(call.id, 'record_call', {
        'Record-Action': action,
        'Media-Name': media,
        'Media-Recording-ID': 'rec1',
        'Channels-As-Stereo': false,
        'Insert-At': 'now',
      });
    await record('start');
    await live.event('RECORD_START', call.id);
    await call.sing(500, 800);
    await record('mask');
    await call.sing(1000, 800);
    await record('unmask');
    await call.sing(500, 800);
    await record('stop');
    const stopped = await live.event('RECORD_STOP', call.id);
    expect(stopped['Media-Recordings']).to.deep.equal(['rec1']);
    const refusal = await record('stop').catch((error: Error) => error.message);
    expect(refusal).to.match(/uuid_record/);
    await live.end(call.id);
    await put(call.id, media, 'conversation.wav');
    const upload = uploads.find(({ path }) => path === '/conversation.wav');
    expect(upload?.body.length).to.be.above(20_000);
    const samples = samplesOf(upload?.body ?? Buffer.alloc(0));
    expect(energy(samples, 500), 'what was said').to.be.above(20 * energy(samples, 1000));
  }).timeout(20_000);

  it('begins with the answer, tells what it is for at its end, and is fetched by an order', async () => {
    const call = await live.call(alice);
    const id = `202611-${process.pid}${Date.now()}`;
    const media = name('answered');
    await live.run(call.id, 'record_call', {
      'Record-Action': 'start',
      'Media-Name': media,
      'Media-Recording-ID': id,
      'Media-Recorder': 'tester',
      'Recording-Variables': { Name: 'talk', Data: { origin: 'a [test], it is', url: 'http://x/?a=1&b=$' } },
      'Channels-As-Stereo': false,
    });
    await live.run(call.id, 'noop');
    expect(
      call.responses.map(({ status }) => status),
      'no early media for it',
    ).not.to.include(183);
    expect(live.bus.named('RECORD_START').filter((it) => it['Call-ID'] === call.id)).to.have.length(0);
    await live.run(call.id, 'answer');
    await live.event('RECORD_START', call.id);
    await call.sing(500, 800);
    await call.hangup();
    const stopped = await live.event('RECORD_STOP', call.id);
    expect(stopped['Recording']).to.deep.include({
      ID: id,
      Name: 'talk',
      Recorder: 'tester',
      Data: { origin: 'a [test], it is', url: 'http://x/?a=1&b=$' },
    });
    expect((stopped['Recording'] as Message)['Completion-Cause']).to.match(/^success/);
    expect((await live.event('report', call.id))['Media-Recordings']).to.deep.equal([id]);
    const order = (file: string, url: string) =>
      live.bus.request(storeFile, { 'FreeSWITCH-Node': 'freeswitch@media1', 'File-Name': file, Url: url });
    expect(await order(fileOf(stopped), urlOf('ordered.wav'))).to.include({ Result: 'success' });
    expect(uploads.find(({ path }) => path === '/ordered.wav')?.body.length).to.be.above(8000);
    expect(await order(fileOf(stopped), urlOf('refused.wav'))).to.include({ Result: 'error' });
    for (const [file, url] of [
      ['/etc/passwd', urlOf('x')],
      [`${fileOf(stopped)}/../../x`, urlOf('x')],
      [fileOf(stopped), 'http://x/ /etc/passwd'],
    ] as const)
      expect((await order(file, url))['Error']).to.match(/no recording|cannot store/);
  }).timeout(20_000);

  it('stops one that was to begin with the answer', async () => {
    const call = await live.call(alice);
    const start = {
      'Record-Action': 'start',
      'Media-Name': name('never'),
      'Media-Recording-ID': `202611-${Date.now()}`,
    };
    await live.run(call.id, 'record_call', start);
    await live.run(call.id, 'record_call', { 'Record-Action': 'stop' });
    await live.run(call.id, 'answer');
    await live.run(call.id, 'play', { 'Media-Name': 'tone_stream://%(200,0,440)' });
    expect(live.bus.named('RECORD_START').filter((it) => it['Call-ID'] === call.id)).to.have.length(0);
    await live.end(call.id);
  });
});

/** The file on the switch that an event of a recording tells of. */
const fileOf = (event: Message): string => String((event['Recording'] as Message)['File-Path']);

/** The 16-bit samples of a mono WAV file, whatever stands before its data. */
function samplesOf(wav: Buffer): Int16Array {
  const from = wav.indexOf('data') + 8;
  const samples = new Int16Array(Math.floor((wav.length - from) / 2));
  for (const index of samples.keys()) samples[index] = wav.readInt16LE(from + 2 * index);
  return samples;
}

/** How much of a frequency (Hz, at 8 kHz) is in it (Goertzel). */
function energy(samples: Int16Array, hertz: number): number {
  const step = 2 * Math.cos((2 * Math.PI * hertz) / 8000);
  let [one, two] = [0, 0];
  for (const sample of samples) [one, two] = [sample + step * one - two, one];
  return one * one + two * two - step * one * two;
}
