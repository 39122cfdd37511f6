// Bounded reading and growing writing of the primitive AMQP types. Strings are latin1, so any bytes pass unchanged.
import { ProtocolError } from '../protocol-error.ts';

const TWO_32 = 2 ** 32;

/** Reads within [at, end) of a buffer; every overrun is a FRAME_ERROR, never a RangeError. */
export class ByteReader {
  readonly buffer: Buffer;
  at: number;
  readonly end: number;

  constructor(buffer: Buffer, start = 0, end = buffer.length) {
    this.buffer = buffer;
    this.at = start;
    this.end = end;
  }

  /** Moves past `count` bytes and returns where they began. */
  skip(count: number): number {
    const start = this.at;
    if (start + count > this.end) throw new ProtocolError('FRAME_ERROR', 'frame ends inside a field');
    this.at = start + count;
    return start;
  }

  u8(): number {
    return this.buffer.readUInt8(this.skip(1));
  }

  u16(): number {
    return this.buffer.readUInt16BE(this.skip(2));
  }

  u32(): number {
    return this.buffer.readUInt32BE(this.skip(4));
  }

  /** Exact up to 2^53, which no delivery tag and no body size reaches. */
  u64(): number {
    const start = this.skip(8);
    return this.buffer.readUInt32BE(start) * TWO_32 + this.buffer.readUInt32BE(start + 4);
  }

  shortString(): string {
    const length = this.u8();
    const start = this.skip(length);
    return this.buffer.toString('latin1', start, start + length);
  }

  longString(): Buffer {
    const length = this.u32();
    const start = this.skip(length);
    return this.buffer.subarray(start, start + length);
  }

  /** A reader of the next `length` bytes, which this one moves past. */
  inner(length: number): ByteReader {
    const start = this.skip(length);
    return new ByteReader(this.buffer, start, start + length);
  }
}

/** Appends to one buffer that grows; `take` hands over what was written since the last `take`. */
export class ByteWriter {
  #size: number;
  #buffer: Buffer;
  #start = 0;
  at = 0;

  constructor(size = 256) {
    this.#size = size;
    this.#buffer = Buffer.allocUnsafeSlow(size);
  }

  get length(): number {
    return this.at - this.#start;
  }

  /** The bytes given out are never written again: the writer goes on behind them. */
  take(): Buffer {
    const taken = this.#buffer.subarray(this.#start, this.at);
    this.#start = this.at;
    return taken;
  }

  #reserve(count: number): number {
    if (this.at + count > this.#buffer.length) {
      const kept = this.#buffer.subarray(this.#start, this.at);
      this.#buffer = Buffer.allocUnsafeSlow(Math.max(this.#size, 2 * (kept.length + count)));
      kept.copy(this.#buffer);
      this.#start = 0;
      this.at = kept.length;
    }
    const start = this.at;
    this.at = start + count;
    return start;
  }

  u8(value: number): void {
    const at = this.#reserve(1);
    this.#buffer[at] = value;
  }

  u16(value: number): void {
    const at = this.#reserve(2);
    this.#buffer.writeUInt16BE(value, at);
  }

  u32(value: number): void {
    const at = this.#reserve(4);
    this.#buffer.writeUInt32BE(value, at);
  }

  u64(value: number): void {
    const at = this.#reserve(8);
    this.#buffer.writeUInt32BE(Math.floor(value / TWO_32), at);
    this.#buffer.writeUInt32BE(value % TWO_32, at + 4);
  }

  i64(value: bigint): void {
    const at = this.#reserve(8);
    this.#buffer.writeBigInt64BE(value, at);
  }

  i32(value: number): void {
    const at = this.#reserve(4);
    this.#buffer.writeInt32BE(value, at);
  }

  double(value: number): void {
    const at = this.#reserve(8);
    this.#buffer.writeDoubleBE(value, at);
  }

  /** Cut at 255 bytes, the most that the length octet can say. */
  shortString(value: string): void {
    const length = Math.min(value.length, 255);
    const at = this.#reserve(length + 1);
    this.#buffer[at] = length;
    this.#buffer.write(value, at + 1, length, 'latin1');
  }

  longString(value: string): void {
    this.u32(value.length);
    const at = this.#reserve(value.length);
    this.#buffer.write(value, at, value.length, 'latin1');
  }

  bytes(value: Uint8Array): void {
    const at = this.#reserve(value.length);
    this.#buffer.set(value, at);
  }

  /** Writes what `write` writes behind its length as 32 bits, and returns that length. */
  sized(write: () => void): number {
    this.u32(0);
    // As an offset from the start of the untaken bytes: growing moves them.
    const offset = this.at - this.#start;
    write();
    const length = this.at - this.#start - offset;
    this.#buffer.writeUInt32BE(length, this.#start + offset - 4);
    return length;
  }
}
