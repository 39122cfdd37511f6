// One end of SIP for tests: it sends requests and sees every byte that comes back. Phones, carriers and media servers are
// built on it.
import { EventEmitter, once } from 'node:events';
import {
  type Dialog,
  formatHostPort,
  isRequest,
  newBranch,
  newTag,
  nextHop,
  parseCSeq,
  parseMessage,
  parseVia,
  reasonOf,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  serialize,
  tagOf,
} from '../../rel/embedded/sip/stack/index.ts';
import type { Channel, Place, Way } from './channel.ts';

/** A request that came, to be answered. */
export interface Incoming {
  readonly request: SipRequest;
  /** The To tag of our answers. */
  readonly tag: string;
  readonly from: Place;
  answer(status: number, fields?: Readonly<Record<string, string>>, body?: string, reason?: string): void;
}

/** A request that was sent, and its answers. */
export interface Sent {
  readonly request: SipRequest;
  /** The first answer of this status, also one that came before. */
  status(status: number): Promise<SipResponse>;
  /** The first final answer. */
  readonly final: Promise<SipResponse>;
  /** All answers so far. */
  readonly responses: readonly SipResponse[];
  /** The same bytes once more, as after a loss. */
  repeat(): void;
  cancel(): void;
}

export interface PeerOptions {
  readonly way?: Way;
  readonly edge: Place;
  readonly host?: string;
  readonly port?: number;
}

interface Exchange {
  readonly request: SipRequest;
  readonly to: Place | undefined;
  readonly responses: SipResponse[];
  readonly events: EventEmitter;
}

const protocols: Readonly<Record<Way, string>> = { udp: 'UDP', tcp: 'TCP', tls: 'TLS', ws: 'WS', wss: 'WSS' };
/** Milliseconds after which a test gives up to wait for a message. */
const patience = 8_000;

export class Peer {
  readonly channel: Channel;
  /** Every message that came, as it was on the wire. */
  readonly wire: string[] = [];
  /** Fields of every message that it sends. */
  readonly habits: Record<string, string> = {};
  /** Answers requests of a method by itself; otherwise they wait for `next`. */
  readonly handlers = new Map<string, (incoming: Incoming) => void>();
  readonly #sent = new Map<string, Exchange>();
  readonly #arrived: Incoming[] = [];
  readonly #answered = new Map<string, Buffer[]>();
  /** `request` for each that came. */
  readonly events = new EventEmitter();

  constructor(channel: Channel) {
    this.channel = channel;
  }

  get address(): string {
    return formatHostPort(this.channel.seen.host, this.channel.seen.port);
  }

  /** The Contact of this end, without brackets. */
  contact(user: string): string {
    const { own, way } = this.channel;
    const transport = way === 'udp' ? '' : `;transport=${way === 'wss' ? 'ws' : way}`;
    return `sip:${user}@${formatHostPort(own.host, own.port || undefined)}${transport}`;
  }

  /** Sends a request with a Via of ours. By datagram it goes to `to`, or where its own headers say. */
  send(request: SipRequest, to?: Place): Sent {
    const branch = newBranch();
    const { own, way } = this.channel;
    const via = `SIP/2.0/${protocols[way]} ${formatHostPort(own.host, own.port || undefined)};branch=${branch};rport`;
    request.headers.merge(this.habits).prepend('Via', via);
    const data = serialize(request);
    const repeat = (): void => this.channel.send(data, way === 'udp' ? to : undefined);
    const entry: Exchange = { request, to, responses: [], events: new EventEmitter() };
    this.#sent.set(`${branch} ${request.method}`, entry);
    repeat();
    if (way === 'udp' && request.method !== 'ACK') this.#retransmit(entry, repeat, 500);
    const what = `an answer to ${request.method} ${request.uri}`;
    const wait = (fits: (response: SipResponse) => boolean) =>
      until(entry.events, 'response', () => entry.responses.find(fits), what);
    const final = wait(({ status }) => status >= 200);
    final.catch(() => undefined);
    return {
      request,
      responses: entry.responses,
      status: (status) => wait((response) => response.status === status),
      final,
      repeat,
      cancel: () => this.#hopByHop(entry, 'CANCEL'),
    };
  }

  /** A request within a dialog, by its routes. */
  within(dialog: Dialog, method: string, fields: Readonly<Record<string, string>> = {}, body = ''): Sent {
    return this.sendTo(dialog.request(method, { headers: fields, body }));
  }

  /** Sends where the request's own headers lead: a datagram there, anything else down its connection. */
  sendTo(request: SipRequest): Sent {
    return this.send(request, this.channel.way === 'udp' ? nextHop(request) : undefined);
  }

  /** The next request of a method, also one that came before. */
  async next(method: string): Promise<Incoming> {
    return (await nextOf([this], method)).incoming;
  }

  /** How many requests of a method wait. */
  waiting(method: string): number {
    return this.#arrived.filter(({ request }) => request.method === method).length;
  }

  close(): Promise<void> {
    return this.channel.close();
  }

  /** Takes a request that waits. */
  take(method: string): Incoming | undefined {
    const at = this.#arrived.findIndex(({ request }) => request.method === method);
    return at < 0 ? undefined : this.#arrived.splice(at, 1)[0];
  }

  protected receive(data: Buffer, from: Place): void {
    this.wire.push(data.toString());
    const message = readable(data);
    if (message === undefined) return;
    const { branch, method } = keysOf(message.headers);
    const key = `${branch} ${method}`;
    if (!isRequest(message)) {
      const sent = this.#sent.get(key);
      if (!sent) return;
      sent.responses.push(message);
      if (method === 'INVITE' && message.status >= 300)
        this.#hopByHop(sent, 'ACK', message.headers.get('to'));
      sent.events.emit('response');
      return;
    }
    const before = this.#answered.get(`${key} ${message.method}`);
    if (before !== undefined) {
      for (const answer of before) this.channel.send(answer, from);
      return;
    }
    this.#answered.set(`${key} ${message.method}`, []);
    const incoming = this.#incoming(message, from, `${key} ${message.method}`);
    if (message.method === 'INVITE') incoming.answer(100);
    const handler = this.handlers.get(message.method);
    if (handler) handler(incoming);
    else this.#arrived.push(incoming);
    this.events.emit('request');
  }

  /** RFC 3261 §17.1: again after 0.5, 1 and 2 s without any answer. */
  #retransmit(entry: Exchange, repeat: () => void, after: number): void {
    const timer = setTimeout(() => {
      if (entry.responses.length > 0) return;
      repeat();
      if (after < 2_000) this.#retransmit(entry, repeat, after * 2);
    }, after);
    timer.unref();
  }

  /** ACK of a refusal, and CANCEL: with the Via of the request they belong to (RFC 3261 §9.1, §17.1.1.3). */
  #hopByHop({ request, to }: Exchange, method: 'ACK' | 'CANCEL', toField = request.headers.get('to')): void {
    const headers = request.headers.clone();
    for (const [name] of [...headers])
      if (!/^(via|from|call-id|route|max-forwards)$/i.test(name)) headers.delete(name);
    const { number } = parseCSeq(request.headers.get('cseq') ?? '');
    headers.add('To', toField ?? '').add('CSeq', `${number} ${method}`);
    const data = serialize({ method, uri: request.uri, headers, body: Buffer.alloc(0) });
    this.channel.send(data, this.channel.way === 'udp' ? to : undefined);
  }

  #incoming(request: SipRequest, from: Place, key: string): Incoming {
    const tag = newTag();
    const answer: Incoming['answer'] = (status, fields = {}, body = '', reason = reasonOf(status)) => {
      const headers = request.headers.clone();
      for (const [name] of [...headers])
        if (!/^(via|from|to|call-id|cseq|record-route)$/i.test(name)) headers.delete(name);
      const to = headers.get('to') ?? '';
      if (tagOf(to) === undefined && status > 100) headers.set('To', `${to};tag=${tag}`);
      headers.merge({ ...this.habits, ...fields });
      const data = serialize({ status, reason, headers, body: Buffer.from(body) });
      this.#answered.set(key, [data]);
      this.channel.send(data, from);
    };
    return { request, tag, from, answer };
  }
}

/** The next request of a method at any of these. */
export async function nextOf<P extends Peer>(
  peers: readonly P[],
  method: string,
): Promise<{ readonly peer: P; readonly incoming: Incoming }> {
  const names = peers.map(({ address }) => address).join(' or ');
  const events = new EventEmitter();
  const tell = (): void => void events.emit('request');
  for (const peer of peers) peer.events.on('request', tell);
  const find = () => {
    for (const peer of peers) {
      const incoming = peer.take(method);
      if (incoming) return { peer, incoming };
    }
    return undefined;
  };
  try {
    return await until(events, 'request', find, `${method} at ${names}`);
  } finally {
    for (const peer of peers) peer.events.off('request', tell);
  }
}

/** What answers malformed requests may be malformed itself. */
function readable(data: Buffer): SipMessage | undefined {
  try {
    return parseMessage(data);
  } catch {
    return undefined;
  }
}

function keysOf(headers: SipRequest['headers']): { branch: string; method: string } {
  const branch = parseVia(headers.get('via') ?? '').params.get('branch') ?? '';
  return { branch, method: parseCSeq(headers.get('cseq') ?? '').method };
}

/** Waits until `find` finds something after an event. */
async function until<T>(
  events: EventEmitter,
  name: string,
  find: () => T | undefined,
  what: string,
): Promise<T> {
  const signal = AbortSignal.timeout(patience);
  for (;;) {
    const found = find();
    if (found !== undefined) return found;
    await once(events, name, { signal }).catch(() => {
      throw new Error(`${what} did not come`);
    });
  }
}
