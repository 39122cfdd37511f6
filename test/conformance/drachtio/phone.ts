// A phone for one test, on our SIP stack: it waits for requests by method and talks to the server under test.

import { once } from 'node:events';
import {
  type ClientTransaction,
  createSipStack,
  Dialog,
  type Flow,
  newRequest,
  nextHop,
  type Protocol,
  type ServerTransaction,
  type SipRequest,
  type SipResponse,
  type SipStack,
} from '../../../rel/embedded/sip/stack/index.ts';
import { serverUnderTest } from './server.ts';

export const SDP =
  'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n';
export const ANSWER = SDP.replace('m=audio 4000', 'm=audio 5000');

export interface Received {
  request: SipRequest;
  transaction: ServerTransaction;
  source: Flow;
}

interface Waiter {
  method: string;
  resolve(received: Received): void;
}

const phones = new Set<Phone>();

/** Closes every phone of the test. */
export async function closePhones(): Promise<void> {
  await Promise.all([...phones].map((phone) => phone.stack.close()));
  phones.clear();
}

export class Phone {
  readonly stack: SipStack;
  readonly protocol: Protocol;
  readonly user: string;
  #waiters: Waiter[] = [];
  #arrived: Received[] = [];

  static async open(user: string, protocol: Protocol = 'udp'): Promise<Phone> {
    const other = protocol === 'udp' ? 'tcp' : 'udp';
    const host = '127.0.0.1';
    const stack = await createSipStack({
      // drachtio-srf writes a Contact without a transport, so a phone on TCP must speak UDP as well.
      listen: [
        { protocol, host, port: 0 },
        { protocol: other, host, port: 0 },
      ],
    });
    const phone = new Phone(user, protocol, stack);
    phones.add(phone);
    return phone;
  }

  private constructor(user: string, protocol: Protocol, stack: SipStack) {
    this.user = user;
    this.protocol = protocol;
    this.stack = stack;
    stack.on('request', (request, transaction, source) => this.#arrive({ request, transaction, source }));
    stack.on('ack', (request, source, transaction) => {
      if (transaction) this.#arrive({ request, source, transaction });
    });
  }

  /** A URI that reaches this phone directly. */
  get uri(): string {
    return this.stack.uriFor(this.protocol, this.user);
  }

  get contact(): string {
    return `<${this.uri}>`;
  }

  /** The next request of a method, also one that came before the call of this function. */
  next(method: string): Promise<Received> {
    const at = this.#arrived.findIndex(({ request }) => request.method === method);
    const [arrived] = at < 0 ? [] : this.#arrived.splice(at, 1);
    if (arrived) return Promise.resolve(arrived);
    return new Promise((resolve) => this.#waiters.push({ method, resolve }));
  }

  /** Whether no request of this method waits to be taken. */
  hasNone(method: string): boolean {
    return this.#arrived.every(({ request }) => request.method !== method);
  }

  /** Sends a request outside any dialog to the server. */
  async send(
    method: string,
    to: string,
    headers: Record<string, string> = {},
    body = '',
  ): Promise<ClientTransaction> {
    const target = (await serverUnderTest()).sip(this.protocol);
    const uri = `sip:${to}@${target.host}:${target.port}`;
    const from = `sip:${this.user}@example.org`;
    const request = newRequest(method, uri, {
      from,
      to: `sip:${to}@example.org`,
      contact: this.uri,
      headers,
      body,
    });
    return this.stack.request(request, { target });
  }

  /** Registers a contact that need not be reachable. */
  async register(contact: string): Promise<SipResponse> {
    const target = (await serverUnderTest()).sip(this.protocol);
    const from = `sip:${this.user}@example.org`;
    const headers = { Contact: contact, Expires: '60' };
    return finalOf(
      this.stack.request(newRequest('REGISTER', 'sip:example.org', { from, to: from, headers }), { target }),
    );
  }

  /** Calls through the server. */
  async call(to: string, headers: Record<string, string> = {}): Promise<OutgoingCall> {
    return new OutgoingCall(
      await this.send('INVITE', to, { 'Content-Type': 'application/sdp', ...headers }, SDP),
    );
  }

  /** Answers an INVITE and gives the callee's end of the dialog. */
  answer({ request, transaction }: Received): Dialog {
    transaction.respond(200, 'OK', {
      headers: { Contact: this.contact, 'Content-Type': 'application/sdp' },
      body: ANSWER,
    });
    return Dialog.fromRequest(request, transaction.localTag, this.contact, 'confirmed');
  }

  /** Sends a request inside a dialog, by its routes, and gives the final response. */
  within(
    dialog: Dialog,
    method: string,
    body = '',
    headers: Record<string, string> = {},
  ): Promise<SipResponse> {
    return finalOf(this.stack.request(dialog.request(method, { body, headers })));
  }

  #arrive(received: Received): void {
    const at = this.#waiters.findIndex(({ method }) => method === received.request.method);
    const [waiter] = at < 0 ? [] : this.#waiters.splice(at, 1);
    if (waiter) waiter.resolve(received);
    else this.#arrived.push(received);
  }
}

/** A call that a phone made, up to its answer. */
export class OutgoingCall {
  readonly transaction: ClientTransaction;
  readonly statuses: number[] = [];

  constructor(transaction: ClientTransaction) {
    this.transaction = transaction;
    transaction.on('response', ({ status }) => this.statuses.push(status));
  }

  /** The first response with this status. */
  status(status: number): Promise<SipResponse> {
    return new Promise((resolve) => {
      this.transaction.on('response', (response) => response.status === status && resolve(response));
    });
  }

  /** Waits for the answer, acknowledges it and gives the caller's end of the dialog. */
  async answered(): Promise<{ dialog: Dialog; response: SipResponse }> {
    const response = await finalOf(this.transaction);
    if (response.status !== 200)
      throw new Error(`the call was answered ${response.status} ${response.reason}`);
    const dialog = Dialog.fromResponse(this.transaction.request, response);
    this.acknowledge(dialog);
    return { dialog, response };
  }

  acknowledge(dialog: Dialog): void {
    const ack = dialog.ack(dialog.localSequence);
    this.transaction.ack(ack, nextHop(ack));
  }
}

/** The final response of a transaction. */
export function finalOf(transaction: ClientTransaction): Promise<SipResponse> {
  return new Promise((resolve) => {
    transaction.on('response', (response) => response.status >= 200 && resolve(response));
  });
}

/** Resolves with the first argument of an event. */
export async function event<T>(emitter: NodeJS.EventEmitter, name: string): Promise<T> {
  const [first] = (await once(emitter, name)) as [T];
  return first;
}
