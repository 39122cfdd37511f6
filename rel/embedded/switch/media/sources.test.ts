// Sources: WAV of many kinds, HTTP, sequences, silence, music, speech; and clear errors for the rest.
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Source } from './contract.ts';
import { ToneMeter } from './detect.ts';
import { MediaError } from './errors.ts';
import { energyOf, newFrame } from './frame.ts';
import { G711 } from './g711.ts';
import { openSource } from './sources.ts';
import { openSpeech } from './speech.ts';
import { parseWav, WavSource } from './wav.ts';
import { wavHeader } from './wavFile.ts';

/** A WAV file with 500 ms of a sine, in any coding. */
function sineWav(hertz: number, { rate = 8000, channels = 1, coding = 1, bits = 16 } = {}): Buffer {
  const count = Math.ceil(rate / 2);
  const data = Buffer.alloc((count * channels * bits) / 8);
  let at = 0;
  for (let i = 0; i < count; i++)
    for (let channel = 0; channel < channels; channel++) {
      const sample = Math.round(10_000 * Math.sin((2 * Math.PI * hertz * i) / rate));
      if (coding === 7) at = data.writeUInt8(G711.PCMU.encode[sample & 0xffff]!, at);
      else if (coding === 6) at = data.writeUInt8(G711.PCMA.encode[sample & 0xffff]!, at);
      else if (bits === 8) at = data.writeUInt8((sample >> 8) + 128, at);
      else if (bits === 24) at = data.writeIntLE(sample * 256, at, 3);
      else at = data.writeInt16LE(sample, at);
    }
  const header = wavHeader({ channels: 1, rate }, data.length);
  header.writeUInt16LE(coding, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt16LE(bits, 34);
  return Buffer.concat([header, data]);
}

function listen(source: Source, ...frequencies: number[]): { ms: number; heardMs: number } {
  const meter = new ToneMeter(frequencies);
  const frame = newFrame();
  let frames = 0;
  for (; frames < 1000 && source.read(frame); frames++) meter.push(frame);
  source.close();
  return { ms: frames * 20, heardMs: meter.heardMs };
}

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof MediaError ? error.code : Promise.reject(error)),
  );

describe('sources', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'media-'));
    await writeFile(join(folder, 'a.wav'), sineWav(700));
    await writeFile(join(folder, 'b.wav'), sineWav(1100, { rate: 16_000 }));
  });
  after(() => rm(folder, { recursive: true }));

  for (const kind of [
    {},
    { rate: 16_000 },
    { rate: 48_000, channels: 2 },
    { rate: 44_100 },
    { rate: 22_050 },
    { rate: 11_025, bits: 8 },
    { rate: 6000 },
    { coding: 7, bits: 8 },
    { coding: 6, bits: 8, channels: 2 },
    { bits: 24, rate: 32_000 },
  ])
    it(`plays a WAV file of ${JSON.stringify(kind)}`, () => {
      const heard = listen(new WavSource(parseWav(sineWav(1000, kind), 'test')), 1000);
      expect(heard.ms).to.equal(500);
      expect(heard.heardMs).to.be.at.least(460);
    });

  it('leaves nothing of what a telephone cannot carry', () => {
    const source = new WavSource(parseWav(sineWav(5500, { rate: 16_000 }), 'test'));
    const frame = newFrame();
    source.read(frame);
    source.read(frame);
    expect(energyOf(frame)).to.be.below(100);
  });

  it('takes a header without a size, and finds its place again', () => {
    const wav = sineWav(1000);
    wav.writeUInt32LE(0xffffffff, 40);
    const source = new WavSource(parseWav(wav, 'test'));
    source.seek(400);
    expect(listen(source, 1000).ms).to.equal(100);
    source.seek(-10_000);
    expect(listen(source, 1000).ms).to.equal(500);
  });

  it('plays a sequence, and leaves out a part that is not there', async () => {
    const path = `file_string://${folder}/a.wav!${folder}/none.wav!silence_stream://100!${folder}/b.wav`;
    expect(listen(await openSource(path), 1100)).to.deep.include({ ms: 1100 });
    expect(await codeOf(openSource(`file_string://${folder}/none.wav`))).to.equal('media_not_found');
  });

  it('plays silence, noise and music', async () => {
    expect(listen(await openSource('silence_stream://300'), 1000).ms).to.equal(300);
    const noise = await openSource('silence_stream://-1,400');
    const frame = newFrame();
    noise.read(frame);
    expect(energyOf(frame)).to.be.within(10, 100);
    const music = await openSource('{loops=2}local_stream://default');
    for (let i = 0; i < 2000; i++) expect(music.read(frame)).to.equal(true);
    expect(energyOf(frame)).to.be.within(100, 6000);
  });

  it('says what is wrong with a path', async () => {
    expect(await codeOf(openSource(join(folder, 'none.wav')))).to.equal('media_not_found');
    expect(await codeOf(openSource(''))).to.equal('media_not_found');
    expect(await codeOf(openSource(folder))).to.equal('media_failed');
    expect(await codeOf(openSource('shout://x'))).to.equal('media_unsupported');
    expect(await codeOf(openSource('silence_stream://x'))).to.equal('media_unsupported');
    await writeFile(join(folder, 'text.wav'), 'no audio');
    expect(await codeOf(openSource(join(folder, 'text.wav')))).to.equal('media_unsupported');
  });

  it('reads any bytes as WAV, or says what is wrong', () => {
    const good = sineWav(1000);
    const mangled = fc
      .tuple(fc.nat(60), fc.uint8Array({ maxLength: 30 }), fc.nat(200))
      .map(([at, bytes, length]) => {
        const file = Buffer.from(good.subarray(0, 44 + length));
        file.set(bytes.subarray(0, Math.max(0, file.length - at)), Math.min(at, file.length));
        return file;
      });
    fc.assert(
      fc.property(mangled, (file) => {
        try {
          listen(new WavSource(parseWav(file, 'test')), 1000);
        } catch (error) {
          if (!(error instanceof MediaError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('speaks, or says what to install', async () => {
    const spoken = await openSpeech('hello; $(id) `id`', 'kal').catch((error: MediaError) => error);
    if (spoken instanceof MediaError) expect(spoken.code).to.equal('speech_unavailable');
    else expect(listen(spoken, 1000).ms).to.be.above(500);
    expect(await codeOf(openSpeech(' '))).to.equal('bad_argument');
  });

  describe('over HTTP', () => {
    let server: Server;
    let base: string;
    let requests: string[];
    beforeEach(async () => {
      requests = [];
      server = createServer((request, response) => {
        requests.push(request.url ?? '');
        if (request.url === '/none') response.writeHead(404).end();
        else if (request.url === '/cut')
          response.writeHead(200, { 'content-length': 5000 }).write('RIFF', () => response.destroy());
        else if (request.url === '/fresh')
          response.writeHead(200, { 'cache-control': 'no-store' }).end(sineWav(900));
        else response.end(sineWav(900));
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterEach(() => new Promise((resolve) => server.close(resolve)));

    it('plays, and keeps what may be kept', async () => {
      const both = await Promise.all([openSource(`${base}/kept`), openSource(`http_cache://${base}/kept`)]);
      for (const source of [...both, await openSource(`${base}/kept`)])
        expect(listen(source, 900).heardMs).to.be.above(450);
      expect(requests).to.deep.equal(['/kept']);
      await openSource(`${base}/fresh`);
      await openSource(`${base}/fresh`);
      expect(requests).to.deep.equal(['/kept', '/fresh', '/fresh']);
    });

    it('says what is wrong', async () => {
      expect(await codeOf(openSource(`${base}/none`))).to.equal('media_not_found');
      expect(await codeOf(openSource(`${base}/cut`))).to.equal('media_failed');
      expect(await codeOf(openSource('http://127.0.0.1:1/x.wav'))).to.equal('media_failed');
    });
  });
});
