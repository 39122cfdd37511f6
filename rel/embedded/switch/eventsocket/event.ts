// One event of the switch, and its two spellings on the wire: `plain` (url-encoded lines) and `json`.

/** Header values are raw text; an array variable is a list, as FreeSWITCH keeps it. */
export type EventHeaders = Map<string, string | string[]>;

export interface SwitchEvent {
  readonly name: string;
  readonly headers: EventHeaders;
  readonly body: string | undefined;
}

export type EventFormat = 'plain' | 'json';

/** The first value of a header, its name compared without case; undefined when absent. */
export function findHeader(event: SwitchEvent, name: string): string | undefined {
  const exact = event.headers.get(name) ?? findFolded(event.headers, name.toLowerCase());
  return Array.isArray(exact) ? joinArray(exact) : exact;
}

function findFolded(headers: EventHeaders, name: string): string | string[] | undefined {
  for (const [key, value] of headers) if (key.toLowerCase() === name) return value;
  return undefined;
}

/** FreeSWITCH's text form of an array variable: `ARRAY::a|:b`. */
export function joinArray(values: readonly string[]): string {
  return `ARRAY::${values.join('|:')}`;
}

const written = new WeakMap<SwitchEvent, Partial<Record<EventFormat, Buffer>>>();

/** The whole frame of an event, envelope included; made once per event and format however many listen. */
export function eventFrame(event: SwitchEvent, format: EventFormat): Buffer {
  let frames = written.get(event);
  if (!frames) {
    frames = {};
    written.set(event, frames);
  }
  let frame = frames[format];
  if (!frame) {
    const content = Buffer.from(format === 'json' ? writeJson(event) : writePlain(event));
    const envelope = `Content-Length: ${content.length}\nContent-Type: text/event-${format}\n\n`;
    frame = Buffer.concat([Buffer.from(envelope), content]);
    frames[format] = frame;
  }
  return frame;
}

// Piece by piece: an object of a hundred and more keys, made only to be written, costs five times as much.
function writeJson(event: SwitchEvent): string {
  let text = '';
  for (const [name, value] of event.headers) {
    if (event.body !== undefined && name === 'Content-Length') continue;
    text += `${text === '' ? '{' : ','}${quoted(name)}:${JSON.stringify(value)}`;
  }
  if (event.body !== undefined) {
    const length = `"Content-Length":"${Buffer.byteLength(event.body)}"`;
    text += `${text === '' ? '{' : ','}${length},"_body":${JSON.stringify(event.body)}`;
  }
  return `${text === '' ? '{' : text}}`;
}

const quotedNames = new Map<string, string>();

/** Names come again and again, but those of variables are anybody's: so only so many are kept. */
function quoted(name: string): string {
  let text = quotedNames.get(name);
  if (text === undefined) {
    text = JSON.stringify(name);
    if (quotedNames.size < 2_000) quotedNames.set(name, text);
  }
  return text;
}

function writePlain(event: SwitchEvent): string {
  let text = '';
  for (const [name, value] of event.headers) {
    const raw = Array.isArray(value) ? joinArray(value) : value;
    text += `${name}: ${raw === '' ? '_undef_' : urlEncode(raw)}\n`;
  }
  if (event.body === undefined) return `${text}\n`;
  return `${text}Content-Length: ${Buffer.byteLength(event.body)}\n\n${event.body}`;
}

/** FreeSWITCH leaves `/ , $` bare where encodeURIComponent does not; broken surrogates must not throw. */
function urlEncode(value: string): string {
  return encodeURIComponent(Buffer.from(value).toString()).replace(/%2[FC4]/g, (code) =>
    decodeURIComponent(code),
  );
}
