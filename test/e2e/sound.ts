// Sounds that tests send and look for: a tone sent must be a tone detected.
import { closeSync, fstatSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { ToneMeter } from '../../rel/embedded/switch/media/index.ts';

const rate = 8000;
const frame = 160;

/** Writes a mono 16-bit WAV of one frequency (Hz). */
export function writeTone(file: string, frequency: number, seconds: number): void {
  const samples = Math.floor(rate * seconds);
  const data = Buffer.alloc(44 + samples * 2);
  data.write('RIFF', 0);
  data.writeUInt32LE(36 + samples * 2, 4);
  data.write('WAVEfmt ', 8);
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(rate, 24);
  data.writeUInt32LE(rate * 2, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write('data', 36);
  data.writeUInt32LE(samples * 2, 40);
  // A second of whole hertz is like the next.
  for (let i = 0; i < Math.min(samples, rate); i += 1)
    data.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * frequency * i) / rate)), 44 + i * 2);
  for (let second = 1; second * rate < samples; second += 1)
    data.copy(data, 44 + second * rate * 2, 44, 44 + rate * 2);
  writeFileSync(file, data);
}

/** The samples of a mono 16-bit WAV. The length in the header is not trusted: a recorder may not have closed the file. */
export function readSamples(file: string): Int16Array {
  const bytes = readFileSync(file);
  const start = bytes.indexOf('data') + 8;
  const count = Math.max(0, Math.floor((bytes.length - start) / 2));
  return Int16Array.from({ length: count }, (_, i) => bytes.readInt16LE(start + i * 2));
}

/**
 * A mono 16-bit WAV that grows, and what was heard in it so far. What was looked at is not looked at again: a test that
 * follows calls of a minute has other things to do meanwhile.
 */
export class GrowingSound {
  readonly #file: string;
  readonly #followed = new Map<number, { readonly meter: ToneMeter; at: number }>();

  constructor(file: string) {
    this.#file = file;
  }

  /** Milliseconds for which this frequency (Hz) was heard. */
  heard(frequency: number): number {
    const file = openSync(this.#file, 'r');
    try {
      const followed = this.#followed.get(frequency) ?? { meter: newMeter(frequency), at: beginOf(file) };
      if (followed.at === 0) return 0;
      const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - followed.at));
      const whole = Math.floor(readSync(file, bytes, 0, bytes.length, followed.at) / (frame * 2));
      for (let at = 0; at < whole; at += 1)
        followed.meter.push(
          Int16Array.from({ length: frame }, (_, i) => bytes.readInt16LE((at * frame + i) * 2)),
        );
      followed.at += whole * frame * 2;
      this.#followed.set(frequency, followed);
      return followed.meter.heardMs;
    } finally {
      closeSync(file);
    }
  }
}

/** Where the samples begin; 0 while the header is not written. */
function beginOf(file: number): number {
  const head = Buffer.alloc(512);
  const data = head.subarray(0, readSync(file, head, 0, head.length, 0)).indexOf('data');
  return data < 0 ? 0 : data + 8;
}

const newMeter = (frequency: number): ToneMeter => new ToneMeter([frequency], Number.MAX_SAFE_INTEGER);

/** Milliseconds for which this frequency (Hz) is heard in the last seconds of a recording. */
export function heardLately(file: string, frequency: number, seconds: number): number {
  return heardIn(readSamples(file).slice(-seconds * rate), frequency);
}

/** How long a stereo recording of 8 kHz lasts. */
export const millisecondsOf = (wav: Buffer): number => (wav.length - soundOf(wav)) / (4 * 8);

/** Where the samples begin; of a piece of a recording at once. */
const soundOf = (wav: Buffer): number =>
  wav.subarray(0, 4).toString('latin1') === 'RIFF' ? wav.indexOf('data') + 8 : 0;

/** Milliseconds for which this frequency (Hz) is heard on one channel of a stereo recording of 8 kHz, or of a piece of one. */
export function heardOn(wav: Buffer, channel: 0 | 1, frequency: number): number {
  const start = soundOf(wav);
  const count = Math.max(0, Math.floor((wav.length - start) / 4));
  return heardIn(
    Int16Array.from({ length: count }, (_, i) => wav.readInt16LE(start + i * 4 + channel * 2)),
    frequency,
  );
}

function heardIn(samples: Int16Array, frequency: number): number {
  const meter = newMeter(frequency);
  for (let at = 0; at + frame <= samples.length; at += frame) meter.push(samples.slice(at, at + frame));
  return meter.heardMs;
}

/** Seconds of a recording that are louder than silence. */
export function loudSeconds(file: string): number {
  const samples = readSamples(file);
  let loud = 0;
  for (let at = 0; at + frame <= samples.length; at += frame) {
    if (samples.slice(at, at + frame).some((sample) => Math.abs(sample) > 500)) loud += 1;
  }
  return (loud * frame) / rate;
}
