// Cuts the byte stream of an event-socket client into commands: a line, headers, a blank line, a body.

/** One command. Header names are lower case; the last of a repeated header wins. */
export interface CommandFrame {
  readonly command: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string | undefined;
}

const MAX_HEADER_BYTES = 1 << 20;
const MAX_BODY_BYTES = 10 << 20;

/** Says why the stream of a client cannot be read any further; the listener closes the connection. */
export class FrameError extends Error {}

/** Feeds bytes, returns the commands completed by them; throws FrameError when the stream is beyond repair. */
export function createFrameReader(): (chunk: Buffer) => CommandFrame[] {
  let buffered: Buffer = Buffer.alloc(0);
  return (chunk) => {
    buffered = buffered.length > 0 ? Buffer.concat([buffered, chunk]) : chunk;
    const frames: CommandFrame[] = [];
    for (;;) {
      const next = cutFrame(buffered);
      buffered = buffered.subarray(next.used);
      if (!next.frame) return frames;
      frames.push(next.frame);
    }
  };
}

function cutFrame(bytes: Buffer): { frame?: CommandFrame; used: number } {
  let start = 0;
  while (bytes[start] === 10 || bytes[start] === 13) start += 1;
  const end = findBlankLine(bytes, start);
  if (end === undefined) {
    if (bytes.length - start > MAX_HEADER_BYTES) {
      throw new FrameError(`command longer than ${MAX_HEADER_BYTES} bytes`);
    }
    return { used: start };
  }
  const [command = '', ...lines] = bytes.toString('utf8', start, end.text).trimEnd().split(/\r?\n/);
  const headers = readHeaders(lines);
  const length = readLength(headers.get('content-length'));
  if (bytes.length < end.next + length) return { used: start };
  const body = length > 0 ? bytes.toString('utf8', end.next, end.next + length) : undefined;
  return { frame: { command, headers, body }, used: end.next + length };
}

function findBlankLine(bytes: Buffer, start: number): { text: number; next: number } | undefined {
  for (let at = bytes.indexOf(10, start); at >= 0; at = bytes.indexOf(10, at + 1)) {
    const after = bytes[at + 1] === 13 ? at + 2 : at + 1;
    if (bytes[after] === 10) return { text: at, next: after + 1 };
  }
  return undefined;
}

function readHeaders(lines: string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

function readLength(value: string | undefined): number {
  const length = value === undefined ? 0 : Number.parseInt(value, 10);
  if (Number.isNaN(length)) return 0;
  if (length < 0 || length > MAX_BODY_BYTES) throw new FrameError(`Content-Length ${value} out of range`);
  return length;
}
