// The half of a leg that needs no other: its RTP session and SDP, what we play to it and record from it.
import type { Socket } from 'node:dgram';
import { EventEmitter } from 'node:events';
import type {
  Direction,
  DtmfDigit,
  LegEvents,
  LegOptions,
  NegotiatedAudio,
  PlayOptions,
  PlayResult,
  Recording,
  RecordOptions,
  RtpStats,
  Source,
  ToneDetectOptions,
} from './contract.ts';
import { MediaError } from './errors.ts';
import { gainOf } from './frame.ts';
import { Negotiator } from './negotiation.ts';
import { OwnAudio } from './ownAudio.ts';
import { RtpSession } from './rtp.ts';
import { Taps } from './taps.ts';

export const DEFAULT_HOST = '127.0.0.1';
const MUSIC = 'local_stream://default';
const DTMF_MS = 200;
/** Shorter keys are not sure to be heard, longer ones do not fit into RFC 4733's field. */
const SHORTEST_DTMF_MS = 60;
const LONGEST_DTMF_MS = 8000;

/** True when the far end holds us: it sends, or nobody does. */
const isHeldBy = (audio: NegotiatedAudio): boolean =>
  audio.direction === 'recvonly' || audio.direction === 'inactive';

/** What `Leg` adds: whom the far end is joined with, and so what it hears. */
export abstract class Endpoint extends EventEmitter<LegEvents> {
  protected readonly rtp: RtpSession;
  protected readonly own = new OwnAudio();
  protected readonly taps = new Taps();
  protected gainIn = 1;
  protected gainOut = 1;
  readonly #negotiator: Negotiator;

  constructor(socket: Socket, options: LegOptions) {
    super();
    const handlers = {
      tick: (count: number) => this.tick(count),
      digit: (digit: string, durationMs: number) => this.heardDigit(digit, durationMs, 'rtp'),
      firstPacket: () => this.emit('media'),
      timeout: (silentMs: number) => this.emit('timeout', silentMs),
    };
    this.rtp = new RtpSession(socket, handlers, options.mediaTimeoutMs ?? 0);
    const address = options.advertise ?? options.host ?? DEFAULT_HOST;
    this.#negotiator = new Negotiator({
      address,
      port: this.localPort,
      codecs: options.codecs ?? ['PCMU', 'PCMA'],
    });
  }

  protected abstract tick(count: number): void;
  protected abstract heardDigit(digit: string, durationMs: number, via: DtmfDigit['via']): void;

  get localPort(): number {
    return this.rtp.localPort;
  }
  get localSdp(): string | undefined {
    return this.#negotiator.localSdp;
  }
  get remoteSdp(): string | undefined {
    return this.#negotiator.remoteSdp;
  }
  get audio(): NegotiatedAudio | undefined {
    return this.#negotiator.audio;
  }
  get held(): boolean {
    return this.own.held;
  }
  get playing(): boolean {
    return this.own.playing;
  }
  get recordings(): ReadonlyMap<string, Recording> {
    return this.taps.recorders;
  }

  negotiate(offer: string): string {
    const before = this.audio;
    const answer = this.#negotiator.answer(offer);
    this.#configure(before);
    return answer;
  }

  createOffer({ direction }: { direction?: Direction } = {}): string {
    return this.#negotiator.offer(direction);
  }

  applyAnswer(answer: string): void {
    const before = this.audio;
    this.#negotiator.accept(answer);
    this.#configure(before);
  }

  #configure(before: NegotiatedAudio | undefined): void {
    const { audio } = this;
    if (!audio) return;
    this.rtp.configure(audio);
    if (before && isHeldBy(before) !== isHeldBy(audio)) this.emit('remoteHold', isHeldBy(audio));
  }

  play(what: Source | string, options: PlayOptions = {}): Promise<PlayResult> {
    return this.own.play(what, options);
  }
  stopPlay(): void {
    this.own.stopPlay();
  }
  seek(deltaMs: number): void {
    this.own.seek(deltaMs);
  }
  pause(on: boolean): void {
    this.own.pause(on);
  }

  async sendDtmf(digits: string, durationMs = DTMF_MS): Promise<void> {
    if (!/^[0-9*#A-Dw]+$/i.test(digits) || !(durationMs > 0))
      throw new MediaError(
        'bad_argument',
        `"${digits}" for ${durationMs} ms: DTMF is 0-9 * # A-D, and w or W to wait`,
      );
    const ms = Math.max(SHORTEST_DTMF_MS, Math.min(durationMs, LONGEST_DTMF_MS));
    await (this.rtp.hasEvents ? this.rtp.sendDigits(digits, ms) : this.own.playKeys(digits, ms));
  }

  injectDtmf(digit: string, durationMs = DTMF_MS, via: 'info' | 'api' = 'info'): void {
    if (!/^[0-9*#A-D]$/i.test(digit)) throw new MediaError('bad_argument', `"${digit}" is no DTMF digit`);
    this.heardDigit(digit.toUpperCase(), durationMs, via);
  }

  record(path: string, options: RecordOptions = {}): Promise<Recording> {
    return this.taps.record(path, options);
  }

  hold(music: string | null = MUSIC): Promise<void> {
    return this.own.hold(music);
  }
  unhold(): void {
    this.own.unhold();
  }

  detectTone(options: ToneDetectOptions, timeoutMs: number): Promise<boolean> {
    return this.taps.detectTone(options, timeoutMs);
  }

  setAudioLevel(side: 'read' | 'write', level: number | 'mute'): void {
    const gain = level === 'mute' ? 0 : gainOf(level);
    if (side === 'read') this.gainIn = gain;
    else this.gainOut = gain;
  }

  stats(): RtpStats {
    return this.rtp.stats();
  }
}
