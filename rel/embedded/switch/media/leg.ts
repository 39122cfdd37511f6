// One call's media: what the far end hears is chosen here every 20 ms, what it says is handed to whoever listens.
import type { Socket } from 'node:dgram';
import type { DtmfDigit, Frame, LegOptions, MediaLeg, MemberOptions, Mixer } from './contract.ts';
import { DtmfDetector } from './detect.ts';
import { DEFAULT_HOST, Endpoint } from './endpoint.ts';
import { MediaError } from './errors.ts';
import { amplify, mixInto, newFrame } from './frame.ts';
import { Conference, type MixerMember } from './mixer.ts';
import { openRtpSocket } from './rtpSocket.ts';

type EavesdropMode = 'listen' | 'whisper' | 'full';

class Leg extends Endpoint implements MediaLeg {
  readonly #idle: 'silence' | 'nothing';
  readonly #dtmfDetector: DtmfDetector | undefined;

  // Whom the far end is joined with: at most one of a conference, a call it eavesdrops on, itself, another leg.
  #place: { conference: Conference; member: MixerMember } | undefined;
  #target: Leg | undefined;
  #echo = false;
  #peer: Leg | undefined;
  readonly #spies = new Map<Leg, EavesdropMode>();

  readonly #in = newFrame();
  #inTick = -1;
  readonly #out = newFrame();
  #closing: Promise<void> | undefined;

  constructor(socket: Socket, options: LegOptions) {
    super(socket, options);
    this.#idle = options.idle ?? 'silence';
    if (options.inbandDtmf)
      this.#dtmfDetector = new DtmfDetector((digit, durationMs) =>
        this.heardDigit(digit, durationMs, 'inband'),
      );
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }
  get bridgedTo(): MediaLeg | undefined {
    return this.#peer;
  }
  protected heardDigit(digit: string, durationMs: number, via: DtmfDigit['via']): void {
    this.emit('dtmf', { digit, durationMs, via });
    this.own.digit(digit);
    this.taps.digit(digit);
    const peer = this.#peer;
    if (!peer || this.held || peer.held) return;
    // It has gone over already, as packets or in the audio.
    const relayed = this.rtp.relayTo === peer.rtp && peer.rtp.hasEvents;
    if ((via === 'rtp' && relayed) || via === 'inband') return;
    peer.sendDtmf(digit, durationMs || undefined).catch((error: Error) => process.emitWarning(error));
  }

  bridgeTo(other: MediaLeg): void {
    const peer = asLeg(other);
    if (peer === this) throw new MediaError('bad_argument', 'a leg cannot be bridged to itself');
    this.#checkOpen('bridge');
    peer.#checkOpen('bridge');
    if (this.#peer === peer) return;
    this.#leaveAll();
    peer.#leaveAll();
    this.#peer = peer;
    peer.#peer = this;
    this.#route();
    peer.#route();
  }

  unbridge(): void {
    const peer = this.#peer;
    if (!peer) return;
    for (const leg of [this, peer]) {
      leg.#peer = undefined;
      leg.rtp.relayTo = undefined;
    }
  }

  joinMixer(mixer: Mixer, options: MemberOptions = {}): MixerMember {
    if (!(mixer instanceof Conference))
      throw new MediaError('bad_argument', 'the mixer is not one of createMixer');
    this.#checkOpen('join the conference');
    this.#leaveAll();
    const member = mixer.add(this, options);
    this.#place = { conference: mixer, member };
    return member;
  }

  leaveMixer(): void {
    const place = this.#place;
    this.#place = undefined;
    place?.conference.remove(place.member);
  }

  echo(on: boolean): void {
    if (on) this.#leaveAll();
    this.#echo = on;
  }

  park(): void {
    this.stopPlay();
    this.#leaveAll();
  }

  eavesdrop(target: MediaLeg, mode: EavesdropMode | 'none' = 'listen'): void {
    const leg = asLeg(target);
    if (leg === this) throw new MediaError('bad_argument', 'a leg cannot eavesdrop on itself');
    if (mode === 'none') {
      this.#stopSpying();
      return;
    }
    this.#checkOpen('eavesdrop');
    leg.#checkOpen('eavesdrop');
    this.#leaveAll();
    this.#target = leg;
    leg.#spies.set(this, mode);
  }

  #stopSpying(): void {
    const target = this.#target;
    this.#target = undefined;
    if (target) target.#spies.delete(this);
  }

  #leaveAll(): void {
    this.unhold();
    this.unbridge();
    this.leaveMixer();
    this.#stopSpying();
    this.#echo = false;
  }

  #checkOpen(what: string): void {
    if (this.closed) throw new MediaError('leg_closed', `cannot ${what}: a leg has been closed`);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // A turn later `closed` is true: whoever is called from here sees a closed leg.
    await Promise.resolve();
    this.own.close();
    this.#leaveAll();
    for (const spy of [...this.#spies.keys()]) spy.#stopSpying();
    await Promise.all([this.rtp.close(), this.taps.close()]);
    this.emit('closed');
  }

  /** What the far end says in tick `count`: decoded once, for whoever asks. Not to be written into. */
  readFrame(count: number): Frame {
    if (count === this.#inTick) return this.#in;
    this.#inTick = count;
    this.rtp.readFrame(this.#in);
    amplify(this.#in, this.gainIn);
    return this.#in;
  }

  protected tick(count: number): void {
    this.#route();
    const peer = this.#peer;
    const relayed = peer ? peer.#mayRelayTo(this) : false;
    const tapped = this.taps.any || this.#spies.size > 0;
    // The usual bridge: packets go by as they come, and nothing is left to do.
    if (relayed && !tapped && !this.#dtmfDetector) return;
    const heard = this.#fill(count);
    if (!heard) this.rtp.skipFrame();
    else if (!relayed) {
      amplify(this.#out, this.gainOut);
      this.rtp.sendFrame(this.#out);
    }
    if (tapped) this.taps.push(this.readFrame(count), this.#out);
    this.#dtmfDetector?.push(this.readFrame(count));
  }

  /** Derived anew in every tick rather than kept right by everything that has a say in it. */
  #route(): void {
    const peer = this.#peer;
    this.rtp.relayTo = peer && this.#mayRelayTo(peer) ? peer.rtp : undefined;
  }

  /** Packets may go by untouched: nobody is held, nothing is played over there, no voice is added, no gain set. */
  #mayRelayTo(peer: Leg): boolean {
    const plain = this.gainIn === 1 && peer.gainOut === 1 && !this.held && !peer.held;
    return plain && !peer.own.any && !peer.#hasWhisper();
  }

  #hasWhisper(): boolean {
    for (const mode of this.#spies.values()) if (mode !== 'listen') return true;
    if (!this.#peer) return false;
    for (const mode of this.#peer.#spies.values()) if (mode === 'full') return true;
    return false;
  }

  /** Puts what the far end is to hear into `#out`; false when it is nothing at all. */
  #fill(count: number): boolean {
    const out = this.#out;
    if (this.own.read(out)) return true;
    const joined = this.#fillFromOthers(count, out);
    if (!joined) out.fill(0);
    const whispered = this.#hasWhisper();
    if (whispered) this.#addWhispers(count, out);
    return joined || whispered || this.#idle === 'silence';
  }

  #fillFromOthers(count: number, out: Frame): boolean {
    if (this.#place) this.#place.conference.frameFor(this.#place.member, count, out);
    else if (this.#target) {
      out.set(this.#target.readFrame(count));
      mixInto(out, this.#target.#out);
    } else if (this.#echo) out.set(this.readFrame(count));
    else if (this.#peer && !this.held && !this.#peer.held) out.set(this.#peer.readFrame(count));
    else return false;
    return true;
  }

  #addWhispers(count: number, out: Frame): void {
    for (const [spy, mode] of this.#spies) if (mode !== 'listen') mixInto(out, spy.readFrame(count));
    if (!this.#peer) return;
    for (const [spy, mode] of this.#peer.#spies) if (mode === 'full') mixInto(out, spy.readFrame(count));
  }
}

function asLeg(leg: MediaLeg): Leg {
  if (leg instanceof Leg) return leg;
  throw new MediaError('bad_argument', 'the leg is not one of openLeg');
}

/** Opens a leg: its RTP port is bound, nothing is sent before SDP says where to. @throws MediaError `no_ports` */
export async function openLeg(options: LegOptions = {}): Promise<MediaLeg> {
  return new Leg(await openRtpSocket(options.host ?? DEFAULT_HOST, options.portRange), options);
}
