// Cuts a TCP stream into AMQP frames: type (1), channel (2), size (4), payload, and the end octet 0xCE.
import { ProtocolError } from '../protocol-error.ts';

export const FRAME_METHOD = 1;
export const FRAME_HEADER = 2;
export const FRAME_BODY = 3;
export const FRAME_HEARTBEAT = 8;
export const FRAME_END = 0xce;
/** Bytes of a frame that are not payload. */
export const FRAME_OVERHEAD = 8;
const HEAD = 7;
const TYPES = new Set([FRAME_METHOD, FRAME_HEADER, FRAME_BODY, FRAME_HEARTBEAT]);

export interface Frame {
  readonly type: number;
  readonly channel: number;
  /** A view of the received bytes, valid as long as it is referenced. */
  readonly payload: Buffer;
}

export class FrameReader {
  /** Largest frame that is accepted, overhead included; the handshake may lower it. */
  frameMax: number;
  #parts: Buffer[] = [];
  #held = 0;
  #needed = HEAD;

  constructor(frameMax: number) {
    this.frameMax = frameMax;
  }

  /**
   * Calls `onFrame` for each frame that is complete with this chunk; stops early when it returns false.
   * At most one frame of `frameMax` bytes is held back.
   * @throws ProtocolError FRAME_ERROR for a frame too big or without its end.
   */
  push(chunk: Buffer, onFrame: (frame: Frame) => boolean): void {
    this.#held += chunk.length;
    if (this.#held < this.#needed) {
      // Joined only when the frame is whole: a client that drips bytes costs no copy per byte.
      this.#parts.push(chunk);
      return;
    }
    const bytes = this.#parts.length === 0 ? chunk : Buffer.concat([...this.#parts, chunk], this.#held);
    const rest = bytes.subarray(this.#consume(bytes, onFrame));
    this.#parts = rest.length === 0 ? [] : [rest];
    this.#held = rest.length;
  }

  #consume(bytes: Buffer, onFrame: (frame: Frame) => boolean): number {
    let at = 0;
    this.#needed = HEAD;
    while (bytes.length - at >= HEAD) {
      const size = bytes.readUInt32BE(at + 3);
      if (size + FRAME_OVERHEAD > this.frameMax) {
        throw new ProtocolError('FRAME_ERROR', `frame of ${size} bytes, the limit is ${this.frameMax}`);
      }
      const end = at + HEAD + size;
      if (end >= bytes.length) {
        this.#needed = size + FRAME_OVERHEAD;
        return at;
      }
      if (bytes[end] !== FRAME_END) throw new ProtocolError('FRAME_ERROR', 'frame without its end octet');
      const type = bytes.readUInt8(at);
      if (!TYPES.has(type)) throw new ProtocolError('FRAME_ERROR', `unknown frame type ${type}`);
      const frame = {
        type,
        channel: bytes.readUInt16BE(at + 1),
        payload: bytes.subarray(at + HEAD, end),
      };
      at = end + 1;
      if (!onFrame(frame)) return bytes.length;
    }
    return at;
  }
}
