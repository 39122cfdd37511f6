// Puts a published message together from its method, header and body frames.
import { ByteReader } from './codec/bytes.ts';
import { FRAME_BODY, FRAME_HEADER, type Frame } from './codec/frames.ts';
import type { MethodArgs } from './codec/methods.ts';
import { readActive } from './codec/properties.ts';
import type { Message } from './message.ts';
import { ProtocolError } from './protocol-error.ts';

export type PublishArgs = MethodArgs<'basic.publish'>;

/** RabbitMQ's max_message_size. */
const MAX_BODY_BYTES = 128 * 1024 * 1024;
const CLASS_BASIC = 60;
/** Class, weight, body size and property flags. */
const HEADER_BYTES = 14;

export class ContentReader {
  readonly args: PublishArgs;
  #properties: Buffer | undefined;
  #bodySize = 0;
  #parts: Buffer[] = [];
  #received = 0;

  constructor(args: PublishArgs) {
    this.args = args;
  }

  /** Returns the message when this frame completes it. */
  push(frame: Frame): Message | undefined {
    if (!this.#properties) this.#properties = this.#readHeader(frame);
    else this.#readBody(frame);
    if (this.#received < this.#bodySize) return undefined;
    if (this.#bodySize > MAX_BODY_BYTES) {
      const sizes = `message size ${this.#bodySize} is larger than configured max size ${MAX_BODY_BYTES}`;
      throw new ProtocolError('PRECONDITION_FAILED', sizes);
    }
    return {
      exchange: this.args.exchange,
      routingKey: this.args.routingKey,
      properties: this.#properties,
      active: readActive(this.#properties),
      body: this.#parts.length === 1 ? (this.#parts[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#parts),
    };
  }

  #readHeader({ type, payload }: Frame): Buffer {
    const expected = `expected content header for class ${CLASS_BASIC}, got`;
    if (type !== FRAME_HEADER) {
      throw new ProtocolError('UNEXPECTED_FRAME', `${expected} non content header frame instead`);
    }
    if (payload.length < HEADER_BYTES) throw new ProtocolError('FRAME_ERROR', 'content header too short');
    const reader = new ByteReader(payload);
    const classId = reader.u16();
    if (classId !== CLASS_BASIC) {
      throw new ProtocolError('UNEXPECTED_FRAME', `${expected} one for class ${classId} instead`);
    }
    reader.u16();
    this.#bodySize = reader.u64();
    return payload.subarray(reader.at);
  }

  #readBody({ type, payload }: Frame): void {
    if (type !== FRAME_BODY) {
      const expected = `expected content body, got non content body frame instead`;
      throw new ProtocolError('UNEXPECTED_FRAME', expected);
    }
    this.#received += payload.length;
    if (this.#received > this.#bodySize) {
      throw new ProtocolError(
        'FRAME_ERROR',
        `body of ${this.#received} bytes, its header said ${this.#bodySize}`,
      );
    }
    // Too big a body is not kept, but read to its end: the channel is told when it is through.
    if (this.#bodySize <= MAX_BODY_BYTES) this.#parts.push(payload);
  }
}
