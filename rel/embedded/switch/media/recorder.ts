// Records what a leg or a conference carries, frame by frame, into a WAV file.
import { unlink } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Frame, Recording, RecordOptions, RecordResult } from './contract.ts';
import { MediaError } from './errors.ts';
import { energyOf, FRAME_MS, FRAME_SAMPLES, mixInto, newFrame, SILENCE } from './frame.ts';
import { openWavFile, type WavFile } from './wavFile.ts';

/** Frames collected before they go to the disk: a second. */
const FRAMES_PER_WRITE = 50;

type Reason = RecordResult['reason'];

/** True when a digit is one of `terminators` (`any`, `none` or a list of keys). */
export function isTerminator(terminators: string | undefined, digit: string): boolean {
  if (terminators === undefined || terminators === '' || terminators === 'none') return false;
  return terminators === 'any' || terminators.toUpperCase().includes(digit);
}

/** One recording under way. Made by `openRecorder`; fed by its owner every 20 ms. */
export class Recorder implements Recording {
  readonly path: string;
  readonly finished: Promise<RecordResult>;

  readonly #file: WavFile;
  readonly #options: RecordOptions;
  readonly #factor: 1 | 2;
  readonly #channels: 1 | 2;
  readonly #mixed = newFrame();
  /** Last sample of each channel, to draw the line to the next when the rate is doubled. */
  readonly #last = [0, 0];
  #chunk: Buffer;
  #used = 0;
  #frames = 0;
  #quietFrames = 0;
  #masked = false;
  #paused = false;
  #ended = false;
  #settle: (result: RecordResult) => void = () => {};

  constructor(path: string, file: WavFile, options: RecordOptions) {
    this.path = path;
    this.#file = file;
    this.#options = options;
    this.#factor = options.sampleRate === 16_000 ? 2 : 1;
    this.#channels = options.sides === 'stereo' ? 2 : 1;
    this.#chunk = this.#newChunk();
    this.finished = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** The recording needs what is sent to the far end as well. */
  get wantsWritten(): boolean {
    return this.#options.sides !== 'read';
  }

  mask(on: boolean): void {
    this.#masked = on;
  }

  pause(on: boolean): void {
    this.#paused = on;
  }

  stop(): Promise<RecordResult> {
    this.end('stopped');
    return this.finished;
  }

  /** A digit of the far end: ends the recording when it is a terminator. */
  digit(digit: string): void {
    if (isTerminator(this.#options.terminators, digit)) this.end('dtmf', digit);
  }

  /** Takes 20 ms: what came from the far end and what went to it. */
  push(read: Frame, written: Frame): void {
    if (this.#ended || this.#paused || this.#options.when?.() === false) return;
    const left = this.#masked ? SILENCE : read;
    const right = this.#masked ? SILENCE : written;
    if (this.#channels === 2) this.#write(left, right);
    else if (!this.wantsWritten) this.#write(left);
    else {
      this.#mixed.set(left);
      mixInto(this.#mixed, right);
      this.#write(this.#mixed);
    }
    this.#frames++;
    this.#checkEnd(read);
  }

  /** Ends it; `finished` settles when the file is complete. A second call changes nothing. */
  end(reason: Reason, digit?: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#file.append(this.#chunk.subarray(0, this.#used));
    this.#complete(reason, digit).then(this.#settle, (error: unknown) =>
      this.#settle(this.#result('failed', 0, { error })),
    );
  }

  async #complete(reason: Reason, digit: string | undefined): Promise<RecordResult> {
    const bytes = await this.#file.close();
    const error = this.#file.failure;
    if (error) return this.#result('failed', bytes, { error });
    const discarded = this.#frames * FRAME_MS < (this.#options.minMs ?? 0);
    if (discarded) await unlink(this.path);
    return this.#result(reason, discarded ? 0 : bytes, { digit, discarded });
  }

  #result(
    reason: Reason,
    bytes: number,
    more: { digit?: string | undefined; discarded?: boolean; error?: unknown },
  ): RecordResult {
    const result: RecordResult = {
      path: this.path,
      reason,
      ms: this.#frames * FRAME_MS,
      bytes,
      discarded: more.discarded ?? false,
    };
    if (more.digit !== undefined) result.digit = more.digit;
    if (more.error !== undefined)
      result.error = more.error instanceof Error ? more.error : new Error(String(more.error));
    return result;
  }

  #checkEnd(read: Frame): void {
    const { limitMs = 0, silence } = this.#options;
    if (this.#file.failure) this.end('failed');
    if (limitMs > 0 && this.#frames * FRAME_MS >= limitMs) this.end('limit');
    if (!silence || silence.seconds <= 0 || silence.threshold <= 0) return;
    this.#quietFrames = energyOf(read) < silence.threshold ? this.#quietFrames + 1 : 0;
    if (this.#quietFrames * FRAME_MS >= silence.seconds * 1000) this.end('silence');
  }

  #newChunk(): Buffer {
    return Buffer.allocUnsafe(FRAMES_PER_WRITE * FRAME_SAMPLES * 2 * this.#factor * this.#channels);
  }

  #write(left: Frame, right?: Frame): void {
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      const l = left[i] ?? 0;
      const r = right?.[i] ?? 0;
      if (this.#factor === 2)
        this.#put((l + (this.#last[0] ?? 0)) >> 1, right && (r + (this.#last[1] ?? 0)) >> 1);
      this.#put(l, right && r);
      this.#last[0] = l;
      this.#last[1] = r;
    }
    if (this.#used < this.#chunk.length) return;
    this.#file.append(this.#chunk);
    this.#chunk = this.#newChunk();
    this.#used = 0;
  }

  #put(left: number, right: number | undefined): void {
    this.#used = this.#chunk.writeInt16LE(left, this.#used);
    if (right !== undefined) this.#used = this.#chunk.writeInt16LE(right, this.#used);
  }
}

/** Opens the file and starts. @throws MediaError `media_unsupported` (not .wav) | `media_failed` (cannot be written) */
export async function openRecorder(path: string, options: RecordOptions): Promise<Recorder> {
  const extension = extname(path).toLowerCase();
  if (extension !== '.wav' && extension !== '')
    throw new MediaError(
      'media_unsupported',
      `${path}: recordings are .wav files here, ${extension} cannot be written`,
    );
  const channels = options.sides === 'stereo' ? 2 : 1;
  const file = await openWavFile(
    path,
    { channels, rate: options.sampleRate ?? 8000 },
    options.append ?? false,
  );
  return new Recorder(path, file, options);
}
