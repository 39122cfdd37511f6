// G.711: tables between 16-bit linear samples, µ-law and A-law (ITU-T G.711).
import type { CodecName, Frame } from './contract.ts';

/** One law's tables. `encode` is indexed by the sample as an unsigned 16-bit number. */
export interface G711Codec {
  readonly name: CodecName;
  /** Static payload type of RFC 3551. */
  readonly payloadType: number;
  /** The byte that stands for silence. */
  readonly silence: number;
  readonly decode: Int16Array;
  readonly encode: Uint8Array;
}

/** µ-law: sign, three bits of segment, four of step; all bits inverted; 33 is the bias of the 14-bit scale. */
function decodeMulaw(byte: number): number {
  const code = ~byte & 0xff;
  const magnitude = ((((code & 0x0f) << 1) + 33) << ((code >> 4) & 7)) - 33;
  return (code & 0x80 ? -magnitude : magnitude) * 4;
}

/** A-law: sign, segment, step; every second bit inverted; segment 0 is linear. */
function decodeAlaw(byte: number): number {
  const code = byte ^ 0x55;
  const segment = (code >> 4) & 7;
  const step = ((code & 0x0f) << 1) + 1;
  const magnitude = segment === 0 ? step : (step + 32) << (segment - 1);
  return (code & 0x80 ? magnitude : -magnitude) * 8;
}

/** The nearest code of every sample; walking both lists in order makes it exact and quick. */
function buildEncoder(decode: Int16Array): Uint8Array {
  const codes = Array.from({ length: 256 }, (_, byte) => byte);
  const level = (index: number): number => decode[codes[index] ?? 0] ?? 0;
  codes.sort((a, b) => (decode[a] ?? 0) - (decode[b] ?? 0));
  const encode = new Uint8Array(65536);
  let at = 0;
  for (let sample = -32768; sample <= 32767; sample++) {
    while (at < 255 && Math.abs(level(at + 1) - sample) <= Math.abs(level(at) - sample)) at++;
    encode[sample & 0xffff] = codes[at] ?? 0;
  }
  return encode;
}

function buildCodec(name: CodecName, payloadType: number, decodeByte: (byte: number) => number): G711Codec {
  const decode = Int16Array.from({ length: 256 }, (_, byte) => decodeByte(byte));
  const encode = buildEncoder(decode);
  return { name, payloadType, silence: encode[0] ?? 0, decode, encode };
}

export const G711: Readonly<Record<CodecName, G711Codec>> = {
  PCMU: buildCodec('PCMU', 0, decodeMulaw),
  PCMA: buildCodec('PCMA', 8, decodeAlaw),
};

const transcode = (from: G711Codec, to: G711Codec): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, byte) => to.encode[(from.decode[byte] ?? 0) & 0xffff] ?? 0);

const TRANSCODE = {
  PCMU: transcode(G711.PCMU, G711.PCMA),
  PCMA: transcode(G711.PCMA, G711.PCMU),
};

/** The table that turns bytes of `from` into the other law: transcoding is one look-up a sample. */
export const transcodingFrom = (from: CodecName): Uint8Array => TRANSCODE[from];

/** Encodes a frame into `out` at `offset`. */
export function encodeInto(codec: G711Codec, frame: Frame, out: Uint8Array, offset: number): void {
  for (let i = 0; i < frame.length; i++) out[offset + i] = codec.encode[(frame[i] ?? 0) & 0xffff] ?? 0;
}

/** Decodes as many bytes as the shorter of the two holds. */
export function decodeInto(codec: G711Codec, bytes: Uint8Array, frame: Frame): void {
  const length = Math.min(bytes.length, frame.length);
  for (let i = 0; i < length; i++) frame[i] = codec.decode[bytes[i] ?? 0] ?? 0;
}
