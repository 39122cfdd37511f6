// The contract of the media engine: what call control may ask of a call's media, and what it hears back.
import type { EventEmitter } from 'node:events';

/** 20 ms of 16-bit linear mono audio at 8 kHz: 160 samples. Frames are reused: copy one to keep it. */
export type Frame = Int16Array;
export type CodecName = 'PCMU' | 'PCMA';
/** Seen from the side whose SDP says it (RFC 3264). */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** Something that yields frames. */
export interface Source {
  /** Fills `frame`; false when the source has ended (then `frame` holds silence). Never throws, never waits. */
  read(frame: Frame): boolean;
  /** Moves by `deltaMs` within the source, kept within its ends. Absent where it has no meaning. */
  seek?(deltaMs: number): void;
  /** Plays from the start again. Absent where the source cannot. */
  rewind?(): void;
  close(): void;
}

/** What an offer and its answer agreed on. */
export interface NegotiatedAudio {
  codec: CodecName;
  /** 0 for PCMU and 8 for PCMA unless the offer mapped them otherwise. */
  payloadType: number;
  /** Payload type of telephone-event (RFC 4733); undefined when the far end has none. */
  dtmfPayloadType: number | undefined;
  /** Where the far end wants its packets; port 0 or 0.0.0.0: nowhere (old-style hold). */
  remote: { address: string; port: number };
  /** Our direction: what we may do. `sendonly` means that the far end holds nothing of ours back but sends nothing. */
  direction: Direction;
  ptime: number;
}

export interface DtmfDigit {
  /** One of 0-9 * # A-D. */
  digit: string;
  durationMs: number;
  via: 'rtp' | 'info' | 'inband' | 'api';
}

export interface LegEvents {
  /** A digit from the far end, once per key press, at its end. */
  dtmf: [DtmfDigit];
  /** The first packet of the far end has come. */
  media: [];
  /** Nothing came for `silentMs`; once per silence, only while the far end is expected to send. */
  timeout: [silentMs: number];
  /** The far end's SDP put us on hold, or took us off it. */
  remoteHold: [held: boolean];
  closed: [];
}

export interface LegOptions {
  /** Address to bind and to write in SDP. Default 127.0.0.1. */
  host?: string;
  /** Address to write in SDP when it differs from `host` (NAT). */
  advertise?: string;
  /** Lowest and highest RTP port, even ports are taken; default: whatever the system gives. */
  portRange?: readonly [low: number, high: number];
  /** In order of preference. Default PCMU, PCMA. */
  codecs?: readonly CodecName[];
  /** What a leg with nothing to play sends: comfort silence, or nothing. Default `silence`. */
  idle?: 'silence' | 'nothing';
  /** After how long without a packet `timeout` is emitted; 0 never. Default 0. */
  mediaTimeoutMs?: number;
  /** Also finds DTMF in the audio, for far ends without telephone-event. Default false. */
  inbandDtmf?: boolean;
}

export interface PlayOptions {
  /** Digits that end the playback, for instance `#` or `any`; default none. */
  terminators?: string;
  /** How many times; 0 means for ever. Default 1. */
  loops?: number;
}
export interface PlayResult {
  reason: 'done' | 'dtmf' | 'stopped';
  /** The digit that ended it, with reason `dtmf`. */
  digit?: string;
  playedMs: number;
}

export interface RecordOptions {
  /** `read`: what the far end says; `both`: the conversation, mixed; `stereo`: left the far end, right what it hears. Default `both`. */
  sides?: 'read' | 'both' | 'stereo';
  /** Default 8000. */
  sampleRate?: 8000 | 16000;
  append?: boolean;
  /** Stops by itself after so long; 0 never. */
  limitMs?: number;
  /** A shorter recording is deleted when it stops. */
  minMs?: number;
  /** Stops after `seconds` of energy (mean absolute sample) under `threshold` (FreeSWITCH's `thresh` and `hits`). */
  silence?: { threshold: number; seconds: number };
  /** Digits that stop it, or `any`. */
  terminators?: string;
  /** Nothing is written, and no time counts, while it says no. */
  when?: () => boolean;
}
export interface RecordResult {
  path: string;
  reason: 'stopped' | 'limit' | 'silence' | 'dtmf' | 'closed' | 'failed';
  digit?: string;
  ms: number;
  bytes: number;
  /** True when it was shorter than `minMs` and the file has been removed. */
  discarded: boolean;
  /** With reason `failed`. */
  error?: Error;
}
export interface Recording {
  readonly path: string;
  /** Settles when the file is complete on the disk; never rejects. */
  readonly finished: Promise<RecordResult>;
  stop(): Promise<RecordResult>;
  /** While masked, silence is written. */
  mask(on: boolean): void;
  pause(on: boolean): void;
}

export interface RtpStats {
  packetsIn: number;
  packetsOut: number;
  bytesIn: number;
  bytesOut: number;
  /** Packets that the sequence numbers say were sent to us and never came. */
  lost: number;
  /** Not RTP, of an unknown payload type, or of a stranger. */
  dropped: number;
  /** Packets that came too late or twice. */
  late: number;
  /** `performance.now()` of the last packet; 0 before the first. */
  lastInAt: number;
  /** Where packets go now: the SDP's address until symmetric RTP has learned another. */
  remote: { address: string; port: number } | undefined;
}

export interface MemberOptions {
  mute?: boolean;
  deaf?: boolean;
  /** Energy (mean absolute sample) above which the member talks; under it the member is not mixed. Default 100. */
  energyLevel?: number;
  /** Gain steps of 3 dB each, -4 to 4 as FreeSWITCH's volume_in / volume_out. */
  volumeIn?: number;
  volumeOut?: number;
}
export interface MixerEvents {
  /** Energy went over the member's level, or stayed under it for half a second. */
  talking: [member: Member, talking: boolean];
}
/** One leg's place in a conference. */
export interface Member {
  readonly leg: MediaLeg;
  /** May be changed at any time. */
  readonly settings: Required<MemberOptions>;
  readonly talking: boolean;
  /** Mean absolute sample of the last frame. */
  readonly energy: number;
  /** Plays to this member alone, over the conference. */
  play(source: Source | string): Promise<PlayResult>;
  leave(): void;
}
export interface Mixer extends EventEmitter<MixerEvents> {
  readonly members: ReadonlySet<Member>;
  /** Plays to everybody; one at a time, a second one waits. */
  play(source: Source | string): Promise<PlayResult>;
  stopPlay(all?: boolean): void;
  record(path: string, options?: Omit<RecordOptions, 'sides' | 'terminators'>): Promise<Recording>;
  /** `nohear`: `member` does not hear `other`; `nospeak`: `other` does not hear `member`; `clear`: both end. */
  relate(member: Member, other: Member, how: 'nohear' | 'nospeak' | 'clear'): void;
  close(): void;
}

export interface ToneDetectOptions {
  /** Hertz; all of them must sound at once. */
  frequencies: readonly number[];
  /** `read`: what the far end sends; `write`: what is sent to it. Default `read`. */
  side?: 'read' | 'write';
  /** So many consecutive 20 ms frames. Default 4. */
  hits?: number;
}

/** The media of one call: an RTP session, what is played to it, recorded from it and joined with it. */
export interface MediaLeg extends EventEmitter<LegEvents> {
  readonly localPort: number;
  readonly localSdp: string | undefined;
  readonly remoteSdp: string | undefined;
  readonly audio: NegotiatedAudio | undefined;
  readonly closed: boolean;
  readonly bridgedTo: MediaLeg | undefined;
  readonly held: boolean;
  readonly playing: boolean;
  readonly recordings: ReadonlyMap<string, Recording>;

  /** Answers an offer (also a later one: re-INVITE, hold). From now on audio goes out: call it when the answer is sent. @throws MediaError `sdp_malformed` | `sdp_unacceptable` */
  negotiate(offer: string): string;
  /** Our offer; `direction` default sendrecv, `sendonly` to hold the far end. */
  createOffer(options?: { direction?: Direction }): string;
  /** Takes the answer to our offer; may be called again (early media of several forks). @throws MediaError as `negotiate` */
  applyAnswer(answer: string): void;

  /**
   * Plays a source, or a path as `openSource` takes it. What was playing before is stopped. It is heard instead of the
   * bridge, the conference or the echo. Resolves when it ends, also when the leg closes (`stopped`).
   * @throws MediaError when the path cannot be opened; nothing has been heard then
   */
  play(source: Source | string, options?: PlayOptions): Promise<PlayResult>;
  stopPlay(): void;
  seek(deltaMs: number): void;
  pause(on: boolean): void;

  /** Digits 0-9 * # A-D; `w` waits 500 ms, `W` 1 s. Falls back to tones in the audio where the far end has no telephone-event. */
  sendDtmf(digits: string, durationMs?: number): Promise<void>;
  /** A digit that came another way (SIP INFO, uuid_recv_dtmf): goes the way of one from RTP, over the bridge too. */
  injectDtmf(digit: string, durationMs?: number, via?: 'info' | 'api'): void;

  /** @throws MediaError `media_failed` when the file cannot be opened; `bad_argument` when it is already being recorded */
  record(path: string, options?: RecordOptions): Promise<Recording>;

  /** Joins the two: whoever each was joined with before is let go, a hold ends. Joined already, nothing changes. */
  bridgeTo(other: MediaLeg): void;
  unbridge(): void;
  /**
   * This party hears `music` (default local_stream://default; null: silence) and its peer no longer hears it.
   * @throws MediaError when the music cannot be opened; the party is held all the same, in silence
   */
  hold(music?: string | null): Promise<void>;
  unhold(): void;

  joinMixer(mixer: Mixer, options?: MemberOptions): Member;
  leaveMixer(): void;
  /** The far end hears itself. Ends bridge and conference. */
  echo(on: boolean): void;
  /** Nothing but idle audio: ends play, bridge, conference and echo. */
  park(): void;
  /** Hears both sides of `target`; `whisper`: the target hears us, `full`: its peer too. `none` ends it. */
  eavesdrop(target: MediaLeg, mode?: 'listen' | 'whisper' | 'full' | 'none'): void;

  /** Resolves with true when the tones were heard, false at the timeout or when the leg closed. */
  detectTone(options: ToneDetectOptions, timeoutMs: number): Promise<boolean>;
  /** `uuid_audio`: gain steps as `MemberOptions`; `mute` sends or reads silence. */
  setAudioLevel(side: 'read' | 'write', level: number | 'mute'): void;
  stats(): RtpStats;
  /** Stops all of it and frees the port; recordings are complete when it resolves. */
  close(): Promise<void>;
}
