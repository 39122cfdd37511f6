// A conference: every member hears all the others (N-1), with gains, mutes, relations and who is talking.
import { EventEmitter } from 'node:events';
import type {
  Frame,
  Member,
  MemberOptions,
  Mixer,
  MixerEvents,
  PlayResult,
  Recording,
  RecordOptions,
  Source,
} from './contract.ts';
import { MediaError } from './errors.ts';
import { amplify, energyOf, FRAME_SAMPLES, gainOf, newFrame, SILENCE, saturate } from './frame.ts';
import { Playback } from './playback.ts';
import { openRecorder, type Recorder } from './recorder.ts';
import { openSource } from './sources.ts';

/** A member that was talking is still mixed, and counts as talking, for this many frames of less energy. */
const HANG_OVER = 25;
const DEFAULT_ENERGY = 100;

/** What the mixer needs of a leg. */
export interface MixerLeg {
  /** What the far end says in tick `count`. */
  readFrame(count: number): Frame;
  leaveMixer(): void;
}

/** One leg's place in the mix. `L` is the leg's public type, which the contract names. */
export class MixerMember implements Member {
  readonly leg: Member['leg'];
  readonly settings: Required<MemberOptions>;
  readonly #reader: MixerLeg;
  /** What it contributes in the current tick. */
  readonly voice = newFrame();
  /** The members that it does not hear. */
  readonly unheard = new Set<MixerMember>();
  playback: Playback | undefined;
  talking = false;
  energy = 0;
  mixed = false;
  left = false;
  #quiet = HANG_OVER;

  constructor(leg: Member['leg'] & MixerLeg, options: MemberOptions) {
    this.leg = leg;
    this.#reader = leg;
    this.settings = {
      mute: false,
      deaf: false,
      energyLevel: DEFAULT_ENERGY,
      volumeIn: 0,
      volumeOut: 0,
      ...options,
    };
  }

  /** Reads this tick's voice; true when the member began or ceased to talk. */
  listen(count: number): boolean {
    this.voice.set(this.#reader.readFrame(count));
    amplify(this.voice, gainOf(this.settings.volumeIn));
    this.energy = energyOf(this.voice);
    this.#quiet = this.energy >= this.settings.energyLevel ? 0 : this.#quiet + 1;
    const talking = this.#quiet < HANG_OVER;
    this.mixed = talking && !this.settings.mute;
    const changed = talking !== this.talking;
    this.talking = talking;
    return changed;
  }

  async play(what: Source | string): Promise<PlayResult> {
    const source = typeof what === 'string' ? await openSource(what) : what;
    this.playback?.end('stopped');
    const playback = new Playback(source);
    // Nobody reads for one who has left.
    if (this.left) playback.end('stopped');
    else this.playback = playback;
    return playback.finished;
  }

  leave(): void {
    this.#reader.leaveMixer();
  }
}

/** The mix is made once a tick, when the first member asks for its part. */
export class Conference extends EventEmitter<MixerEvents> implements Mixer {
  readonly members = new Set<MixerMember>();
  readonly #sum = new Int32Array(FRAME_SAMPLES);
  readonly #announcement = newFrame();
  readonly #total = newFrame();
  readonly #one = newFrame();
  readonly #queue: Playback[] = [];
  readonly #recorders = new Set<Recorder>();
  #tick = -1;
  #closed = false;

  add(leg: Member['leg'] & MixerLeg, options: MemberOptions = {}): MixerMember {
    if (this.#closed) throw new MediaError('bad_argument', 'the conference has been closed');
    const member = new MixerMember(leg, options);
    this.members.add(member);
    return member;
  }

  remove(member: MixerMember): void {
    if (!this.members.delete(member)) return;
    member.left = true;
    member.playback?.end('stopped');
    for (const other of this.members) other.unheard.delete(member);
    if (member.talking) this.emit('talking', member, false);
    // Without members nobody asks for a mix, and what waits for one would wait for ever.
    if (this.members.size === 0) this.stopPlay(true);
  }

  /** Fills `frame` with what `member` hears in tick `count`. */
  frameFor(member: MixerMember, count: number, frame: Frame): void {
    if (count !== this.#tick) this.#mix(count);
    frame.fill(0);
    if (!member.settings.deaf) {
      for (let i = 0; i < FRAME_SAMPLES; i++) {
        let value = this.#sum[i] ?? 0;
        if (member.mixed) value -= member.voice[i] ?? 0;
        for (const other of member.unheard) if (other.mixed) value -= other.voice[i] ?? 0;
        frame[i] = saturate(value);
      }
      amplify(frame, gainOf(member.settings.volumeOut));
    }
    if (!member.playback) return;
    if (!member.playback.read(this.#one)) member.playback = undefined;
    for (let i = 0; i < FRAME_SAMPLES; i++) frame[i] = saturate((frame[i] ?? 0) + (this.#one[i] ?? 0));
  }

  async play(what: Source | string): Promise<PlayResult> {
    const source = typeof what === 'string' ? await openSource(what) : what;
    const playback = new Playback(source);
    if (this.#closed || this.members.size === 0) playback.end('stopped');
    else this.#queue.push(playback);
    return playback.finished;
  }

  stopPlay(all = false): void {
    for (const playback of this.#queue.splice(0, all ? undefined : 1)) playback.end('stopped');
  }

  async record(path: string, options: RecordOptions = {}): Promise<Recording> {
    const recorder = await openRecorder(path, { ...options, sides: 'read' });
    this.#recorders.add(recorder);
    recorder.finished.then(() => this.#recorders.delete(recorder)).catch(() => {});
    if (this.#closed) recorder.end('closed');
    return recorder;
  }

  relate(member: Member, other: Member, how: 'nohear' | 'nospeak' | 'clear'): void {
    const one = this.#own(member);
    const two = this.#own(other);
    if (how === 'nohear') one.unheard.add(two);
    else if (how === 'nospeak') two.unheard.add(one);
    else {
      one.unheard.delete(two);
      two.unheard.delete(one);
    }
  }

  close(): void {
    this.#closed = true;
    this.stopPlay(true);
    for (const member of [...this.members]) member.leave();
    for (const recorder of this.#recorders) recorder.end('closed');
  }

  #own(member: Member): MixerMember {
    if (member instanceof MixerMember && this.members.has(member)) return member;
    throw new MediaError('bad_argument', 'this member is not, or no longer, in the conference');
  }

  #mix(count: number): void {
    this.#tick = count;
    this.#sum.fill(0);
    for (const member of this.members) {
      if (member.listen(count)) this.emit('talking', member, member.talking);
      if (member.mixed) this.#add(member.voice);
    }
    if (this.#queue[0]) {
      if (!this.#queue[0].read(this.#announcement)) this.#queue.shift();
      this.#add(this.#announcement);
    }
    if (this.#recorders.size === 0) return;
    for (let i = 0; i < FRAME_SAMPLES; i++) this.#total[i] = saturate(this.#sum[i] ?? 0);
    for (const recorder of this.#recorders) recorder.push(this.#total, SILENCE);
  }

  #add(frame: Frame): void {
    for (let i = 0; i < FRAME_SAMPLES; i++) this.#sum[i] = (this.#sum[i] ?? 0) + (frame[i] ?? 0);
  }
}

/** A conference of any number of legs. */
export const createMixer = (): Mixer => new Conference();
