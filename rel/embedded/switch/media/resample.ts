// Resampling to 8 kHz: a windowed sinc that keeps what a telephone can carry, made once for each rate.
import { RATE } from './frame.ts';

/** Zero crossings of the sinc on each side, at the lower of the two rates. */
const CROSSINGS = 8;
const PHASES = 160;
/** Where the filter is half closed, as a part of the half of the lower rate. */
const CUTOFF = 0.92;

/** One rate's filter: `half` samples on each side of the wanted instant, at 160 places between two samples. */
export class Kernel {
  readonly half: number;
  readonly #taps: Float32Array;

  constructor(rate: number) {
    const narrow = Math.min(1, RATE / rate) * CUTOFF;
    this.half = Math.ceil(CROSSINGS / narrow);
    const width = 2 * this.half;
    this.#taps = new Float32Array((PHASES + 1) * width);
    for (let phase = 0; phase <= PHASES; phase++) {
      const row = this.#taps.subarray(phase * width, (phase + 1) * width);
      for (let tap = 0; tap < width; tap++)
        row[tap] = windowedSinc(tap - this.half + 1 - phase / PHASES, narrow, this.half);
      const sum = row.reduce((total, value) => total + value, 0);
      for (let tap = 0; tap < width; tap++) row[tap] = (row[tap] ?? 0) / sum;
    }
  }

  /** The value `fraction` after the middle of the window that begins at `start`. */
  apply(input: Float32Array, start: number, fraction: number): number {
    const width = 2 * this.half;
    const row = Math.round(fraction * PHASES) * width;
    let sum = 0;
    for (let tap = 0; tap < width; tap++) sum += (input[start + tap] ?? 0) * (this.#taps[row + tap] ?? 0);
    return sum;
  }
}

/** A sinc of bandwidth `narrow` under a Blackman window of `half` on each side. */
function windowedSinc(x: number, narrow: number, half: number): number {
  const t = Math.PI * x * narrow;
  const sinc = x === 0 ? 1 : Math.sin(t) / t;
  const place = (Math.PI * x) / half;
  const window = Math.abs(x) > half ? 0 : 0.42 + 0.5 * Math.cos(place) + 0.08 * Math.cos(2 * place);
  return sinc * window;
}

const kernels = new Map<number, Kernel>();
const MOST_KERNELS = 16;

export function kernelFor(rate: number): Kernel {
  const known = kernels.get(rate);
  if (known) return known;
  if (kernels.size >= MOST_KERNELS) kernels.clear();
  const kernel = new Kernel(rate);
  kernels.set(rate, kernel);
  return kernel;
}
