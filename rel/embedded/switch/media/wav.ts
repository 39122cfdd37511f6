// WAV files (RIFF): finds the audio in one and plays it at 8 kHz mono, whatever its rate and channels.
import type { Frame, Source } from './contract.ts';
import { MediaError } from './errors.ts';
import { RATE, saturate } from './frame.ts';
import { G711 } from './g711.ts';
import { kernelFor } from './resample.ts';

const PCM = 1;
const ALAW = 6;
const MULAW = 7;
const EXTENSIBLE = 0xfffe;

export interface Wav {
  coding: number;
  channels: number;
  rate: number;
  bitsPerSample: number;
  /** The samples as they stand in the file, a view. */
  data: Buffer;
  /** Where `data` begins in the file. */
  dataOffset: number;
}

const unsupported = (name: string, what: string): MediaError =>
  new MediaError('media_unsupported', `${name}: ${what}`);

/** Reads the header. @throws MediaError `media_unsupported` when it is no WAV file, or in a coding that is not known */
export function parseWav(file: Buffer, name: string): Wav {
  if (
    file.length < 12 ||
    file.toString('latin1', 0, 4) !== 'RIFF' ||
    file.toString('latin1', 8, 12) !== 'WAVE'
  )
    throw unsupported(name, 'is no WAV file; convert it, for instance with sox');
  let format: Omit<Wav, 'data' | 'dataOffset'> | undefined;
  for (let at = 12; at + 8 <= file.length; ) {
    const id = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    const start = at + 8;
    if (id === 'fmt ' && size >= 16 && start + 16 <= file.length) format = parseFormat(file, start, size);
    if (id === 'data') {
      // A writer to a pipe cannot know the size and puts 0 or the largest number: then the data is all the rest.
      const end = size === 0 ? file.length : Math.min(file.length, start + size);
      if (!format) throw unsupported(name, 'the WAV file has no format before its data');
      return checkFormat({ ...format, data: file.subarray(start, end), dataOffset: start }, name);
    }
    at = start + size + (size % 2);
  }
  throw unsupported(name, 'the WAV file has no data');
}

function parseFormat(file: Buffer, start: number, size: number): Omit<Wav, 'data' | 'dataOffset'> {
  const coding = file.readUInt16LE(start);
  const hasSub = coding === EXTENSIBLE && size >= 26 && start + 26 <= file.length;
  return {
    coding: hasSub ? file.readUInt16LE(start + 24) : coding,
    channels: file.readUInt16LE(start + 2),
    rate: file.readUInt32LE(start + 4),
    bitsPerSample: file.readUInt16LE(start + 14),
  };
}

function checkFormat(wav: Wav, name: string): Wav {
  const { coding, channels, rate, bitsPerSample: bits } = wav;
  const known =
    (coding === PCM && (bits === 8 || bits === 16 || bits === 24)) ||
    ((coding === ALAW || coding === MULAW) && bits === 8);
  if (!known)
    throw unsupported(
      name,
      `WAV coding ${coding} with ${bits} bits; PCM of 8, 16 or 24 bits, µ-law and A-law are known`,
    );
  if (channels < 1 || channels > 8) throw unsupported(name, `${channels} channels; 1 to 8 are known`);
  if (rate < 4000 || rate > 192_000)
    throw unsupported(name, `a sample rate of ${rate} Hz; 4000 to 192000 are known`);
  return wav;
}

type ReadSample = (data: Buffer, offset: number) => number;

function sampleReader(wav: Wav): ReadSample {
  if (wav.coding === MULAW) return (data, offset) => G711.PCMU.decode[data[offset] ?? 0] ?? 0;
  if (wav.coding === ALAW) return (data, offset) => G711.PCMA.decode[data[offset] ?? 0] ?? 0;
  if (wav.bitsPerSample === 8) return (data, offset) => ((data[offset] ?? 128) - 128) << 8;
  if (wav.bitsPerSample === 24) return (data, offset) => data.readInt16LE(offset + 1);
  return (data, offset) => data.readInt16LE(offset);
}

/** Plays a WAV file that is in memory; channels are averaged, other rates resampled frame by frame. */
export class WavSource implements Source {
  readonly #wav: Wav;
  readonly #readSample: ReadSample;
  readonly #bytesPerSample: number;
  /** Samples of each channel. */
  readonly #length: number;
  /** In samples of 8 kHz. */
  readonly #outLength: number;
  #window = new Float32Array(0);
  #position = 0;

  constructor(wav: Wav) {
    this.#wav = wav;
    this.#readSample = sampleReader(wav);
    this.#bytesPerSample = wav.bitsPerSample / 8;
    this.#length = Math.floor(wav.data.length / (this.#bytesPerSample * wav.channels));
    this.#outLength = Math.floor((this.#length * RATE) / wav.rate);
  }

  read(frame: Frame): boolean {
    frame.fill(0);
    const count = Math.min(frame.length, this.#outLength - this.#position);
    if (count <= 0) return false;
    if (this.#wav.rate === RATE)
      for (let i = 0; i < count; i++) frame[i] = this.#sampleAt(this.#position + i);
    else this.#resample(frame, count);
    this.#position += count;
    return true;
  }

  seek(deltaMs: number): void {
    const wanted = this.#position + Math.round((deltaMs * RATE) / 1000);
    this.#position = Math.max(0, Math.min(this.#outLength, wanted));
  }

  rewind(): void {
    this.#position = 0;
  }

  close(): void {}

  #sampleAt(index: number): number {
    if (index < 0 || index >= this.#length) return 0;
    const { channels, data } = this.#wav;
    let sum = 0;
    for (let channel = 0; channel < channels; channel++)
      sum += this.#readSample(data, (index * channels + channel) * this.#bytesPerSample);
    return channels === 1 ? sum : Math.round(sum / channels);
  }

  #resample(frame: Frame, count: number): void {
    const kernel = kernelFor(this.#wav.rate);
    const step = this.#wav.rate / RATE;
    const first = Math.floor(this.#position * step) - kernel.half + 1;
    const width = Math.ceil(count * step) + 2 * kernel.half + 1;
    if (this.#window.length < width) this.#window = new Float32Array(width);
    for (let i = 0; i < width; i++) this.#window[i] = this.#sampleAt(first + i);
    for (let i = 0; i < count; i++) {
      const centre = (this.#position + i) * step;
      const left = Math.floor(centre);
      frame[i] = saturate(
        Math.round(kernel.apply(this.#window, left - kernel.half + 1 - first, centre - left)),
      );
    }
  }
}
