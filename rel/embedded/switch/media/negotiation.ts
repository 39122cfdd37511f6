// Offer and answer (RFC 3264) for one audio stream of PCMU or PCMA with telephone-event.
import { randomInt } from 'node:crypto';
import { isIP } from 'node:net';
import type { CodecName, Direction, NegotiatedAudio } from './contract.ts';
import { MediaError } from './errors.ts';
import { buildSdp, type LocalAudio, parseSdp, type Sdp, type SdpStream } from './sdp.ts';

const PROTOCOLS: readonly string[] = ['RTP/AVP', 'RTP/AVPF'];
const STATIC: ReadonlyMap<number, string> = new Map([
  [0, 'PCMU/8000'],
  [8, 'PCMA/8000'],
]);
const EVENTS = 'telephone-event/8000';
const EVENTS_TYPE = 101;
const PTIME = 20;
const REVERSED: Readonly<Record<Direction, Direction>> = {
  sendrecv: 'sendrecv',
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  inactive: 'inactive',
};

export interface NegotiatorOptions {
  address: string;
  port: number;
  /** In order of preference: the first that the far end has too is taken (FreeSWITCH's `greedy`). */
  codecs: readonly CodecName[];
}

const unacceptable = (what: string): MediaError => new MediaError('sdp_unacceptable', what);
const isUsable = (stream: SdpStream): boolean =>
  stream.kind === 'audio' && stream.port > 0 && PROTOCOLS.includes(stream.protocol);

/** Payload type of an encoding in a stream's formats, given or static. */
function findType(stream: SdpStream, encoding: string): number | undefined {
  for (const format of stream.formats) {
    const type = Number(format);
    if ((stream.encodings.get(type) ?? STATIC.get(type)) === encoding.toUpperCase()) return type;
  }
  return undefined;
}

function agree(stream: SdpStream, codecs: readonly CodecName[], family: number): NegotiatedAudio {
  const codec = codecs.find((name) => findType(stream, `${name}/8000`) !== undefined);
  const payloadType = codec && findType(stream, `${codec}/8000`);
  if (codec === undefined || payloadType === undefined)
    throw unacceptable(
      `no codec in common: we have ${codecs.join(', ')}, the far end ${stream.formats.join(' ')}`,
    );
  if (stream.address === undefined)
    throw new MediaError('sdp_malformed', 'SDP: the audio stream has no c= line');
  if (isIP(stream.address) !== family)
    throw unacceptable(`the far end's media address ${stream.address} is not of our family, IPv${family}`);
  // The hold of RFC 2543: an address that wants nothing means the same as sendonly.
  const muted = stream.address === '0.0.0.0' && stream.direction === 'sendrecv';
  return {
    codec,
    payloadType,
    dtmfPayloadType: findType(stream, EVENTS),
    remote: { address: stream.address, port: stream.port },
    direction: REVERSED[muted ? 'sendonly' : stream.direction],
    ptime: stream.ptime ?? PTIME,
  };
}

/** One dialog's descriptions: remembers what was agreed and counts the versions. */
export class Negotiator {
  audio: NegotiatedAudio | undefined;
  localSdp: string | undefined;
  remoteSdp: string | undefined;

  readonly #options: NegotiatorOptions;
  readonly #sessionId = randomInt(1, 2 ** 47);
  #version = 0;
  /** The streams of the session in order: they keep their places in every later description (RFC 3264 §8). */
  #streams: readonly SdpStream[] = [];

  constructor(options: NegotiatorOptions) {
    this.#options = options;
  }

  /** The answer to an offer. Nothing changes when it throws. @throws MediaError `sdp_malformed` | `sdp_unacceptable` */
  answer(offer: string): string {
    const { streams } = parseSdp(offer);
    const stream = this.#findAudio(streams);
    this.audio = agree(stream, this.#options.codecs, isIP(this.#options.address));
    this.remoteSdp = offer;
    this.#streams = streams;
    return this.#describe(this.#localAudio(this.audio.direction, stream.protocol));
  }

  /** Our offer: the first of all our codecs, a later one of what was agreed on. */
  offer(direction: Direction = 'sendrecv'): string {
    return this.#describe(this.#localAudio(direction, 'RTP/AVP'));
  }

  /** Takes the answer to our offer. @throws MediaError `sdp_malformed` | `sdp_unacceptable` */
  accept(answer: string): NegotiatedAudio {
    const { streams } = parseSdp(answer);
    const stream = this.#findAudio(streams);
    this.audio = agree(stream, this.#answeredOrder(stream), isIP(this.#options.address));
    this.remoteSdp = answer;
    this.#streams = streams;
    return this.audio;
  }

  /** The answerer's first codec is what it will send, whatever we like best. */
  #answeredOrder(stream: SdpStream): readonly CodecName[] {
    const place = (codec: CodecName): number =>
      stream.formats.indexOf(String(findType(stream, `${codec}/8000`)));
    return this.#options.codecs.filter((codec) => place(codec) >= 0).sort((a, b) => place(a) - place(b));
  }

  #findAudio(streams: Sdp['streams']): SdpStream {
    const stream = streams.find(isUsable);
    if (stream) return stream;
    const seen = streams.map(({ kind, port, protocol }) => `${kind} ${port} ${protocol}`).join('; ');
    throw unacceptable(`no audio stream over ${PROTOCOLS.join(' or ')} with a port: the far end has ${seen}`);
  }

  #localAudio(direction: Direction, protocol: string): LocalAudio {
    const { address, port } = this.#options;
    const encodings = new Map<number, string>();
    if (this.audio) {
      encodings.set(this.audio.payloadType, `${this.audio.codec}/8000`);
      if (this.audio.dtmfPayloadType !== undefined) encodings.set(this.audio.dtmfPayloadType, EVENTS);
    } else {
      for (const codec of this.#options.codecs) encodings.set(codec === 'PCMU' ? 0 : 8, `${codec}/8000`);
      encodings.set(EVENTS_TYPE, EVENTS);
    }
    return { address, port, protocol, encodings, direction, ptime: PTIME };
  }

  #describe(audio: LocalAudio): string {
    const place = this.#streams.findIndex(isUsable);
    const streams =
      place < 0 ? [audio] : this.#streams.map((stream, index) => (index === place ? audio : stream));
    this.#version++;
    this.localSdp = buildSdp({ sessionId: this.#sessionId, version: this.#version }, streams);
    return this.localSdp;
  }
}
