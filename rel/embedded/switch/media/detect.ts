// Finds tones in audio (Goertzel): fax and other signals, DTMF keys, and a meter for tests.
import type { Frame } from './contract.ts';
import { energyOf, FRAME_MS, RATE } from './frame.ts';
import { dtmfFrequencies } from './tones.ts';

/** Fax tones (ITU-T T.30): the caller's and the called machine's. */
export const CNG = 1100;
export const CED = 2100;

/** Quieter frames (mean absolute sample) hold no tone. */
const QUIET = 60;
/** A wanted frequency must hold this part of the power, all wanted ones together this much. */
const LEAST_SHARE = 0.15;
const LEAST_SUM = 0.7;

/** The part of a frame's power that lies at `frequency`: 1 for a pure tone, near 0 for speech or noise. */
export function shareOf(frame: Frame, frequency: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * frequency) / RATE);
  let previous = 0;
  let before = 0;
  let total = 0;
  for (let i = 0; i < frame.length; i++) {
    const sample = frame[i] ?? 0;
    const next = sample + coefficient * previous - before;
    before = previous;
    previous = next;
    total += sample * sample;
  }
  const power = previous * previous + before * before - coefficient * previous * before;
  return total === 0 ? 0 : Math.min(1, (2 * power) / (frame.length * total));
}

/** Listens for a set of frequencies that sound together. */
export class ToneMeter {
  /** How long the tones have been heard, in all. */
  heardMs = 0;

  readonly #frequencies: readonly number[];
  readonly #hits: number;
  #consecutive = 0;

  /** @param hits consecutive frames of 20 ms that make a tone */
  constructor(frequencies: readonly number[], hits = 4) {
    this.#frequencies = frequencies;
    this.#hits = hits;
  }

  /** Takes 20 ms; true while the tones have been there for `hits` frames. */
  push(frame: Frame): boolean {
    const heard = this.#isIn(frame);
    this.#consecutive = heard ? this.#consecutive + 1 : 0;
    if (heard) this.heardMs += FRAME_MS;
    return this.#consecutive >= this.#hits;
  }

  #isIn(frame: Frame): boolean {
    if (energyOf(frame) < QUIET) return false;
    let sum = 0;
    for (const frequency of this.#frequencies) {
      const share = shareOf(frame, frequency);
      if (share < LEAST_SHARE) return false;
      sum += share;
    }
    return sum > LEAST_SUM;
  }
}

const KEYS = [...'123A456B789C*0#D'].map((digit) => ({
  digit,
  frequencies: dtmfFrequencies(digit) ?? [0, 0],
}));
const LOW = [...new Set(KEYS.map((key) => key.frequencies[0]))];
const HIGH = [...new Set(KEYS.map((key) => key.frequencies[1]))];
/** ITU-T Q.24: 40 ms make a key, 40 ms without it its end; a key has no more than 8 dB between its two tones. */
const KEY_FRAMES = 2;
const TWIST = 6.3;

function strongest(frame: Frame, frequencies: readonly number[]): { frequency: number; share: number } {
  let best = { frequency: 0, share: 0 };
  for (const frequency of frequencies) {
    const share = shareOf(frame, frequency);
    if (share > best.share) best = { frequency, share };
  }
  return best;
}

/** Hears DTMF keys in audio; each is told once, when it is released. */
export class DtmfDetector {
  readonly #heard: (digit: string, durationMs: number) => void;
  #digit: string | undefined;
  #frames = 0;
  #missing = 0;

  constructor(heard: (digit: string, durationMs: number) => void) {
    this.#heard = heard;
  }

  push(frame: Frame): void {
    const digit = this.#find(frame);
    if (digit !== undefined && digit === this.#digit) {
      this.#frames++;
      this.#missing = 0;
    } else if (digit !== undefined || ++this.#missing >= KEY_FRAMES) {
      this.#release();
      this.#digit = digit;
      this.#frames = digit === undefined ? 0 : 1;
      this.#missing = 0;
    }
  }

  #release(): void {
    if (this.#digit !== undefined && this.#frames >= KEY_FRAMES)
      this.#heard(this.#digit, this.#frames * FRAME_MS);
  }

  #find(frame: Frame): string | undefined {
    if (energyOf(frame) < QUIET) return undefined;
    const low = strongest(frame, LOW);
    const high = strongest(frame, HIGH);
    const twisted = low.share > high.share * TWIST || high.share > low.share * TWIST;
    if (twisted || low.share + high.share < LEAST_SUM) return undefined;
    return KEYS.find(({ frequencies: [l, h] }) => l === low.frequency && h === high.frequency)?.digit;
  }
}
