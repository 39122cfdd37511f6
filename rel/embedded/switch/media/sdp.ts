// Session descriptions (RFC 4566): text to fields and back, as far as audio needs them.
import { isIP } from 'node:net';
import type { Direction } from './contract.ts';
import { MediaError } from './errors.ts';

const MOST_BYTES = 65_536;
const MOST_STREAMS = 32;
const DIRECTIONS: readonly string[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

export interface SdpStream {
  /** `audio`, `video`, … */
  kind: string;
  port: number;
  /** `RTP/AVP`, … */
  protocol: string;
  /** As they stand in the m-line: payload types, for RTP. */
  formats: string[];
  /** Address of this stream, or of the session; undefined when neither names one. */
  address: string | undefined;
  direction: Direction;
  /** Payload type to `NAME/rate`, upper case. */
  encodings: Map<number, string>;
  ptime: number | undefined;
}
export interface Sdp {
  streams: SdpStream[];
}

const malformed = (line: number, what: string): MediaError =>
  new MediaError('sdp_malformed', `SDP line ${line}: ${what}`);

function parseAddress(value: string, line: number): string {
  const [network, type, address = ''] = value.split(' ');
  const host = address.split('/')[0] ?? '';
  if (network !== 'IN' || (type !== 'IP4' && type !== 'IP6') || host === '')
    throw malformed(line, `"c=${value}" should read "c=IN IP4 address"`);
  if (isIP(host) === 0) throw malformed(line, `"${host}" is no IP address; host names are not looked up`);
  return host;
}

function parseStream(
  value: string,
  line: number,
  session: Pick<SdpStream, 'address' | 'direction'>,
): SdpStream {
  const [kind = '', ports = '', protocol = '', ...formats] = value.split(/ +/);
  const port = Number(ports.split('/')[0]);
  if (kind === '' || protocol === '' || formats.length === 0)
    throw malformed(line, `"m=${value}" should read "m=kind port protocol formats"`);
  if (!/^\d+(\/\d+)?$/.test(ports) || port > 65_535) throw malformed(line, `"${ports}" is no port`);
  return { kind, port, protocol, formats, encodings: new Map(), ptime: undefined, ...session };
}

function parseEncoding(value: string, line: number): [number, string] {
  const match = /^rtpmap: *(\d{1,3}) +([^ /]+)\/(\d+)/.exec(value);
  if (!match || Number(match[1]) > 127)
    throw malformed(line, `"a=${value}" should read "a=rtpmap:type name/rate"`);
  return [Number(match[1]), `${match[2]}/${match[3]}`.toUpperCase()];
}

/** Takes in an `a=` line, of a stream or, before the first m-line, of the session. */
function parseAttribute(value: string, line: number, target: SdpStream | Pick<SdpStream, 'direction'>): void {
  if (DIRECTIONS.includes(value)) target.direction = value as Direction;
  if (!('encodings' in target)) return;
  if (value.startsWith('rtpmap:')) target.encodings.set(...parseEncoding(value, line));
  if (value.startsWith('ptime:')) target.ptime = Number.parseInt(value.slice(6), 10) || undefined;
}

/** @throws MediaError `sdp_malformed` with the line and what it should be */
export function parseSdp(text: string): Sdp {
  if (text.length > MOST_BYTES) throw malformed(1, `longer than ${MOST_BYTES} bytes`);
  const lines = text.replace(/\s+$/, '').split(/\r\n|\n|\r/);
  if (lines[0] !== 'v=0') throw malformed(1, 'must be "v=0"');
  const session: Pick<SdpStream, 'address' | 'direction'> = { address: undefined, direction: 'sendrecv' };
  const streams: SdpStream[] = [];
  for (const [index, line] of lines.entries()) {
    const number = index + 1;
    if (!/^[a-z]=/.test(line))
      throw malformed(number, `"${line.slice(0, 40)}" is not of the form letter=value`);
    const value = line.slice(2).trim();
    const target = streams.at(-1) ?? session;
    if (line.startsWith('c=')) target.address = parseAddress(value, number);
    else if (line.startsWith('a=')) parseAttribute(value, number, target);
    else if (line.startsWith('m=')) streams.push(parseStream(value, number, session));
    if (streams.length > MOST_STREAMS) throw malformed(number, `more than ${MOST_STREAMS} streams`);
  }
  if (streams.length === 0) throw malformed(lines.length, 'there is no m-line');
  return { streams };
}

/** What stands in an SDP of ours for its one audio stream. */
export interface LocalAudio {
  address: string;
  port: number;
  protocol: string;
  /** Payload type to `NAME/rate`. */
  encodings: ReadonlyMap<number, string>;
  direction: Direction;
  ptime: number;
}
export interface SdpOrigin {
  sessionId: number;
  /** Goes up with every changed description (RFC 3264 §8). */
  version: number;
}

function audioLines(audio: LocalAudio): string[] {
  const lines = [`m=audio ${audio.port} ${audio.protocol} ${[...audio.encodings.keys()].join(' ')}`];
  for (const [type, encoding] of audio.encodings) {
    lines.push(`a=rtpmap:${type} ${encoding}`);
    if (encoding === 'telephone-event/8000') lines.push(`a=fmtp:${type} 0-15`);
  }
  lines.push(`a=ptime:${audio.ptime}`, `a=${audio.direction}`);
  return lines;
}

/** The text of a description. A stream that is no audio of ours stands with port 0: refused (RFC 3264 §6). */
export function buildSdp(origin: SdpOrigin, streams: readonly (LocalAudio | SdpStream)[]): string {
  const audio = streams.find((stream): stream is LocalAudio => !('kind' in stream));
  const address = audio?.address ?? '127.0.0.1';
  const where = `IN ${isIP(address) === 6 ? 'IP6' : 'IP4'} ${address}`;
  const lines = [
    'v=0',
    `o=mirliton ${origin.sessionId} ${origin.version} ${where}`,
    's=mirliton',
    `c=${where}`,
    't=0 0',
  ];
  for (const stream of streams) {
    if ('kind' in stream) lines.push(`m=${stream.kind} 0 ${stream.protocol} ${stream.formats.join(' ')}`);
    else lines.push(...audioLines(stream));
  }
  return `${lines.join('\r\n')}\r\n`;
}
