// Music on hold without a file: a slow broken-chord pattern, synthesised once and played round and round.
import type { Frame, Source } from './contract.ts';
import { RATE, saturate } from './frame.ts';

/** Notes as half-tones from A4; four bars of a broken chord each: C, A minor, F, G. */
const BARS: readonly (readonly number[])[] = [
  [-9, -5, -2, 3, -2, -5],
  [-12, -9, -5, 0, -5, -9],
  [-16, -12, -9, -4, -9, -12],
  [-14, -10, -7, -2, -7, -10],
];
const NOTE_MS = 400;
/** Strength of the partials: soft, like a music box. */
const PARTIALS = [1, 0.35, 0.12];
const PEAK = 4500;

let loop: Int16Array | undefined;

/** Adds one decaying note, over the end of the loop into its beginning, so that the seam is not heard. */
function addNote(into: Int16Array, start: number, halfTones: number): void {
  const step = (2 * Math.PI * 440 * 2 ** (halfTones / 12)) / RATE;
  const length = Math.round(RATE * 1.2);
  for (let i = 0; i < length; i++) {
    const attack = Math.min(1, i / 80);
    const envelope = PEAK * attack * Math.exp(-i / (RATE * 0.35));
    let value = 0;
    for (let p = 0; p < PARTIALS.length; p++) value += (PARTIALS[p] ?? 0) * Math.sin(step * (p + 1) * i);
    const at = (start + i) % into.length;
    into[at] = saturate((into[at] ?? 0) + Math.round(envelope * value));
  }
}

function getLoop(): Int16Array {
  if (loop) return loop;
  const notes = BARS.flat();
  const noteSamples = (NOTE_MS * RATE) / 1000;
  const made = new Int16Array(notes.length * noteSamples);
  for (const [index, note] of notes.entries()) addNote(made, index * noteSamples, note);
  loop = made;
  return made;
}

/** Endless music; everybody hears it from its beginning. */
export class MusicSource implements Source {
  readonly #samples = getLoop();
  #position = 0;

  read(frame: Frame): boolean {
    const { length } = this.#samples;
    for (let i = 0; i < frame.length; i++) frame[i] = this.#samples[(this.#position + i) % length] ?? 0;
    this.#position = (this.#position + frame.length) % length;
    return true;
  }

  rewind(): void {
    this.#position = 0;
  }

  close(): void {}
}
