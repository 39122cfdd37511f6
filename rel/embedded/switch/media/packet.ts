// The layout of an RTP packet (RFC 3550 §5.1), and reused buffers for outgoing ones.
import { FRAME_SAMPLES } from './frame.ts';

export const HEADER = 12;
const MARKER = 0x80;
const PADDING = 0x20;
const EXTENSION = 0x10;

export const typeOf = (packet: Buffer): number => (packet[1] ?? 0) & 0x7f;
export const markerOf = (packet: Buffer): boolean => ((packet[1] ?? 0) & MARKER) !== 0;
export const sequenceOf = (packet: Buffer): number => packet.readUInt16BE(2);
export const timestampOf = (packet: Buffer): number => packet.readUInt32BE(4);
export const ssrcOf = (packet: Buffer): number => packet.readUInt32BE(8);

/** Difference of two 16-bit sequence numbers, with wrap-around. */
export const sequenceDelta = (later: number, earlier: number): number => ((later - earlier) << 16) >> 16;
/** Difference of two 32-bit timestamps, with wrap-around. */
export const timestampDelta = (later: number, earlier: number): number => (later - earlier) | 0;

/** The payload, a view into `packet`; undefined when it is no RTP: version, sources, extension and padding are checked. */
export function payloadOf(packet: Buffer): Buffer | undefined {
  const first = packet[0] ?? 0;
  if (packet.length <= HEADER || first >> 6 !== 2) return undefined;
  let start = HEADER + (first & 0x0f) * 4;
  if (first & EXTENSION) {
    if (packet.length < start + 4) return undefined;
    start += 4 + packet.readUInt16BE(start + 2) * 4;
  }
  // A padding length of 0 is impossible: it counts itself.
  const padding = first & PADDING ? packet[packet.length - 1] || packet.length : 0;
  const end = packet.length - padding;
  return start < end ? packet.subarray(start, end) : undefined;
}

export interface Header {
  type: number;
  marker: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
}

/** Writes a plain header (no sources, no extension, no padding) at the beginning of `packet`. */
export function writeHeader(packet: Buffer, header: Header): void {
  packet[0] = 0x80;
  packet[1] = header.type | (header.marker ? MARKER : 0);
  packet.writeUInt16BE(header.sequence, 2);
  packet.writeUInt32BE(header.timestamp, 4);
  packet.writeUInt32BE(header.ssrc, 8);
}

/**
 * Buffers of outgoing packets. The kernel takes a packet during `send`, but for a full socket buffer, when it is read
 * a little later: the ring is long enough for that.
 */
class PacketPool {
  readonly #packets: readonly Buffer[];
  #next = 0;

  constructor(size: number, count: number) {
    this.#packets = Array.from({ length: count }, () => Buffer.alloc(size));
  }

  take(): Buffer {
    this.#next = (this.#next + 1) % this.#packets.length;
    return this.#packets[this.#next] as Buffer;
  }
}

export const audioPackets = new PacketPool(HEADER + FRAME_SAMPLES, 1024);
export const eventPackets = new PacketPool(HEADER + 4, 256);
