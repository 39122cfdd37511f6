// The jitter buffer: puts G.711 packets back in order by their timestamps and hides what was lost.
import type { Frame } from './contract.ts';
import { FRAME_SAMPLES, SILENCE } from './frame.ts';
import type { G711Codec } from './g711.ts';

/** Ring of one byte a sample: 1,024 ms. A power of two, so that timestamps can be masked. */
const RING = 8192;
const MASK = RING - 1;
/** Samples kept in hand before playing: 40 ms. */
const TARGET = 320;
/** More than this in hand (240 ms) is latency: jump ahead. */
const MOST = 1920;
/** Every so many frames (2 s) a frame is skipped when there was always too much in hand: sender's clock, or a past stall. */
const WINDOW = 100;
const REPEATS = 3;

/** Difference of two 32-bit timestamps, with wrap-around. */
const since = (later: number, earlier: number): number => (later - earlier) | 0;

/**
 * G.711 has one byte a sample, so a packet of any length lies at its timestamp in one ring, and reordering, duplicates
 * and odd packet times need no further thought. Not read from, it costs a copy of the payload a packet.
 */
export class JitterBuffer {
  /** Packets that came after their time. */
  late = 0;

  readonly #bytes = new Uint8Array(RING);
  readonly #present = new Uint8Array(RING);
  readonly #last = new Int16Array(FRAME_SAMPLES);
  #started = false;
  /** Timestamp of the next sample to read, and the one after the newest in hand. */
  #read = 0;
  #end = 0;
  #concealed = REPEATS;
  #leastInHand = RING;
  #frames = 0;

  /** Takes a packet's payload; copies it. */
  push(timestamp: number, payload: Uint8Array): void {
    const length = payload.length;
    if (length === 0 || length > RING / 2) return;
    if (!this.#started || Math.abs(since(timestamp, this.#read)) > RING / 2) this.#start(timestamp);
    const ahead = since(timestamp, this.#read);
    if (ahead < 0) {
      this.late++;
      return;
    }
    // Nothing was in hand and time was skipped: the far end was silent. Wait no longer than a loss would explain.
    if (since(this.#end, this.#read) <= 0 && ahead > TARGET) this.#read = (timestamp - TARGET) | 0;
    for (let i = 0; i < length; i++) {
      const at = (timestamp + i) & MASK;
      this.#bytes[at] = payload[i] ?? 0;
      this.#present[at] = 1;
    }
    const end = (timestamp + length) | 0;
    if (since(end, this.#end) > 0) this.#end = end;
  }

  /** Fills `frame` with the next 20 ms; false when nothing is in hand (silence, or the fading last frame). */
  pop(codec: G711Codec, frame: Frame): boolean {
    const inHand = this.#started ? since(this.#end, this.#read) : 0;
    if (inHand <= 0) {
      // An empty buffer holds its place: after a stall of ours the packets are still on their way.
      this.#conceal(frame);
      return false;
    }
    if (inHand > MOST) this.#skip(inHand - TARGET);
    else this.#trim(inHand);
    let missing = 0;
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      const at = (this.#read + i) & MASK;
      if (this.#present[at] === 1) frame[i] = codec.decode[this.#bytes[at] ?? 0] ?? 0;
      else {
        frame[i] = (this.#last[i] ?? 0) >> 1;
        missing++;
      }
      this.#present[at] = 0;
    }
    this.#read = (this.#read + FRAME_SAMPLES) | 0;
    if (missing > FRAME_SAMPLES / 2) {
      this.#conceal(frame);
      return true;
    }
    this.#last.set(frame);
    this.#concealed = 0;
    return true;
  }

  /** Forgets everything: a new stream (SSRC) begins. */
  reset(): void {
    this.#started = false;
    this.#present.fill(0);
    this.#concealed = REPEATS;
  }

  #start(timestamp: number): void {
    this.#present.fill(0);
    this.#started = true;
    this.#read = (timestamp - TARGET) | 0;
    this.#end = timestamp | 0;
    this.#leastInHand = RING;
    this.#frames = 0;
  }

  #skip(samples: number): void {
    for (let i = 0; i < samples; i++) this.#present[(this.#read + i) & MASK] = 0;
    this.#read = (this.#read + samples) | 0;
  }

  #trim(inHand: number): void {
    this.#leastInHand = Math.min(this.#leastInHand, inHand);
    if (++this.#frames < WINDOW) return;
    if (this.#leastInHand > TARGET + 2 * FRAME_SAMPLES) this.#skip(FRAME_SAMPLES);
    this.#frames = 0;
    this.#leastInHand = RING;
  }

  /** Repeats the last frame, each time half as loud, then silence. */
  #conceal(frame: Frame): void {
    if (this.#concealed >= REPEATS) {
      frame.set(SILENCE);
      return;
    }
    this.#concealed++;
    for (let i = 0; i < FRAME_SAMPLES; i++) frame[i] = (this.#last[i] ?? 0) >> this.#concealed;
  }
}
