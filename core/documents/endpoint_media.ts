// How a phone or a carrier sends and takes media (contract/couch.md §4): part of several document types.
import { Type } from '../contract/index.ts';
import { oneOf } from './shared.ts';

const audioCodecs = [
  'OPUS',
  'CELT@32000h',
  'G7221@32000h',
  'G7221@16000h',
  'G722',
  'speex@32000h',
  'speex@16000h',
  'PCMU',
  'PCMA',
  'G729',
  'GSM',
  'CELT@48000h',
  'CELT@64000h',
  'G722_16',
  'G722_32',
  'CELT_48',
  'CELT_64',
  'Speex',
  'speex',
];
const videoCodecs = ['H261', 'H263', 'H264', 'VP8'];

/** Whether media goes past the switch. */
export const bypassMedia = oneOf(Type.Boolean(), Type.Enum(['auto', 'false', 'true']));

/** Codecs, encryption and early media. */
export const endpointMedia = Type.Object({
  audio: Type.Optional(
    Type.Object(
      { codecs: Type.Optional(Type.Array(Type.Enum(audioCodecs), { uniqueItems: true })) },
      { default: {} },
    ),
  ),
  bypass_media: Type.Optional(bypassMedia),
  encryption: Type.Optional(
    Type.Object(
      {
        enforce_security: Type.Optional(Type.Boolean({ default: false })),
        methods: Type.Optional(Type.Array(Type.Enum(['zrtp', 'srtp']), { default: [] })),
      },
      { default: {} },
    ),
  ),
  fax_option: Type.Optional(Type.Boolean()),
  ignore_early_media: Type.Optional(Type.Boolean()),
  progress_timeout: Type.Optional(Type.Integer()),
  video: Type.Optional(
    Type.Object(
      { codecs: Type.Optional(Type.Array(Type.Enum(videoCodecs), { default: [], uniqueItems: true })) },
      { default: {} },
    ),
  ),
});
