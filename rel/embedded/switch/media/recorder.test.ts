// Recordings: what is in the file is what was said, and how they end.
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RecordOptions } from './contract.ts';
import { MediaError } from './errors.ts';
import { newFrame, SILENCE } from './frame.ts';
import { openRecorder } from './recorder.ts';
import { parseWav } from './wav.ts';

const level = (value: number) => newFrame().fill(value);

describe('recorder', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'media-'));
    path = join(folder, 'new', 'r.wav');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const record = async (options: RecordOptions, frames: number, left = 1000, right = 300) => {
    const recorder = await openRecorder(path, options);
    for (let i = 0; i < frames; i++) recorder.push(level(left), level(right));
    return recorder;
  };
  const samplesOf = async () => {
    const file = await readFile(path);
    expect(file.readUInt32LE(4)).to.equal(file.length - 8);
    const wav = parseWav(file, path);
    return { wav, at: (index: number) => wav.data.readInt16LE(index * 2), count: wav.data.length / 2 };
  };

  it('writes one side, both mixed, or both apart', async () => {
    await (await record({ sides: 'read' }, 70)).stop();
    expect((await samplesOf()).at(100)).to.equal(1000);
    await (await record({}, 70)).stop();
    const mixed = await samplesOf();
    expect([mixed.count, mixed.at(100)]).to.deep.equal([70 * 160, 1300]);
    const result = await (await record({ sides: 'stereo' }, 70)).stop();
    const stereo = await samplesOf();
    expect([stereo.wav.channels, stereo.at(0), stereo.at(1)]).to.deep.equal([2, 1000, 300]);
    expect(result).to.deep.equal({
      path,
      reason: 'stopped',
      ms: 1400,
      bytes: 44 + 70 * 640,
      discarded: false,
    });
  });

  it('doubles the rate', async () => {
    await (await record({ sides: 'stereo', sampleRate: 16_000 }, 50)).stop();
    const { wav, at, count } = await samplesOf();
    expect([wav.rate, count, at(0), at(2), at(4)]).to.deep.equal([16_000, 50 * 640, 500, 1000, 1000]);
  });

  it('appends to a file of its own kind only', async () => {
    await (await record({ sides: 'read' }, 10)).stop();
    await (await record({ sides: 'read', append: true }, 10, 2000)).stop();
    const { count, at } = await samplesOf();
    expect([count, at(0), at(1600)]).to.deep.equal([3200, 1000, 2000]);
    const refused = await openRecorder(path, { sides: 'stereo', append: true }).catch(
      (error: MediaError) => error.code,
    );
    expect(refused).to.equal('media_failed');
  });

  it('has a right header while it is being written', async () => {
    const recorder = await record({}, 125);
    const wanted = 44 + 100 * 320;
    while ((await stat(path)).size < wanted) await new Promise(setImmediate);
    await recorder.stop();
    expect((await samplesOf()).count).to.equal(125 * 160);
  });

  it('masks and pauses', async () => {
    const recorder = await record({ sides: 'read' }, 1);
    recorder.mask(true);
    recorder.push(level(1000), SILENCE);
    recorder.mask(false);
    recorder.pause(true);
    recorder.push(level(1000), SILENCE);
    await recorder.stop();
    const { count, at } = await samplesOf();
    expect([count, at(0), at(160)]).to.deep.equal([320, 1000, 0]);
  });

  it('ends at its limit, after silence, by a digit', async () => {
    expect(await (await record({ limitMs: 200 }, 50)).finished).to.include({ reason: 'limit', ms: 200 });
    const silent = await record({ silence: { threshold: 500, seconds: 1 } }, 30, 600);
    for (let i = 0; i < 80; i++) silent.push(level(100), level(9000));
    expect(await silent.finished).to.include({ reason: 'silence', ms: 600 + 1000 });
    const keyed = await record({ terminators: '#' }, 5);
    keyed.digit('1');
    keyed.digit('#');
    expect(await keyed.finished).to.include({ reason: 'dtmf', digit: '#' });
  });

  it('removes what is too short, and says why it cannot write', async () => {
    expect(await (await record({ minMs: 1000 }, 10)).stop()).to.include({ discarded: true, bytes: 0 });
    expect(await stat(path).catch((error: NodeJS.ErrnoException) => error.code)).to.equal('ENOENT');
    const codes = ['/dev/null/r.wav', join(folder, 'r.mp3')].map((bad) =>
      openRecorder(bad, {}).catch((error: MediaError) => error.code),
    );
    expect(await Promise.all(codes)).to.deep.equal(['media_failed', 'media_unsupported']);
  });

  it('tells of a disk that fails', async () => {
    path = '/dev/full';
    const failed = await openRecorder(path, {}).catch((error: MediaError) => error);
    if (failed instanceof MediaError) expect(failed.code).to.equal('media_failed');
    else expect(await failed.stop()).to.include({ reason: 'failed' });
  });
});
