// The outgoing stream of an RTP session: numbers and times of frames, of digits and of relayed packets.
import { randomInt } from 'node:crypto';
import type { Frame } from './contract.ts';
import { FRAME_SAMPLES } from './frame.ts';
import { encodeInto, type G711Codec } from './g711.ts';
import * as rtp from './packet.ts';
import { ticker } from './ticker.ts';

/** So many packets after a relay has begun, one of before it may still come late. */
const STRAGGLERS = 50;

// Where a relayed stream's numbers lie on ours.
interface Relayed {
  ssrc: number;
  sequenceOffset: number;
  timestampOffset: number;
  /** The last number sent before the relay began. */
  floor: number;
  packets: number;
}

/**
 * Numbers packets. Whatever alternates on it (frames, digits, relayed packets), sequence numbers go on and timestamps
 * run with the shared clock, so that a pause takes its time on the far end too.
 */
export class RtpStream {
  readonly #send: (packet: Buffer) => void;
  readonly #ssrc = randomInt(2 ** 32);
  #clockBase = randomInt(2 ** 32);
  #sequence = randomInt(2 ** 16);
  #lastTimestamp = 0;
  #eventTimestamp = 0;
  #begun = false;
  #talking = false;
  #relayed: Relayed | undefined;

  constructor(send: (packet: Buffer) => void) {
    this.#send = send;
  }

  sendFrame(codec: G711Codec, type: number, frame: Frame): void {
    const packet = rtp.audioPackets.take();
    encodeInto(codec, frame, packet, rtp.HEADER);
    this.#sendOwn(packet, type, !this.#talking, this.#now());
    this.#talking = true;
  }

  /** Nothing is sent in this tick: the next frame begins a talkspurt and bears the marker. */
  skipFrame(): void {
    this.#talking = false;
  }

  /** All packets of a digit bear the time of its first. */
  sendEvent(type: number, payload: Uint8Array, fresh: boolean): void {
    if (fresh) this.#eventTimestamp = this.#now();
    const packet = rtp.eventPackets.take();
    packet.set(payload, rtp.HEADER);
    this.#sendOwn(packet, type, fresh, this.#eventTimestamp);
    this.#talking = false;
  }

  /**
   * Sends on a packet of another stream, in its own buffer: order, losses and packet times stay as they were, only
   * numbers and payload type change.
   */
  relay(packet: Buffer, payload: Buffer, type: number): void {
    const sequence = rtp.sequenceOf(packet);
    const timestamp = rtp.timestampOf(packet);
    const ssrc = rtp.ssrcOf(packet);
    let relayed = this.#relayed;
    const fresh = relayed?.ssrc !== ssrc;
    if (!relayed || fresh) {
      const next = this.#sequence + 1;
      relayed = {
        ssrc,
        sequenceOffset: next - sequence,
        timestampOffset: this.#now() - timestamp,
        floor: this.#sequence,
        packets: 0,
      };
      this.#relayed = relayed;
    }
    const outSequence = (sequence + relayed.sequenceOffset) & 0xffff;
    const outTimestamp = (timestamp + relayed.timestampOffset) >>> 0;
    // A straggler from before the relay began would take the number of a packet already sent.
    if (relayed.packets++ < STRAGGLERS && rtp.sequenceDelta(outSequence, relayed.floor) <= 0) return;
    if (rtp.sequenceDelta(outSequence, this.#sequence) > 0) this.#sequence = outSequence;
    if (rtp.timestampDelta(outTimestamp, this.#lastTimestamp) > 0 || !this.#begun)
      this.#lastTimestamp = outTimestamp;
    const start = payload.byteOffset - packet.byteOffset - rtp.HEADER;
    const out = packet.subarray(start, start + rtp.HEADER + payload.length);
    const marker = fresh || rtp.markerOf(packet);
    rtp.writeHeader(out, { type, marker, sequence: outSequence, timestamp: outTimestamp, ssrc: this.#ssrc });
    this.#begun = true;
    this.#talking = true;
    this.#send(out);
  }

  #sendOwn(packet: Buffer, type: number, marker: boolean, timestamp: number): void {
    this.#relayed = undefined;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#lastTimestamp = timestamp;
    this.#begun = true;
    rtp.writeHeader(packet, { type, marker, sequence: this.#sequence, timestamp, ssrc: this.#ssrc });
    this.#send(packet);
  }

  /** The shared clock on this stream's scale; never at or before what has been sent. */
  #now(): number {
    const clock = (this.#clockBase + ticker.count * FRAME_SAMPLES) >>> 0;
    const ahead = rtp.timestampDelta(clock, this.#lastTimestamp);
    if (!this.#begun || ahead >= FRAME_SAMPLES) return clock;
    this.#clockBase = (this.#clockBase + FRAME_SAMPLES - ahead) >>> 0;
    return (this.#lastTimestamp + FRAME_SAMPLES) >>> 0;
  }
}
