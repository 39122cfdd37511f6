// A WAV file being written (PCM of 16 bits): its header is right after every second of audio and at any stop.
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MediaError } from './errors.ts';
import { parseWav } from './wav.ts';

const HEADER = 44;
const HEAD_BYTES = 4096;
/** What the size fields of a WAV file can say. */
const MOST_BYTES = 0xffff_ffff - HEADER;

export interface WavFormat {
  channels: 1 | 2;
  rate: number;
}

/** A header of 44 bytes for `dataBytes` of PCM. */
export function wavHeader({ channels, rate }: WavFormat, dataBytes: number): Buffer {
  const header = Buffer.alloc(HEADER);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(HEADER - 8 + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * channels * 2, 28);
  header.writeUInt16LE(channels * 2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return header;
}

/** Bytes of audio in an existing file that we can go on writing; 0 when it is empty. */
async function appendableBytes(file: FileHandle, format: WavFormat, path: string): Promise<number> {
  const { size } = await file.stat();
  if (size === 0) return 0;
  const head = Buffer.alloc(Math.min(size, HEAD_BYTES));
  await file.read(head, 0, head.length, 0);
  const wav = parseWav(head, path);
  const same =
    wav.coding === 1 &&
    wav.bitsPerSample === 16 &&
    wav.channels === format.channels &&
    wav.rate === format.rate;
  if (!same || wav.dataOffset !== HEADER)
    throw new MediaError(
      'media_failed',
      `${path}: cannot append ${format.rate} Hz, ${format.channels} channels to what is there`,
    );
  return size - HEADER - ((size - HEADER) % (format.channels * 2));
}

/** Writes go one after the other; the first failure is kept and told by `close`. */
export class WavFile {
  readonly #file: FileHandle;
  readonly #format: WavFormat;
  #dataBytes: number;
  #writing: Promise<void> = Promise.resolve();
  #failure: Error | undefined;

  constructor(file: FileHandle, format: WavFormat, dataBytes: number) {
    this.#file = file;
    this.#format = format;
    this.#dataBytes = dataBytes;
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Queues samples; the buffer is the file's from now on. */
  append(samples: Buffer): void {
    this.#writing = this.#writing.then(() => this.#write(samples));
  }

  /** Waits for what is queued; returns the file's size in bytes. */
  async close(): Promise<number> {
    await this.#writing;
    await this.#file.close();
    return HEADER + this.#dataBytes;
  }

  async #write(samples: Buffer): Promise<void> {
    if (this.#failure) return;
    try {
      if (this.#dataBytes + samples.length > MOST_BYTES)
        throw new MediaError('media_failed', 'a WAV file holds 4 GB at most');
      await this.#file.write(samples, 0, samples.length, HEADER + this.#dataBytes);
      this.#dataBytes += samples.length;
      await this.#file.write(wavHeader(this.#format, this.#dataBytes), 0, HEADER, 0);
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
    }
  }
}

async function openFor(path: string, append: boolean): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true });
  if (!append) return open(path, 'w');
  // 'a' would put the header at the end: every write goes to the end of the file there.
  return open(path, 'r+').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return open(path, 'w+');
    throw error;
  });
}

/** Creates the file (and its folder), or goes on with one of the same format. @throws MediaError `media_failed` */
export async function openWavFile(path: string, format: WavFormat, append: boolean): Promise<WavFile> {
  let file: FileHandle | undefined;
  try {
    file = await openFor(path, append);
    const dataBytes = append ? await appendableBytes(file, format, path) : 0;
    await file.write(wavHeader(format, dataBytes), 0, HEADER, 0);
    return new WavFile(file, format, dataBytes);
  } catch (error) {
    await file?.close();
    if (error instanceof MediaError) throw error;
    throw new MediaError('media_failed', `cannot record to ${path}: ${String(error)}`, { cause: error });
  }
}
