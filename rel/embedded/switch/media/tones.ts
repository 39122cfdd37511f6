// Tones: the language of FreeSWITCH's tone_stream:// (TGML), and what it sounds like.
import type { Frame, Source } from './contract.ts';
import { MediaError } from './errors.ts';
import { RATE, saturate } from './frame.ts';

/** One sound with the silence after it. */
export interface Tone {
  onMs: number;
  offMs: number;
  frequencies: readonly number[];
  /** dBm0 of each frequency. */
  volume: number;
  /** How many times it sounds before the next tone. */
  loops: number;
}
export interface Tones {
  tones: readonly Tone[];
  /** How many times all of it sounds; Infinity for ever. */
  loops: number;
}

const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477, 1633];
const KEYS = ['123A', '456B', '789C', '*0#D'];
/** A sine of full scale is +3.14 dBm0 (ITU-T G.711). */
const FULL_SCALE_DBM0 = 3.14;
const LONGEST_MS = 3_600_000;
const MOST_TONES = 200;

/** The two frequencies of a DTMF key. */
export function dtmfFrequencies(digit: string): readonly [number, number] | undefined {
  for (const [row, keys] of KEYS.entries()) {
    const column = keys.indexOf(digit.toUpperCase());
    const low = ROWS[row];
    const high = COLUMNS[column];
    if (column >= 0 && low !== undefined && high !== undefined) return [low, high];
  }
  return undefined;
}

const bad = (text: string, what: string): MediaError =>
  new MediaError(
    'media_unsupported',
    `tone "${text.slice(0, 80)}": ${what}; write for instance "v=-7;%(2000,4000,440,480)"`,
  );

interface Settings {
  volume: number;
  loops: number;
  total: number;
  /** Length of a DTMF key, and the silence after it. */
  keyMs: number;
  waitMs: number;
}

function parseSound(text: string, part: string, settings: Settings): Tone {
  const numbers = /^%\(([^()]*)\)$/
    .exec(part)?.[1]
    ?.split(',')
    .map((n) => (n.trim() === '' ? Number.NaN : Number(n)));
  const [onMs = Number.NaN, offMs = 0, ...frequencies] = numbers ?? [];
  if (!numbers || numbers.some((n) => !(n >= 0)) || Number.isNaN(onMs))
    throw bad(text, `"${part}" should read %(on,off,hertz…)`);
  if (onMs > LONGEST_MS || offMs > LONGEST_MS) throw bad(text, 'a tone lasts an hour at most');
  if (frequencies.length > 18 || frequencies.some((f) => f >= RATE / 2))
    throw bad(text, 'up to 18 frequencies under 4000 Hz');
  return {
    onMs,
    offMs,
    frequencies: frequencies.filter((f) => f > 0),
    volume: settings.volume,
    loops: settings.loops,
  };
}

function applySetting(text: string, key: string, value: number, settings: Settings): void {
  const count = value < 0 ? Number.POSITIVE_INFINITY : Math.max(1, value);
  if (key === 'v') settings.volume = Math.max(-63, Math.min(0, value));
  else if (key === 'l') settings.loops = count;
  else if (key === 'L' || key === 'loops') settings.total = count;
  else if (key === 'd') settings.keyMs = Math.min(value, LONGEST_MS);
  else if (key === 'w') settings.waitMs = Math.min(value, LONGEST_MS);
  else if (!['r', 'c', '>', '<', '+'].includes(key)) throw bad(text, `"${key}=" is not known`);
}

function parseKeys(text: string, part: string, settings: Settings): Tone[] {
  return [...part].map((key) => {
    const frequencies = dtmfFrequencies(key);
    if (!frequencies) throw bad(text, `"${part}" is neither %(…), a setting nor DTMF keys`);
    return {
      onMs: settings.keyMs,
      offMs: settings.waitMs,
      frequencies,
      volume: settings.volume,
      loops: settings.loops,
    };
  });
}

/**
 * Reads TGML: `%(on,off,hertz…)`, DTMF keys, and settings `v=` (dBm0), `l=` (repeats of the next tones), `L=` and
 * `loops=` (repeats of all, negative: for ever), `d=`, `w=` (length of keys and of the silence after them).
 * @throws MediaError `media_unsupported` with what is wrong
 */
export function parseTones(text: string): Tones {
  const settings: Settings = { volume: -7, loops: 1, total: 1, keyMs: 250, waitMs: 50 };
  const tones: Tone[] = [];
  for (const part of text
    .split(';')
    .flatMap((p) => p.match(/%\([^()]*\)|[^%]+|%/g) ?? [])
    .map((p) => p.trim())) {
    const setting = /^([a-zA-Z<>+]+)=(-?\d+(?:\.\d+)?)$/.exec(part);
    if (part === '') continue;
    if (setting) applySetting(text, setting[1] ?? '', Number(setting[2]), settings);
    else if (part.startsWith('%')) tones.push(parseSound(text, part, settings));
    else tones.push(...parseKeys(text, part, settings));
    if (tones.length > MOST_TONES) throw bad(text, `more than ${MOST_TONES} tones`);
  }
  const audible = tones.filter((tone) => samples(tone.onMs) + samples(tone.offMs) > 0);
  if (audible.length === 0) throw bad(text, 'there is no tone in it');
  return { tones: audible, loops: settings.total };
}

const samples = (ms: number): number => Math.round((ms * RATE) / 1000);

/** Sounds tones. */
export class ToneSource implements Source {
  readonly #tones: Tones;
  #index = 0;
  #repeat = 0;
  #round = 0;
  #sample = 0;

  constructor(tones: Tones) {
    this.#tones = tones;
  }

  read(frame: Frame): boolean {
    frame.fill(0);
    let at = 0;
    while (at < frame.length) {
      const tone = this.#current();
      if (!tone) return at > 0;
      const on = samples(tone.onMs);
      const total = on + samples(tone.offMs);
      const end = this.#sample < on ? on : total;
      const count = Math.min(frame.length - at, end - this.#sample);
      if (this.#sample < on) this.#sound(tone, frame, at, count);
      at += count;
      this.#sample += count;
      if (this.#sample >= total) this.#advance(tone);
    }
    return true;
  }

  rewind(): void {
    this.#index = 0;
    this.#repeat = 0;
    this.#round = 0;
    this.#sample = 0;
  }

  close(): void {}

  #current(): Tone | undefined {
    return this.#round < this.#tones.loops ? this.#tones.tones[this.#index] : undefined;
  }

  #advance(tone: Tone): void {
    this.#sample = 0;
    if (++this.#repeat < tone.loops) return;
    this.#repeat = 0;
    if (++this.#index < this.#tones.tones.length) return;
    this.#index = 0;
    this.#round++;
  }

  #sound(tone: Tone, frame: Frame, at: number, count: number): void {
    const peak = 32767 * 10 ** ((tone.volume - FULL_SCALE_DBM0) / 20);
    for (const frequency of tone.frequencies) {
      const step = (2 * Math.PI * frequency) / RATE;
      for (let i = 0; i < count; i++) {
        const sample = Math.round(peak * Math.sin(step * (this.#sample + i)));
        frame[at + i] = saturate((frame[at + i] ?? 0) + sample);
      }
    }
  }
}

/** The audio of dialled keys; `w` waits 500 ms, `W` a second. */
export function dtmfTones(digits: string, durationMs: number): Source {
  const tones = [...digits].map((digit): Tone => {
    const frequencies = dtmfFrequencies(digit);
    if (frequencies) return { onMs: durationMs, offMs: 60, frequencies, volume: -10, loops: 1 };
    return { onMs: 0, offMs: digit === 'w' ? 500 : 1000, frequencies: [], volume: 0, loops: 1 };
  });
  return new ToneSource({ tones, loops: 1 });
}
