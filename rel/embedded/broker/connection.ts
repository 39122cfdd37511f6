// One TCP connection: handshake, heartbeats, the channels, flow control, and an orderly end whatever comes in.
import type { Socket } from 'node:net';
import { Channel, type ChannelHost } from './channel.ts';
import { ByteReader } from './codec/bytes.ts';
import { FRAME_HEARTBEAT, FRAME_METHOD, type Frame, FrameReader } from './codec/frames.ts';
import { type AnyMethod, type MethodArgs, type MethodName, methodIds, readMethod } from './codec/methods.ts';
import { type Agreement, Handshake, LIMITS, PROTOCOL_HEADER } from './handshake.ts';
import type { BrokerLog } from './log.ts';
import { Output } from './output.ts';
import { ProtocolError } from './protocol-error.ts';
import type { Queue } from './queue.ts';
import type { VirtualHost } from './virtual-host.ts';

const HANDSHAKE_MS = 10_000;
/** How long a peer may take to answer connection.close. */
const CLOSE_MS = 2_000;
/** Deliveries pause while this much waits to be read by the client. */
const CONGESTED_BYTES = 1024 * 1024;
/** A client with this much unread (replies and returns do not pause) is lost. */
const LOST_BYTES = 64 * 1024 * 1024;

/** Halves of the agreed heartbeat in which nothing came: then the client is gone, as RabbitMQ has it after two to three. */
const silentLimit = 6;

export interface ConnectionOptions {
  readonly user: string;
  readonly password: string;
  readonly vhost: VirtualHost;
  readonly log: BrokerLog;
}

export class Connection implements ChannelHost {
  readonly output: Output;
  readonly vhost: VirtualHost;
  readonly channels = new Map<number, Channel>();
  readonly exclusiveQueues = new Set<Queue>();
  readonly #socket: Socket;
  readonly #log: BrokerLog;
  readonly #peer: string;
  readonly #frames = new FrameReader(LIMITS.frameMax);
  readonly #handshake: Handshake;
  #agreement: Agreement | undefined;
  #header: Buffer | undefined = Buffer.alloc(0);
  #state: 'open' | 'closing' | 'ended' = 'open';
  #isBlocked = false;
  #isCongested = false;
  #deadline: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #silentTicks = 0;

  constructor(socket: Socket, { user, password, vhost, log }: ConnectionOptions) {
    this.#socket = socket;
    this.#log = log;
    this.#peer = `${socket.remoteAddress}:${socket.remotePort}`;
    this.vhost = vhost;
    this.output = new Output(socket);
    this.output.onFlush = () => {
      for (const channel of this.channels.values()) channel.confirms?.flush();
    };
    this.#handshake = new Handshake(this.output, user, password);
    this.#endWithin(HANDSHAKE_MS, 'the handshake took too long');
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('drain', () => this.#drained());
    socket.on('error', (error) =>
      log.warn('broker: connection lost', { peer: this.#peer, error: error.message }),
    );
    socket.on('close', () => this.#ended());
  }

  get user(): string {
    return this.#agreement?.user ?? '';
  }

  get acceptsCancel(): boolean {
    return this.#agreement?.capabilities['consumer_cancel_notify'] === true;
  }

  #receive(chunk: Buffer): void {
    this.#silentTicks = 0;
    try {
      const bytes = this.#header ? this.#receiveHeader(this.#header, chunk) : chunk;
      if (bytes) this.#frames.push(bytes, (frame) => this.#receiveFrame(frame));
    } catch (error) {
      this.#fail(error);
    }
    if (this.output.backlog > LOST_BYTES) {
      this.#log.error('broker: client does not read, connection dropped', { peer: this.#peer });
      this.#socket.destroy();
    }
  }

  /** Returns the bytes behind the protocol header; another protocol is told ours, and goodbye. */
  #receiveHeader(before: Buffer, chunk: Buffer): Buffer | undefined {
    const bytes = Buffer.concat([before, chunk]);
    const length = Math.min(bytes.length, PROTOCOL_HEADER.length);
    if (!bytes.subarray(0, length).equals(PROTOCOL_HEADER.subarray(0, length))) {
      this.#log.warn('broker: not AMQP 0-9-1', { peer: this.#peer });
      this.#header = Buffer.alloc(0);
      this.#socket.end(PROTOCOL_HEADER);
      this.#socket.removeAllListeners('data').resume();
      this.#endWithin(CLOSE_MS, 'no end after a wrong protocol header');
      return undefined;
    }
    this.#header = length < PROTOCOL_HEADER.length ? bytes : undefined;
    if (this.#header) return undefined;
    this.#handshake.start();
    return bytes.subarray(PROTOCOL_HEADER.length);
  }

  /** False when the rest of the bytes does not matter any more. */
  #receiveFrame(frame: Frame): boolean {
    if (frame.channel === 0) this.#receiveControl(frame);
    else if (this.#state === 'open') this.#receiveOnChannel(frame);
    return this.#state !== 'ended';
  }

  #receiveControl({ type, payload }: Frame): void {
    if (type === FRAME_HEARTBEAT) return;
    if (type !== FRAME_METHOD) {
      if (this.#state === 'open')
        throw new ProtocolError('UNEXPECTED_FRAME', `frame of type ${type} on channel 0`);
      return;
    }
    const method: AnyMethod = readMethod(new ByteReader(payload));
    if (method.name === 'connection.close-ok') this.#finish();
    else if (method.name === 'connection.close') {
      this.#release();
      this.output.method(0, 'connection.close-ok', {});
      this.#finish();
    } else if (this.#state !== 'open') return;
    else if (!this.#agreement) this.#agree(this.#handshake.receive(method));
    else throw new ProtocolError('COMMAND_INVALID', `${method.name} on an open connection`);
  }

  #agree(agreement: Agreement | undefined): void {
    if (!agreement) return;
    this.#agreement = agreement;
    this.#frames.frameMax = agreement.frameMax;
    this.output.frameMax = agreement.frameMax;
    clearTimeout(this.#deadline);
    if (agreement.heartbeat === 0) return;
    this.#heartbeat = setInterval(() => this.#beat(), agreement.heartbeat * 500);
  }

  /** Twice in the agreed time: sends when nothing else was sent, and gives a silent peer up. */
  #beat(): void {
    if (!this.output.hasSent) this.output.heartbeat();
    this.output.hasSent = false;
    // A blocked connection is not read, so its silence says nothing.
    if (this.#isBlocked || ++this.#silentTicks < silentLimit) return;
    this.#log.warn('broker: missed heartbeats, connection dropped', { peer: this.#peer });
    this.#socket.destroy();
  }

  #receiveOnChannel(frame: Frame): void {
    if (!this.#agreement) throw new ProtocolError('COMMAND_INVALID', 'a channel before connection.open-ok');
    if (frame.type === FRAME_HEARTBEAT) throw new ProtocolError('UNEXPECTED_FRAME', 'heartbeat on a channel');
    const channel = this.channels.get(frame.channel);
    if (!channel) {
      this.#openChannel(frame, this.#agreement);
      return;
    }
    if (channel.isClosed) {
      this.#receiveOnClosed(channel, frame);
      return;
    }
    try {
      if (isMethod(frame, 'channel.close')) this.#closeChannel(channel);
      else channel.receive(frame);
    } catch (error) {
      if (error instanceof ProtocolError) error.method = channel.currentMethod;
      if (!(error instanceof ProtocolError) || error.scope === 'connection') throw error;
      this.#failChannel(channel, error);
    }
  }

  #openChannel(frame: Frame, { channelMax }: Agreement): void {
    if (!isMethod(frame, 'channel.open')) {
      const error = new ProtocolError('CHANNEL_ERROR', "expected 'channel.open'");
      if (frame.type === FRAME_METHOD) error.method = readMethod(new ByteReader(frame.payload)).name;
      throw error;
    }
    if (frame.channel > channelMax) {
      throw new ProtocolError(
        'NOT_ALLOWED',
        `channel ${frame.channel} is over the negotiated channel_max (${channelMax})`,
      );
    }
    const channel = new Channel(frame.channel, this);
    this.channels.set(frame.channel, channel);
    channel.send('channel.open-ok', { reserved: Buffer.alloc(0) });
  }

  #closeChannel(channel: Channel): void {
    channel.close();
    channel.send('channel.close-ok', {});
    this.channels.delete(channel.id);
  }

  /** Between our channel.close and its answer all else was sent without knowing, and is dropped. */
  #receiveOnClosed(channel: Channel, frame: Frame): void {
    const isClose = isMethod(frame, 'channel.close');
    if (isClose) channel.send('channel.close-ok', {});
    if (isClose || isMethod(frame, 'channel.close-ok')) this.channels.delete(channel.id);
  }

  #failChannel(channel: Channel, error: ProtocolError): void {
    this.#log.warn('broker: channel closed', { peer: this.#peer, channel: channel.id, error: error.message });
    channel.close();
    channel.send('channel.close', closeArgs(error));
  }

  #fail(cause: unknown): void {
    if (this.#state !== 'open') {
      // Broken bytes after the broker has said goodbye.
      this.#socket.destroy();
      return;
    }
    const isKnown = cause instanceof ProtocolError;
    const error = isKnown ? cause : new ProtocolError('INTERNAL_ERROR', 'see the log of the broker');
    const stack = cause instanceof Error ? cause.stack : String(cause);
    this.#log[isKnown ? 'warn' : 'error']('broker: connection closed', {
      peer: this.#peer,
      error: error.message,
      ...(!isKnown && { stack }),
    });
    this.close(error);
  }

  /** Says why, and waits for the peer's answer, but not for long. */
  close(error: ProtocolError): void {
    if (this.#state !== 'open') return;
    this.#release();
    this.#state = 'closing';
    this.#socket.resume();
    this.output.method(0, 'connection.close', closeArgs(error));
    this.output.flush();
    this.#endWithin(CLOSE_MS, undefined);
  }

  /** At once, without a word. */
  destroy(): void {
    this.#socket.destroy();
  }

  #finish(): void {
    this.#state = 'ended';
    this.output.flush();
    this.#socket.end();
    this.#endWithin(CLOSE_MS, undefined);
  }

  #release(): void {
    for (const channel of this.channels.values()) channel.close();
    this.channels.clear();
    for (const queue of this.exclusiveQueues) this.vhost.outlived(queue);
    this.exclusiveQueues.clear();
  }

  #ended(): void {
    this.#state = 'ended';
    clearTimeout(this.#deadline);
    clearInterval(this.#heartbeat);
    this.#release();
  }

  #endWithin(delay: number, reason: string | undefined): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => {
      if (reason) this.#log.warn(`broker: ${reason}`, { peer: this.#peer });
      this.#socket.destroy();
    }, delay);
  }

  isCongested(): boolean {
    this.#isCongested ||= this.output.backlog > CONGESTED_BYTES;
    return this.#isCongested;
  }

  #drained(): void {
    this.#isCongested = false;
    for (const channel of this.channels.values()) channel.resume();
  }

  published(): void {
    if (!this.vhost.memory.isOver || this.#isBlocked) return;
    this.#isBlocked = true;
    this.#log.warn('broker: memory limit reached, publisher held back', { peer: this.#peer });
    if (this.#acceptsBlocked) this.output.method(0, 'connection.blocked', { reason: 'low on memory' });
    this.#socket.pause();
  }

  /** The broker has room again. */
  unblock(): void {
    if (!this.#isBlocked) return;
    this.#isBlocked = false;
    if (this.#acceptsBlocked) this.output.method(0, 'connection.unblocked', {});
    this.#socket.resume();
  }

  get #acceptsBlocked(): boolean {
    return this.#agreement?.capabilities['connection.blocked'] === true;
  }
}

function closeArgs({ code, message, method }: ProtocolError): MethodArgs<'connection.close'> {
  const ids = method ? methodIds(method) : { classId: 0, methodId: 0 };
  return { replyCode: code, replyText: message, ...ids };
}

function isMethod({ type, payload }: Frame, name: MethodName): boolean {
  const { classId, methodId } = methodIds(name);
  const isWhole = type === FRAME_METHOD && payload.length >= 4;
  return isWhole && payload.readUInt16BE(0) === classId && payload.readUInt16BE(2) === methodId;
}
