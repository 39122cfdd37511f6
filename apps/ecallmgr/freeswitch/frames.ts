// Frames of the event socket: modesl cuts the stream, decoding is ours so that no peer can end the process with a bad one.
import { EventEmitter } from 'node:events';
import modesl from 'modesl';
import { AppError } from '../../../core/errors/index.ts';

/** One frame: `contentType` says what it is, `body` is what follows its headers. */
export interface Frame {
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

// A listing of ten thousand channels is about 10 MB.
const bodyLimit = 64 * 1024 * 1024;
const headLimit = 64 * 1024;

export interface FrameReader {
  /** Takes what the socket read. Throws `invalid_message` when the stream cannot be understood any more. */
  read(chunk: Buffer): void;
}

/**
 * Reads frames. modesl's own decoding is replaced on the instance: it throws on a bad percent sequence (node-esl 59),
 * believes any Content-Length, and emits what is not JSON as an error and as an event.
 */
export function frameReader(onFrame: (frame: Frame) => void): FrameReader {
  const source = new EventEmitter();
  const parser = new modesl.Parser(source);
  let waitsForBody = false;
  parser._parseHeaderText = (text) => {
    const headers = headersOf(text);
    const length = headers['Content-Length'];
    if (length === undefined) return headers;
    if (!/^\d{1,9}$/.test(length) || Number(length) > bodyLimit)
      throw new AppError('invalid_message', {
        message: `the switch announced a body of ${length.slice(0, 40)} bytes`,
      });
    // modesl takes a frame with the length 0 for one without a body.
    waitsForBody = Number(length) > 0;
    return { ...headers, 'Content-Length': Number(length) };
  };
  parser._parseEvent = (given, body = '') => {
    waitsForBody = false;
    const headers = given as Record<string, string>;
    onFrame({ contentType: headers['Content-Type'] ?? '', headers, body });
  };
  return {
    read: (chunk) => {
      source.emit('data', chunk);
      if (!waitsForBody && parser.buffer.length > headLimit)
        throw new AppError('invalid_message', {
          message: 'the switch sent headers without an end; is this its event socket?',
        });
    },
  };
}

function headersOf(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) headers[line.slice(0, colon)] = decode(line.slice(colon + 2));
  }
  return headers;
}

/** Percent-decodes, or leaves the text as it came when it is not percent-encoded after all. */
export function decode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
