// The errors of the media engine: what is wrong, told by a code that call control maps to SIP and event-socket answers.

/**
 * `sdp_malformed` the text is no SDP (SIP 400) · `sdp_unacceptable` no audio stream or codec in common (SIP 488) ·
 * `media_not_found` the file or URL is not there · `media_unsupported` a path or a coding that is not known ·
 * `media_failed` reading, fetching or writing failed · `speech_unavailable` no speech engine on this machine ·
 * `no_ports` every RTP port of the range is taken · `leg_closed` the leg has been closed · `bad_argument` a caller's mistake.
 */
export type MediaErrorCode =
  | 'sdp_malformed'
  | 'sdp_unacceptable'
  | 'media_not_found'
  | 'media_unsupported'
  | 'media_failed'
  | 'speech_unavailable'
  | 'no_ports'
  | 'leg_closed'
  | 'bad_argument';

/** An error of the media engine. Compare by `code`, never by text. */
export class MediaError extends Error {
  readonly code: MediaErrorCode;

  constructor(code: MediaErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'MediaError';
    this.code = code;
  }
}
