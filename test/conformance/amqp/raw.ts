// A bare AMQP peer on a socket, for what a well-behaved client never sends.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ByteReader, ByteWriter } from '../../../rel/embedded/broker/codec/bytes.ts';
import {
  FRAME_END,
  FRAME_HEARTBEAT,
  FRAME_METHOD,
  FrameReader,
} from '../../../rel/embedded/broker/codec/frames.ts';
import {
  type AnyMethod,
  type MethodArgs,
  type MethodName,
  methodIds,
  readMethod,
  writeMethod,
} from '../../../rel/embedded/broker/codec/methods.ts';

export const PROTOCOL_HEADER = Buffer.from('AMQP\0\0\x09\x01', 'latin1');

export interface Received {
  /** Name of the method, `heartbeat`, or `end` when the server closed the socket. */
  readonly name: MethodName | 'heartbeat' | 'end';
  readonly method?: AnyMethod;
}

export class RawPeer {
  readonly #socket: Socket;
  readonly #received: Received[] = [];
  #wake: () => void = () => {};
  /** Bytes that came before any frame: the answer to a wrong protocol header. */
  head = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    const frames = new FrameReader(1 << 20);
    socket.on('data', (chunk) => {
      // A frame begins with its type, 1 to 8: anything else is the answer to a wrong protocol header.
      if (this.head.length > 0 || (chunk[0] ?? 0) > 8) {
        this.head = Buffer.concat([this.head, chunk]);
        return;
      }
      frames.push(chunk, ({ type, payload }) => {
        if (type === FRAME_HEARTBEAT) this.#push({ name: 'heartbeat' });
        if (type === FRAME_METHOD) {
          const method = readMethod(new ByteReader(payload));
          this.#push({ name: method.name, method });
        }
        return true;
      });
    });
    socket.on('error', () => {});
    socket.on('close', () => this.#push({ name: 'end' }));
  }

  static async open(url: string): Promise<RawPeer> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port || 5672) });
    await once(socket, 'connect');
    return new RawPeer(socket);
  }

  /** Connects and goes through the handshake up to connection.open-ok. */
  static async ready(url: string, tune: Partial<MethodArgs<'connection.tune-ok'>> = {}): Promise<RawPeer> {
    const peer = await RawPeer.open(url);
    peer.send(PROTOCOL_HEADER);
    await peer.expect('connection.start');
    peer.startOk(url);
    await peer.expect('connection.tune');
    peer.method(0, 'connection.tune-ok', { channelMax: 100, frameMax: 131072, heartbeat: 0, ...tune });
    peer.method(0, 'connection.open', { vhost: '/', reserved1: '', reserved2: false });
    await peer.expect('connection.open-ok');
    return peer;
  }

  startOk(url: string, changes: { password?: string; mechanism?: string } = {}): void {
    const { username, password } = new URL(url);
    this.method(0, 'connection.start-ok', {
      properties: { capabilities: { authentication_failure_close: true } },
      mechanism: changes.mechanism ?? 'PLAIN',
      response: Buffer.from(`\0${username || 'guest'}\0${changes.password ?? (password || 'guest')}`),
      locale: 'en_US',
    });
  }

  async openChannel(channel: number): Promise<void> {
    this.method(channel, 'channel.open', { reserved: '' });
    await this.expect('channel.open-ok');
  }

  send(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  frame(type: number, channel: number, payload: Buffer, end = FRAME_END): void {
    const head = Buffer.alloc(7);
    head.writeUInt8(type, 0);
    head.writeUInt16BE(channel, 1);
    head.writeUInt32BE(payload.length, 3);
    this.send(Buffer.concat([head, payload, Buffer.from([end])]));
  }

  method<N extends MethodName>(channel: number, name: N, args: MethodArgs<N>): void {
    const writer = new ByteWriter();
    writeMethod(writer, name, args);
    this.frame(FRAME_METHOD, channel, writer.take());
  }

  async next(): Promise<Received> {
    while (this.#received.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#received.shift() ?? { name: 'end' };
  }

  async expect<N extends MethodName>(name: N): Promise<MethodArgs<N>> {
    const { name: got, method } = await this.next();
    if (got !== name || !method) {
      throw new Error(`expected ${name}, got ${got} ${method ? JSON.stringify(method.args) : ''}`);
    }
    return method.args as MethodArgs<N>;
  }

  /** Resolves when the server has closed the socket. */
  async ended(): Promise<void> {
    for (;;) if ((await this.next()).name === 'end') return;
  }

  /** Reads no more until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #push(received: Received): void {
    this.#received.push(received);
    this.#wake();
  }
}

/** The fixed start of a method payload, for malformed ones. */
export function methodHead(name: MethodName): Buffer {
  const { classId, methodId } = methodIds(name);
  const writer = new ByteWriter();
  writer.u16(classId);
  writer.u16(methodId);
  return writer.take();
}
