// What a playback path names, opened: files, URLs, tones, silence, music, and several of them in a row.
import { open } from 'node:fs/promises';
import type { Frame, Source } from './contract.ts';
import { MediaError } from './errors.ts';
import { RATE } from './frame.ts';
import { fetchMedia } from './httpMedia.ts';
import { MusicSource } from './music.ts';
import { parseTones, ToneSource } from './tones.ts';
import { parseWav, WavSource } from './wav.ts';

const MOST_FILE_BYTES = 256 * 1024 * 1024;
const MOST_PARTS = 100;

/** Silence, or low noise, of a given length; negative: for ever. */
export class SilenceSource implements Source {
  readonly #total: number;
  readonly #noise: number;
  #left: number;

  /** @param noise peak of the comfort noise, as a sample; 0 for none */
  constructor(ms: number, noise = 0) {
    this.#total = ms < 0 ? Number.POSITIVE_INFINITY : Math.round((ms * RATE) / 1000);
    this.#left = this.#total;
    this.#noise = noise;
  }

  read(frame: Frame): boolean {
    if (this.#noise === 0) frame.fill(0);
    else for (let i = 0; i < frame.length; i++) frame[i] = Math.round((Math.random() * 2 - 1) * this.#noise);
    if (this.#left <= 0) return false;
    this.#left -= frame.length;
    return true;
  }

  rewind(): void {
    this.#left = this.#total;
  }

  close(): void {}
}

/** Plays one source after the other. */
class SequenceSource implements Source {
  readonly #parts: readonly Source[];
  #index = 0;

  constructor(parts: readonly Source[]) {
    this.#parts = parts;
  }

  read(frame: Frame): boolean {
    for (; this.#index < this.#parts.length; this.#index++)
      if (this.#parts[this.#index]?.read(frame)) return true;
    frame.fill(0);
    return false;
  }

  seek(deltaMs: number): void {
    this.#parts[this.#index]?.seek?.(deltaMs);
  }

  rewind(): void {
    for (const part of this.#parts) part.rewind?.();
    this.#index = 0;
  }

  close(): void {
    for (const part of this.#parts) part.close();
  }
}

function openSilence(rest: string): Source {
  const [ms = Number.NaN, noise = 0] = rest.split(',').map(Number);
  if (Number.isNaN(ms) || Number.isNaN(noise))
    throw new MediaError(
      'media_unsupported',
      `silence_stream://${rest} should read silence_stream://milliseconds[,noise]`,
    );
  // FreeSWITCH takes the noise as a divisor: the larger, the softer; -1 stands for none.
  return new SilenceSource(ms, noise > 0 ? Math.min(2000, 32_767 / noise) : 0);
}

/** A part that cannot be opened is left out, as FreeSWITCH does: the rest of a sentence is better than none of it. */
async function openSequence(rest: string): Promise<Source> {
  const paths = rest.split('!').filter((path) => path !== '');
  if (paths.length === 0 || paths.length > MOST_PARTS)
    throw new MediaError('media_unsupported', `file_string:// takes 1 to ${MOST_PARTS} parts joined by "!"`);
  const opened = await Promise.allSettled(paths.map((path) => openSource(path)));
  const parts = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = opened.find((result) => result.status === 'rejected');
  if (parts.length === 0 && failed) throw failed.reason;
  return new SequenceSource(parts);
}

async function readWhole(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > MOST_FILE_BYTES)
      throw new MediaError('media_failed', `${path}: larger than ${MOST_FILE_BYTES} bytes`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

async function openFile(path: string): Promise<Source> {
  try {
    return new WavSource(parseWav(await readWhole(path), path));
  } catch (error) {
    if (error instanceof MediaError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new MediaError(missing ? 'media_not_found' : 'media_failed', `${path}: ${String(error)}`, {
      cause: error,
    });
  }
}

const openUrl = async (url: string): Promise<Source> => new WavSource(parseWav(await fetchMedia(url), url));

type Opener = (rest: string, path: string) => Source | Promise<Source>;
const OPENERS: Readonly<Record<string, Opener>> = {
  tone_stream: (rest) => new ToneSource(parseTones(rest)),
  silence_stream: openSilence,
  local_stream: () => new MusicSource(),
  file_string: openSequence,
  http: (_rest, path) => openUrl(path),
  https: (_rest, path) => openUrl(path),
  http_cache: (rest) => openUrl(/^https?:\/\//.test(rest) ? rest : `http://${rest}`),
};

/**
 * Opens what a path names: a WAV file, `http(s)://` or `http_cache://` WAV, `tone_stream://`, `silence_stream://ms[,noise]`
 * (-1: for ever), `local_stream://`, `file_string://a!b!c`. Parameters in braces before it (`{loops=2}…`) are ignored.
 * @throws MediaError `media_not_found` | `media_unsupported` | `media_failed`
 */
export async function openSource(path: string): Promise<Source> {
  const bare = path.trim().replace(/^(\{[^}]*\}|\([^)]*\)|\[[^\]]*\])+/, '');
  if (bare === '' || bare.includes('\0'))
    throw new MediaError('media_not_found', 'the path to play is empty or holds NUL');
  const scheme = /^([a-z_]+):\/\//.exec(bare)?.[1];
  if (scheme === undefined) return openFile(bare);
  const opener = OPENERS[scheme];
  if (!opener)
    throw new MediaError(
      'media_unsupported',
      `${scheme}:// is not known; known are files, ${Object.keys(OPENERS).join(', ')}`,
    );
  return opener(bare.slice(scheme.length + 3), bare);
}
