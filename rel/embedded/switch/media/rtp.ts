// One RTP session over UDP (RFC 3550, 3551, 4733): frames and digits both ways, or packets relayed as they come.
import type { RemoteInfo, Socket } from 'node:dgram';
import type { Frame, NegotiatedAudio, RtpStats } from './contract.ts';
import { DtmfReceiver, DtmfSender } from './dtmf.ts';
import { G711, type G711Codec, transcodingFrom } from './g711.ts';
import { JitterBuffer } from './jitter.ts';
import { payloadOf, sequenceDelta, sequenceOf, ssrcOf, timestampOf, typeOf } from './packet.ts';
import { openRtpSocket } from './rtpSocket.ts';
import { RtpStream } from './rtpStream.ts';
import { ticker } from './ticker.ts';

/** A stranger takes the session over only when the source known so far has been silent this long (a phone that moved). */
const RELATCH_MS = 500;

/** What a session tells its owner. All of it is called synchronously, from the socket or the clock. */
export interface RtpHandlers {
  /** Every 20 ms: the owner sends its frame. */
  tick(count: number): void;
  digit(digit: string, durationMs: number): void;
  firstPacket(): void;
  timeout(silentMs: number): void;
}
export interface RtpOptions {
  host: string;
  /** Default: whatever port the system gives. */
  portRange?: readonly [number, number] | undefined;
  /** 0: never. */
  mediaTimeoutMs?: number | undefined;
}

/** The RTP of one call. Made by `openRtpSession`. */
export class RtpSession {
  readonly localPort: number;
  /** The session that gets our packets as they come, without a frame being made of them. */
  relayTo: RtpSession | undefined;

  readonly #socket: Socket;
  readonly #handlers: RtpHandlers;
  readonly #mediaTimeoutMs: number;
  readonly #jitter = new JitterBuffer();
  readonly #digitsIn: DtmfReceiver;
  readonly #digitsOut = new DtmfSender();
  readonly #out = new RtpStream((packet) => this.#send(packet));

  #audio: NegotiatedAudio | undefined;
  #codec: G711Codec = G711.PCMU;
  #mayReceive = false;
  #expects = false;
  #closed = false;
  #remote = { address: '', port: 0 };
  /** Where packets come from, once learned. */
  #source: { address: string; port: number } | undefined;

  #ssrcIn = -1;
  #highestIn = 0;
  #firstIn = 0;
  #expectedBefore = 0;
  #timedOut = false;
  #expectedSince = 0;
  readonly #counts = { packetsIn: 0, packetsOut: 0, bytesIn: 0, bytesOut: 0, dropped: 0, lastInAt: 0 };

  constructor(socket: Socket, handlers: RtpHandlers, mediaTimeoutMs: number) {
    this.#socket = socket;
    this.#handlers = handlers;
    this.#mediaTimeoutMs = mediaTimeoutMs;
    this.localPort = socket.address().port;
    this.#digitsIn = new DtmfReceiver((digit, durationMs) => handlers.digit(digit, durationMs));
    socket.on('message', (packet, from) => this.#receive(packet, from));
    ticker.add(this.#tick);
  }

  /** Digits can be sent as packets (else they must be tones in the audio). */
  get hasEvents(): boolean {
    return this.#audio?.dtmfPayloadType !== undefined;
  }
  /** SDP lets us send, and says where to. */
  get maySend(): boolean {
    const { direction } = this.#audio ?? {};
    const wanted = this.#remote.port > 0 && this.#remote.address !== '0.0.0.0';
    return wanted && !this.#closed && (direction === 'sendrecv' || direction === 'sendonly');
  }

  /** Takes what was negotiated; a changed far address forgets the one that symmetric RTP had learned. */
  configure(audio: NegotiatedAudio): void {
    const before = this.#audio?.remote;
    if (before?.address !== audio.remote.address || before.port !== audio.remote.port) {
      this.#source = undefined;
      this.#remote = { ...audio.remote };
    }
    this.#audio = audio;
    this.#codec = G711[audio.codec];
    this.#mayReceive = audio.direction === 'sendrecv' || audio.direction === 'recvonly';
    // One that holds us (we may only receive) sends music or, more often, nothing.
    const expects = audio.direction === 'sendrecv';
    if (expects && !this.#expects) this.#expectedSince = ticker.now;
    this.#expects = expects;
  }

  /** Sends 20 ms of audio at the clock's time. Nothing goes out while a digit does, or while SDP forbids it. */
  sendFrame(frame: Frame): void {
    if (!this.#audio || !this.maySend || this.#digitsOut.busy) return;
    this.#out.sendFrame(this.#codec, this.#audio.payloadType, frame);
  }

  /** Nothing to send in this tick. */
  skipFrame(): void {
    this.#out.skipFrame();
  }

  /** The next 20 ms of what came in; false when there was nothing (then `frame` fades to silence). */
  readFrame(frame: Frame): boolean {
    return this.#jitter.pop(this.#codec, frame);
  }

  /** Resolves when the last digit has been sent, or when the session closes. */
  sendDigits(digits: string, durationMs: number): Promise<void> {
    return this.#closed ? Promise.resolve() : this.#digitsOut.send(digits, durationMs);
  }

  stats(): RtpStats {
    const expected = this.#expectedBefore + this.#expectedOfStream();
    return {
      ...this.#counts,
      lost: Math.max(0, expected - this.#counts.packetsIn),
      late: this.#jitter.late,
      remote: this.#remote.port > 0 ? { ...this.#remote } : undefined,
    };
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#closed = true;
    ticker.remove(this.#tick);
    this.#digitsOut.clear();
    this.relayTo = undefined;
    return new Promise((resolve) => this.#socket.close(resolve));
  }

  readonly #tick = (count: number): void => {
    this.#digitsIn.tick();
    this.#digitsOut.tick(this.#sendEvent);
    this.#handlers.tick(count);
    if (this.#mediaTimeoutMs <= 0 || !this.#expects || this.#timedOut) return;
    const silentMs = ticker.now - Math.max(this.#counts.lastInAt, this.#expectedSince);
    if (silentMs < this.#mediaTimeoutMs) return;
    this.#timedOut = true;
    this.#handlers.timeout(Math.round(silentMs));
  };

  #send(packet: Buffer): void {
    this.#counts.packetsOut++;
    this.#counts.bytesOut += packet.length;
    this.#socket.send(packet, this.#remote.port, this.#remote.address);
  }

  readonly #sendEvent = (payload: Uint8Array, fresh: boolean): void => {
    const type = this.#audio?.dtmfPayloadType;
    if (type !== undefined && this.maySend) this.#out.sendEvent(type, payload, fresh);
  };

  #receive(packet: Buffer, from: RemoteInfo): void {
    const payload = payloadOf(packet);
    const audio = this.#audio;
    const type = typeOf(packet);
    const isEvent = type === audio?.dtmfPayloadType;
    const known = isEvent || type === audio?.payloadType;
    if (!payload || !known || !this.#mayReceive || !this.#accept(from)) {
      this.#counts.dropped++;
      return;
    }
    this.#count(packet);
    const timestamp = timestampOf(packet);
    if (!isEvent) this.#jitter.push(timestamp, payload);
    else if (!this.#digitsIn.push(timestamp, payload)) {
      this.#counts.dropped++;
      return;
    }
    this.relayTo?.relay(this.#codec, packet, payload, isEvent);
  }

  /** Symmetric RTP: answers go where packets come from. A far end that asked for no packets gets none all the same. */
  #accept(from: RemoteInfo): boolean {
    const source = this.#source;
    if (source && source.port === from.port && source.address === from.address) return true;
    if (source && ticker.now - this.#counts.lastInAt < RELATCH_MS) return false;
    this.#source = { address: from.address, port: from.port };
    if (this.#remote.port > 0 && this.#remote.address !== '0.0.0.0') this.#remote = { ...this.#source };
    return true;
  }

  #expectedOfStream(): number {
    return this.#ssrcIn < 0 ? 0 : this.#highestIn - this.#firstIn + 1;
  }

  #count(packet: Buffer): void {
    const sequence = sequenceOf(packet);
    const ssrc = ssrcOf(packet);
    if (this.#counts.packetsIn++ === 0) this.#handlers.firstPacket();
    this.#counts.bytesIn += packet.length;
    this.#counts.lastInAt = ticker.now;
    this.#timedOut = false;
    if (ssrc === this.#ssrcIn) {
      this.#highestIn += Math.max(0, sequenceDelta(sequence, this.#highestIn));
      return;
    }
    this.#expectedBefore += this.#expectedOfStream();
    this.#ssrcIn = ssrc;
    this.#firstIn = sequence;
    this.#highestIn = sequence;
    this.#jitter.reset();
    this.#digitsIn.reset();
  }

  /** Sends on a packet of another session; its buffer is reused, its bytes turned into our law where it differs. */
  relay(from: G711Codec, packet: Buffer, payload: Buffer, isEvent: boolean): void {
    const type = isEvent ? this.#audio?.dtmfPayloadType : this.#audio?.payloadType;
    if (type === undefined || !this.maySend || this.#digitsOut.busy) return;
    if (!isEvent && from !== this.#codec) {
      const table = transcodingFrom(from.name);
      for (let i = 0; i < payload.length; i++) payload[i] = table[payload[i] ?? 0] ?? 0;
    }
    this.#out.relay(packet, payload, type);
  }
}

/** Opens a session. @throws MediaError `no_ports`, or `bad_argument` when the address cannot be bound */
export async function openRtpSession(options: RtpOptions, handlers: RtpHandlers): Promise<RtpSession> {
  const socket = await openRtpSocket(options.host, options.portRange);
  return new RtpSession(socket, handlers, options.mediaTimeoutMs ?? 0);
}
