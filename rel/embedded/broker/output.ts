// What goes out on one connection: frames are written into one buffer and leave together once a turn of the event loop.
import type { Socket } from 'node:net';
import { ByteWriter } from './codec/bytes.ts';
import {
  FRAME_BODY,
  FRAME_END,
  FRAME_HEADER,
  FRAME_HEARTBEAT,
  FRAME_METHOD,
  FRAME_OVERHEAD,
} from './codec/frames.ts';
import { type MethodArgs, type MethodName, writeMethod } from './codec/methods.ts';
import type { Message } from './message.ts';

const CHUNK_BYTES = 64 * 1024;
/** A body from here on is handed to the socket as it is, not copied. */
const OWN_BUFFER_BYTES = 16 * 1024;
const CLASS_BASIC = 60;

export class Output {
  /** As negotiated: larger bodies are cut. */
  frameMax = 4096;
  /** Called before the buffer leaves, to add what was saved up: confirms. */
  onFlush: () => void = () => {};
  /** True when something was sent since the heartbeat looked last. */
  hasSent = false;
  readonly #socket: Socket;
  readonly #writer = new ByteWriter(CHUNK_BYTES);
  #parts: Buffer[] = [];
  #partBytes = 0;
  #scheduled: NodeJS.Immediate | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Bytes that the peer has not taken yet. */
  get backlog(): number {
    return this.#socket.writableLength + this.#partBytes + this.#writer.length;
  }

  method<N extends MethodName>(channel: number, name: N, args: MethodArgs<N>): void {
    this.#frame(FRAME_METHOD, channel, () => writeMethod(this.#writer, name, args));
  }

  /** A method that carries a message, with its header and body frames. */
  content<N extends MethodName>(channel: number, name: N, args: MethodArgs<N>, message: Message): void {
    const { properties, body } = message;
    const writer = this.#writer;
    this.method(channel, name, args);
    this.#frame(FRAME_HEADER, channel, () => {
      writer.u16(CLASS_BASIC);
      writer.u16(0);
      writer.u64(body.length);
      writer.bytes(properties);
    });
    const most = this.frameMax - FRAME_OVERHEAD;
    for (let at = 0; at < body.length; at += most) this.#body(channel, body.subarray(at, at + most));
  }

  heartbeat(): void {
    this.#frame(FRAME_HEARTBEAT, 0, () => {});
  }

  bytes(bytes: Buffer): void {
    this.#writer.bytes(bytes);
    this.schedule();
  }

  schedule(): void {
    this.#scheduled ??= setImmediate(() => this.flush());
  }

  flush(): void {
    clearImmediate(this.#scheduled);
    this.onFlush();
    // Behind onFlush, which may have scheduled anew.
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    if (this.#writer.length > 0) this.#parts.push(this.#writer.take());
    const parts = this.#parts;
    if (parts.length === 0 || this.#socket.destroyed) return;
    this.#parts = [];
    this.#partBytes = 0;
    this.hasSent = true;
    if (parts.length > 1) this.#socket.cork();
    for (const part of parts) this.#socket.write(part);
    if (parts.length > 1) this.#socket.uncork();
  }

  #frame(type: number, channel: number, write: () => void): void {
    const writer = this.#writer;
    writer.u8(type);
    writer.u16(channel);
    writer.sized(write);
    writer.u8(FRAME_END);
    this.schedule();
  }

  #body(channel: number, body: Buffer): void {
    if (body.length < OWN_BUFFER_BYTES) {
      this.#frame(FRAME_BODY, channel, () => this.#writer.bytes(body));
      return;
    }
    this.#writer.u8(FRAME_BODY);
    this.#writer.u16(channel);
    this.#writer.u32(body.length);
    this.#parts.push(this.#writer.take(), body);
    this.#partBytes += body.length;
    this.#writer.u8(FRAME_END);
  }
}
