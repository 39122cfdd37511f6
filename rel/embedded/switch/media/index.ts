// The media engine of the embedded switch: RTP, SDP, sources, recording, mixing and one `MediaLeg` per call.
export type * from './contract.ts';
export { MediaError, type MediaErrorCode } from './errors.ts';

import type { LegOptions, MediaLeg, Mixer, Source } from './contract.ts';
import { MediaError } from './errors.ts';

/** Opens a leg's RTP port. @throws MediaError `no_ports` */
export function openLeg(_options?: LegOptions): Promise<MediaLeg> {
  return Promise.reject(new MediaError('bad_argument', 'not built yet'));
}
/**
 * Opens what a path names: a WAV file, `http(s)://` or `http_cache://` WAV, `tone_stream://`, `silence_stream://ms[,noise]`
 * (-1 for ever), `local_stream://`, `file_string://a!b!c`. @throws MediaError `media_not_found` | `media_unsupported` | `media_failed`
 */
export function openSource(path: string): Promise<Source> {
  return Promise.reject(new MediaError('media_not_found', path));
}
/** Speaks text by the machine's espeak-ng. @throws MediaError `speech_unavailable` | `media_failed` */
export function openSpeech(text: string, _voice?: string): Promise<Source> {
  return Promise.reject(new MediaError('speech_unavailable', text));
}
/** A conference of any number of legs. */
export function createMixer(): Mixer {
  throw new MediaError('bad_argument', 'not built yet');
}
