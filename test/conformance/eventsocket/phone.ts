// A telephone for the conformance suite: SIP on our own stack, sound on our own media engine.

import { randomUUID } from 'node:crypto';
import {
  type ClientTransaction,
  createSipStack,
  Dialog,
  type HeadersInit,
  isInDialog,
  newRequest,
  nextHop,
  type ServerTransaction,
  type SipRequest,
  type SipResponse,
  type SipStack,
} from '../../../rel/embedded/sip/stack/index.ts';
import { type LegOptions, type MediaLeg, openLeg } from '../../../rel/embedded/switch/media/index.ts';

const SDP = { 'Content-Type': 'application/sdp' };
const PATIENCE_MS = 8000;

/** Rejects, naming what was awaited, instead of hanging. */
export function within<T>(what: string, promise: Promise<T>, ms: number = PATIENCE_MS): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what} did not come within ${ms} ms`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** One call of a phone, made or taken. */
export class PhoneCall {
  readonly id: string;
  readonly leg: MediaLeg;
  dialog: Dialog | undefined;
  readonly responses: SipResponse[] = [];
  readonly requests: SipRequest[] = [];
  #phone: Phone;
  #listeners = new Set<() => void>();
  /** Of a call that was made. */
  invite: ClientTransaction | undefined;
  /** Of a call that came in. */
  incoming: ServerTransaction | undefined;

  constructor(phone: Phone, id: string, leg: MediaLeg) {
    this.#phone = phone;
    this.id = id;
    this.leg = leg;
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Resolves with what `find` gives once it gives something. */
  until<T>(what: string, find: () => T | undefined): Promise<T> {
    const found = find();
    if (found !== undefined) return Promise.resolve(found);
    const waiting = new Promise<T>((resolve) => {
      const check = () => {
        const value = find();
        if (value === undefined) return;
        this.#listeners.delete(check);
        resolve(value);
      };
      this.#listeners.add(check);
    });
    return within(what, waiting);
  }

  response(status: number): Promise<SipResponse> {
    return this.until(`response ${status}`, () => this.responses.find((each) => each.status === status));
  }

  request(method: string): Promise<SipRequest> {
    return this.until(`request ${method}`, () => this.requests.find((each) => each.method === method));
  }

  /** Sends a request within the call; resolves with its final response. */
  send(method: string, options: { headers?: HeadersInit; body?: string } = {}): Promise<SipResponse> {
    const { dialog } = this;
    if (!dialog) throw new Error('the call has no dialog');
    const request = dialog.request(method, options);
    const sequence = dialog.localSequence;
    const transaction = this.#phone.stack.request(request);
    const final = new Promise<SipResponse>((resolve) => {
      transaction.on('response', (response) => {
        if (response.status < 200) return;
        if (method === 'INVITE' && response.status < 300) {
          const ack = dialog.ack(sequence);
          transaction.ack(ack, nextHop(ack));
        }
        resolve(response);
      });
    });
    return within(`answer to ${method}`, final);
  }

  /** Puts the other side on hold by a re-INVITE, or takes it off. */
  async hold(on: boolean): Promise<SipResponse> {
    const body = this.leg.createOffer({ direction: on ? 'sendonly' : 'sendrecv' });
    const response = await this.send('INVITE', { headers: SDP, body });
    if (response.status === 200) this.leg.applyAnswer(response.body.toString());
    return response;
  }

  /** Answers a call that came in. */
  respond(
    status: number,
    options: { sdp?: boolean; reason?: string; headers?: Record<string, string> } = {},
  ): void {
    const { incoming } = this;
    if (!incoming) throw new Error('the call was made, it did not come in');
    const contact = { Contact: this.#phone.contact };
    const offer = incoming.request.body.toString();
    const body = options.sdp ? (this.leg.localSdp ?? this.leg.negotiate(offer)) : '';
    const headers = { ...contact, ...(options.sdp ? SDP : {}), ...options.headers };
    if (status >= 200 && status < 300) {
      this.dialog = Dialog.fromRequest(incoming.request, incoming.localTag, this.#phone.contact, 'confirmed');
    }
    incoming.respond(status, options.reason, { headers, body });
  }

  answer(): void {
    this.respond(200, { sdp: true });
  }

  async hangup(headers: HeadersInit = {}): Promise<void> {
    await this.send('BYE', { headers });
  }

  /** Whether this frequency is heard within the time. */
  hears(hertz: number | readonly number[], ms = 4000): Promise<boolean> {
    return this.leg.detectTone({ frequencies: [hertz].flat(), hits: 4 }, ms);
  }

  /** Sounds a tone for a while. */
  async sing(hertz: number, ms = 2000): Promise<void> {
    await this.leg.play(`tone_stream://%(${ms},0,${hertz})`);
  }
}

export class Phone {
  readonly name: string;
  readonly stack: SipStack;
  readonly calls: PhoneCall[] = [];
  #incoming: PhoneCall[] = [];
  #takers: ((call: PhoneCall) => void)[] = [];
  #legOptions: LegOptions;
  #target: { host: string; port: number };

  private constructor(
    name: string,
    stack: SipStack,
    target: { host: string; port: number },
    options: LegOptions,
  ) {
    this.name = name;
    this.stack = stack;
    this.#target = target;
    this.#legOptions = options;
    stack.on('request', (request, transaction) => {
      this.#receive(request, transaction).catch(() => transaction.respond(500));
    });
  }

  /** A phone on a free port of the loopback that calls the switch at `target`. */
  static async open(
    name: string,
    target: { host: string; port: number },
    options: LegOptions = {},
  ): Promise<Phone> {
    const listen = (['udp', 'tcp'] as const).map((protocol) => ({ protocol, host: '127.0.0.1', port: 0 }));
    const stack = await createSipStack({ listen });
    return new Phone(name, stack, target, options);
  }

  get port(): number {
    return this.stack.addresses[0]?.port ?? 0;
  }

  get contact(): string {
    return `<sip:${this.name}@127.0.0.1:${this.port}>`;
  }

  get tcpPort(): number {
    return this.stack.addresses[1]?.port ?? 0;
  }

  /** How the switch calls this phone. */
  get dialString(): string {
    return `sofia/sipinterface_1/${this.name}@127.0.0.1:${this.port}`;
  }

  /** Sends an INVITE; nothing is awaited but its way out. */
  async call(
    number: string,
    options: { headers?: HeadersInit; id?: string; telephoneEvent?: boolean } = {},
  ): Promise<PhoneCall> {
    const leg = await openLeg(this.#legOptions);
    const call = new PhoneCall(this, options.id ?? randomUUID(), leg);
    this.calls.push(call);
    const { host, port } = this.#target;
    const offer = leg.createOffer();
    const sdp = options.telephoneEvent === false ? withoutTelephoneEvent(offer) : offer;
    const request = newRequest('INVITE', `sip:${number}@${host}:${port}`, {
      from: `"Phone ${this.name}" <sip:${this.name}@127.0.0.1>`,
      contact: this.contact,
      headers: [...Object.entries(SDP), ...headerPairs(options.headers)],
      body: sdp,
    });
    request.headers.set('Call-ID', call.id);
    const transaction = this.stack.request(request);
    call.invite = transaction;
    transaction.on('response', (response) => this.#takeResponse(call, request, transaction, response));
    return call;
  }

  /** The next call that comes in; a phone of one's own policy answers it. */
  incoming(): Promise<PhoneCall> {
    const waiting = this.#incoming.shift();
    if (waiting) return Promise.resolve(waiting);
    return within(`call to ${this.name}`, new Promise((resolve) => this.#takers.push(resolve)));
  }

  async close(): Promise<void> {
    for (const call of this.calls) await call.leg.close();
    await this.stack.close();
  }

  #takeResponse(
    call: PhoneCall,
    request: SipRequest,
    transaction: ClientTransaction,
    response: SipResponse,
  ): void {
    if (response.status > 100 && response.status < 300 && response.body.length > 0) {
      call.leg.applyAnswer(response.body.toString());
    }
    if (response.status >= 200 && response.status < 300) {
      call.dialog = Dialog.fromResponse(request, response);
      const ack = call.dialog.ack(call.dialog.localSequence);
      transaction.ack(ack, nextHop(ack));
    }
    call.responses.push(response);
    call.changed();
  }

  /** Takes a re-INVITE: answers its offer, or makes one of its own and takes the answer from the ACK. */
  #renegotiate(call: PhoneCall, request: SipRequest, transaction: ServerTransaction): void {
    const offered = request.body.length > 0;
    const body = offered ? call.leg.negotiate(request.body.toString()) : call.leg.createOffer();
    if (!offered) transaction.once('ack', (ack) => call.leg.applyAnswer(ack.body.toString()));
    transaction.respond(200, undefined, { headers: { ...SDP, Contact: this.contact }, body });
  }

  async #receive(request: SipRequest, transaction: ServerTransaction): Promise<void> {
    const id = request.headers.get('call-id') ?? '';
    const known = this.calls.find((call) => call.id === id);
    if (isInDialog(request)) {
      known?.requests.push(request);
      known?.dialog?.receive(request);
      if (request.method === 'INVITE' && known) this.#renegotiate(known, request, transaction);
      else transaction.respond(known ? 200 : 481);
      known?.changed();
      return;
    }
    if (request.method !== 'INVITE') {
      transaction.respond(200);
      return;
    }
    const call = new PhoneCall(this, id, await openLeg(this.#legOptions));
    call.incoming = transaction;
    call.requests.push(request);
    transaction.on('cancel', (cancel) => {
      transaction.respond(487);
      call.requests.push(cancel);
      call.changed();
    });
    this.calls.push(call);
    const taker = this.#takers.shift();
    if (taker) taker(call);
    else this.#incoming.push(call);
  }
}

/** The offer of a phone that sends its digits by INFO. */
function withoutTelephoneEvent(sdp: string): string {
  const type = /^a=rtpmap:(\d+) telephone-event/im.exec(sdp)?.[1] ?? '101';
  const lines = sdp.split('\r\n').filter((line) => !new RegExp(`^a=(rtpmap|fmtp):${type} `).test(line));
  return lines.map((line) => (line.startsWith('m=') ? line.replace(` ${type}`, '') : line)).join('\r\n');
}

function headerPairs(headers: HeadersInit | undefined): (readonly [string, string])[] {
  if (!headers) return [];
  if (Symbol.iterator in headers) return [...(headers as Iterable<readonly [string, string]>)];
  return Object.entries(headers).map(([name, value]) => [name, String(value)]);
}
