// A plain event-socket client for the conformance suite: it reads the wire itself and keeps every event.

import { connect, type Socket } from 'node:net';

export interface Reply {
  headers: Map<string, string>;
  body: string;
}

export type Fields = Record<string, string>;

interface Waiter {
  wanted: (event: Fields) => boolean;
  resolve: (event: Fields) => void;
}

/** Longest wait for an event or reply; a wait that runs out names what was wanted and what came instead. */
const PATIENCE_MS = 8000;

export class EventClient {
  readonly events: Fields[] = [];
  /** Disconnect notices and other frames that answer no command. */
  readonly notices: Reply[] = [];
  closed = false;
  #socket: Socket;
  #buffer: Buffer = Buffer.alloc(0);
  #replies: ((reply: Reply) => void)[] = [];
  #waiters = new Set<Waiter>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.closed = true;
    });
  }

  /** Connects and, with a password, authenticates. */
  static async open(host: string, port: number, password?: string): Promise<EventClient> {
    const socket = connect(port, host);
    const client = new EventClient(socket);
    const greeting = client.#nextReply();
    await greeting;
    if (password !== undefined) await client.command(`auth ${password}`);
    return client;
  }

  /** Sends raw bytes, without the blank line that ends a command. */
  write(text: string | Buffer): void {
    this.#socket.write(text);
  }

  /** Sends a command; `lines` are its headers. */
  command(command: string, lines: Record<string, string> = {}, body?: string): Promise<Reply> {
    const reply = this.#nextReply();
    const headers = Object.entries(lines).map(([name, value]) => `${name}: ${value}\n`);
    if (body !== undefined) headers.push(`Content-Length: ${Buffer.byteLength(body)}\n`);
    this.#socket.write(`${command}\n${headers.join('')}\n${body ?? ''}`);
    return reply;
  }

  async replyText(command: string, lines: Record<string, string> = {}, body?: string): Promise<string> {
    return (await this.command(command, lines, body)).headers.get('reply-text') ?? '';
  }

  async api(command: string): Promise<string> {
    return (await this.command(`api ${command}`)).body;
  }

  /** Runs an application under the lock and gives its CHANNEL_EXECUTE_COMPLETE. */
  async execute(uuid: string, name: string, args = '', lines: Record<string, string> = {}): Promise<Fields> {
    const id = await this.start(uuid, name, args, lines);
    return this.event('CHANNEL_EXECUTE_COMPLETE', { 'Application-UUID': id });
  }

  /** Sends an application under the lock; resolves with its Application-UUID. */
  async start(uuid: string, name: string, args = '', lines: Record<string, string> = {}): Promise<string> {
    const id = `app-${Math.random().toString(36).slice(2)}`;
    await this.command(`sendmsg ${uuid}`, {
      'call-command': 'execute',
      'execute-app-name': name,
      ...(args ? { 'execute-app-arg': args } : {}),
      'event-uuid': id,
      'event-lock': 'true',
      ...lines,
    });
    return id;
  }

  /** The first event, of those that came and those to come, with this name and these fields. */
  event(name: string, fields: Fields = {}): Promise<Fields> {
    const wanted = (event: Fields) =>
      event['Event-Name'] === name && Object.entries(fields).every(([key, value]) => event[key] === value);
    return this.find(`${name} ${JSON.stringify(fields)}`, wanted);
  }

  find(what: string, wanted: (event: Fields) => boolean): Promise<Fields> {
    const known = this.events.find(wanted);
    if (known) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { wanted, resolve };
      this.#waiters.add(waiter);
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        const names = this.events.map((event) => event['Event-Name']).slice(-25);
        reject(new Error(`no ${what}; the last events were ${names.join(' ')}`));
      }, PATIENCE_MS);
      waiter.resolve = (event) => {
        clearTimeout(timer);
        resolve(event);
      };
    });
  }

  /** How many events of a name have come. */
  count(name: string, fields: Fields = {}): number {
    return this.events.filter(
      (event) =>
        event['Event-Name'] === name && Object.entries(fields).every(([key, value]) => event[key] === value),
    ).length;
  }

  close(): void {
    this.#socket.destroy();
  }

  ended(): Promise<void> {
    if (this.closed) return Promise.resolve();
    return new Promise((resolve) => this.#socket.once('close', () => resolve()));
  }

  #nextReply(): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no reply from the event socket')), PATIENCE_MS);
      this.#replies.push((reply) => {
        clearTimeout(timer);
        resolve(reply);
      });
    });
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const end = this.#buffer.indexOf('\n\n');
      if (end < 0) return;
      const headers = readHeaders(this.#buffer.toString('utf8', 0, end));
      const length = Number(headers.get('content-length') ?? 0);
      if (this.#buffer.length < end + 2 + length) return;
      const body = this.#buffer.toString('utf8', end + 2, end + 2 + length);
      this.#buffer = this.#buffer.subarray(end + 2 + length);
      this.#take({ headers, body });
    }
  }

  #take(frame: Reply): void {
    const type = frame.headers.get('content-type');
    if (type === 'text/event-json') this.#takeEvent(JSON.parse(frame.body) as Fields);
    else if (type === 'text/event-plain') this.#takeEvent(readPlain(frame.body));
    else if (type === 'text/disconnect-notice' || type === 'text/rude-rejection') this.notices.push(frame);
    else this.#replies.shift()?.(frame);
  }

  #takeEvent(event: Fields): void {
    this.events.push(event);
    for (const waiter of this.#waiters) {
      if (!waiter.wanted(event)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(event);
    }
  }
}

function readHeaders(text: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

/** A plain event: url-encoded lines, and after a blank line the body that its own Content-Length measures. */
function readPlain(text: string): Fields {
  const end = text.indexOf('\n\n');
  const fields: Fields = {};
  for (const line of text.slice(0, end < 0 ? undefined : end).split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) fields[line.slice(0, colon)] = decodeURIComponent(line.slice(colon + 2));
  }
  if (fields['Content-Length']) fields['_body'] = text.slice(end + 2);
  return fields;
}
