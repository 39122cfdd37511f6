// DTMF as RTP events (RFC 4733): digits out of packets, and packets out of digits.
import { FRAME_MS, FRAME_SAMPLES } from './frame.ts';

const DIGITS = '0123456789*#ABCD';
/** -10 dBm0, in the event's unit of -1 dBm0. */
const VOLUME = 10;
const END = 0x80;
/** The last packet goes out three times (RFC 4733 §2.5.1.4). */
const END_PACKETS = 3;
/** Silence between two digits. */
const GAP_TICKS = 3;
/** A key whose end packets were all lost is released after this long without news. */
const LOST_END_TICKS = 15;

/** The digits of a string that are DTMF, upper case; everything else is left out. */
export const dtmfDigits = (text: string): string =>
  [...text.toUpperCase()].filter((c) => DIGITS.includes(c)).join('');

/** Turns telephone-event packets into digits: one a key press, whatever is lost, doubled or late. */
export class DtmfReceiver {
  readonly #heard: (digit: string, durationMs: number) => void;
  #pressed = false;
  #event = 0;
  #timestamp = -1;
  #duration = 0;
  /** Duration of the earlier segments of a very long press. */
  #carried = 0;
  #quietTicks = 0;

  constructor(heard: (digit: string, durationMs: number) => void) {
    this.#heard = heard;
  }

  /** Takes a packet's payload. False when it is no event of ours (malformed, or not DTMF). */
  push(timestamp: number, payload: Uint8Array): boolean {
    const event = payload[0] ?? 255;
    const flags = payload[1] ?? 0;
    if (payload.length < 4 || event > 15) return false;
    const duration = ((payload[2] ?? 0) << 8) | (payload[3] ?? 0);
    if (timestamp !== this.#timestamp && !this.#begin(timestamp, event)) return true;
    if (!this.#pressed) return true;
    this.#duration = Math.max(this.#duration, duration);
    this.#quietTicks = 0;
    if (flags & END) this.#release();
    return true;
  }

  /** To be called every 20 ms. */
  tick(): void {
    if (this.#pressed && ++this.#quietTicks > LOST_END_TICKS) this.#release();
  }

  /** A new timestamp is a new press, except for an older one come late and for the next segment of a long press. */
  #begin(timestamp: number, event: number): boolean {
    if (this.#timestamp >= 0 && ((timestamp - this.#timestamp) | 0) < 0) return false;
    const continues =
      this.#pressed && event === this.#event && timestamp === (this.#timestamp + this.#duration) >>> 0;
    if (continues) this.#carried += this.#duration;
    else {
      this.#release();
      this.#carried = 0;
    }
    this.#pressed = true;
    this.#event = event;
    this.#timestamp = timestamp;
    this.#duration = 0;
    this.#quietTicks = 0;
    return true;
  }

  /** The far end starts a new stream: its timestamps mean nothing to the old ones. */
  reset(): void {
    this.#release();
    this.#timestamp = -1;
  }

  #release(): void {
    if (!this.#pressed) return;
    this.#pressed = false;
    this.#heard(DIGITS[this.#event] ?? '', Math.round((this.#carried + this.#duration) / 8));
  }
}

/** Sends one event packet; `fresh` marks the first of a digit, which begins a new timestamp. */
export type SendEvent = (payload: Uint8Array, fresh: boolean) => void;

interface QueuedDigit {
  /** Index in DIGITS, or undefined for a pause. */
  event: number | undefined;
  ticks: number;
  done: (() => void) | undefined;
}

/** A queue of digits, one packet every 20 ms while a digit lasts. */
export class DtmfSender {
  readonly #queue: QueuedDigit[] = [];
  readonly #payload = new Uint8Array(4);
  #elapsed = 0;
  #gap = 0;

  /** A digit is sounding, or is next: the session sends no audio meanwhile. */
  get busy(): boolean {
    return this.#queue[0]?.event !== undefined;
  }

  /** Queues digits; resolves when the last has been sent, or when the queue is cleared. */
  send(digits: string, durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      const length = this.#queue.length;
      for (const char of digits) {
        const event = DIGITS.indexOf(char.toUpperCase());
        if (event >= 0) this.#queue.push({ event, ticks: Math.ceil(durationMs / FRAME_MS), done: undefined });
        else if (char === 'w' || char === 'W')
          this.#queue.push({
            event: undefined,
            ticks: (char === 'w' ? 500 : 1000) / FRAME_MS,
            done: undefined,
          });
      }
      const last = this.#queue.at(-1);
      if (last && this.#queue.length > length) last.done = resolve;
      else resolve();
    });
  }

  /** To be called every 20 ms. */
  tick(send: SendEvent): void {
    if (this.#gap > 0) {
      this.#gap--;
      return;
    }
    const digit = this.#queue[0];
    if (!digit) return;
    this.#elapsed++;
    const last = this.#elapsed >= digit.ticks;
    if (digit.event !== undefined) this.#sendEvent(digit.event, last, send);
    if (!last) return;
    this.#queue.shift();
    this.#elapsed = 0;
    this.#gap = digit.event === undefined ? 0 : GAP_TICKS;
    digit.done?.();
  }

  clear(): void {
    for (const digit of this.#queue.splice(0)) digit.done?.();
    this.#elapsed = 0;
  }

  #sendEvent(event: number, last: boolean, send: SendEvent): void {
    const duration = Math.min(this.#elapsed * FRAME_SAMPLES, 0xffff);
    this.#payload[0] = event;
    this.#payload[1] = VOLUME | (last ? END : 0);
    this.#payload[2] = duration >> 8;
    this.#payload[3] = duration & 0xff;
    const copies = last ? END_PACKETS : 1;
    for (let copy = 0; copy < copies; copy++) send(this.#payload, this.#elapsed === 1 && copy === 0);
  }
}
