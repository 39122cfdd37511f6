// Server transactions, INVITE and others (RFC 3261 §17.2, RFC 6026 §7.1).

import { EventEmitter } from 'node:events';
import { parseVia, tagOf } from './fields.ts';
import type { Flow, Log } from './flow.ts';
import type { HeadersInit } from './headers.ts';
import { Headers } from './headers.ts';
import { newTag } from './ids.ts';
import { NO_BODY, type SipRequest, type SipResponse, serialize } from './message.ts';
import { reasonOf } from './reasons.ts';
import { TimerSet, type Timers } from './timers.ts';
import { statelessResponse, type Transport } from './transport.ts';

/** What a transaction needs of the stack. */
export interface TransactionHost {
  transport: Transport;
  timers: Timers;
  log: Log;
  userAgent: string | undefined;
}

interface ServerEvents {
  /** The caller gave up. Without a listener the stack answers the INVITE 487 by itself. */
  cancel: [cancel: SipRequest];
  /** The first ACK: of a failure, or of a 2xx sent by `respond`. */
  ack: [ack: SipRequest];
  /** A final response of an INVITE was never acknowledged, or nobody answered another request in time. */
  timeout: [];
  /** A response could not be sent. */
  transportError: [error: Error];
  /** Nothing more will happen; the stack has forgotten the transaction. */
  end: [];
}

export interface ResponseParts {
  headers?: HeadersInit;
  body?: Buffer | string;
}

type State = 'trying' | 'proceeding' | 'completed' | 'accepted' | 'confirmed' | 'terminated';

export class ServerTransaction extends EventEmitter<ServerEvents> {
  readonly request: SipRequest;
  /** Where the request came from. */
  readonly flow: Flow;
  /** The To tag that `respond` puts into responses when the request has none. */
  localTag: string;
  state: State;
  /** The last response that was sent. */
  lastStatus = 0;
  #host: TransactionHost;
  #timers: TimerSet;
  #last: Buffer | undefined;
  #acknowledged = false;

  constructor(request: SipRequest, flow: Flow, host: TransactionHost) {
    super();
    this.request = request;
    this.flow = flow;
    this.#host = host;
    this.#timers = new TimerSet(host.timers);
    this.localTag = tagOf(request.headers.get('to')) ?? newTag();
    this.state = this.isInvite ? 'proceeding' : 'trying';
    if (this.isInvite) this.#timers.start('100', host.timers.trying, () => this.respond(100));
    else this.#timers.start('F', 64 * host.timers.t1, () => this.#timeout());
  }

  get isInvite(): boolean {
    return this.request.method === 'INVITE';
  }

  /** Whether no final response has been sent. */
  get isOpen(): boolean {
    return this.state === 'trying' || this.state === 'proceeding';
  }

  /**
   * Answers as the user agent: copies what RFC 3261 §8.2.6 says, adds the To tag, and repeats a 2xx to an INVITE
   * until its ACK arrives. False when a final response was sent before (the race of an answer and a CANCEL).
   */
  respond(status: number, reason = reasonOf(status), parts: ResponseParts = {}): boolean {
    return this.answer(this.makeResponse(status, reason, parts));
  }

  /** Sends a response of `makeResponse`, as `respond` does. */
  answer(response: SipResponse): boolean {
    if (!this.#send(response)) return false;
    if (this.isInvite && response.status >= 200 && response.status < 300) this.#repeatUntilAck();
    return true;
  }

  /** Passes a response of another element on, as a proxy. False when a final response was sent before. */
  forward(response: SipResponse): boolean {
    return this.#send(response);
  }

  /** The response that `respond` would send. */
  makeResponse(
    status: number,
    reason = reasonOf(status),
    { headers, body }: ResponseParts = {},
  ): SipResponse {
    const response = statelessResponse(this.request, status, reason.replaceAll(/[\r\n]/g, ' '));
    const to = response.headers.get('to') ?? '';
    if (status > 100 && tagOf(to) === undefined) response.headers.set('To', `${to};tag=${this.localTag}`);
    if (status > 100 && status < 300) {
      for (const route of this.request.headers.getAll('record-route'))
        response.headers.add('Record-Route', route);
    }
    const timestamp = this.request.headers.get('timestamp');
    if (status === 100 && timestamp !== undefined) response.headers.set('Timestamp', timestamp);
    for (const [name, value] of new Headers(headers)) response.headers.add(name, value);
    const { userAgent } = this.#host;
    if (userAgent !== undefined && !response.headers.has('server')) response.headers.add('Server', userAgent);
    response.body = typeof body === 'string' ? Buffer.from(body) : (body ?? NO_BODY);
    return response;
  }

  /** What answers a repetition of a request other than INVITE, after its transaction has ended: over UDP, for timer J. */
  get echo(): (() => void) | undefined {
    const bytes = this.#last;
    if (this.isInvite || !this.#unreliable || !bytes) return undefined;
    const { transport, log } = this.#host;
    const target = transport.responseTarget(this.flow, parseVia(this.request.headers.get('via') ?? ''));
    return () =>
      transport.sendBytes(bytes, target, (error) =>
        log.debug('sip: no repetition', { error: error.message }),
      );
  }

  /** A request that matched this transaction: a retransmission, or the ACK of a failure. */
  receive(request: SipRequest): void {
    if (request.method !== 'ACK') {
      // RFC 6026: in Accepted the user sends, a retransmitted INVITE is absorbed.
      if (this.#last && this.state !== 'accepted') this.#transmit(this.#last);
      return;
    }
    if (this.state !== 'completed') return;
    this.state = 'confirmed';
    this.#timers.stopAll();
    this.emit('ack', request);
    this.#terminateAfter('I', this.#unreliable ? this.#host.timers.t4 : 0);
  }

  /** The ACK of a 2xx, which is a transaction of its own and was matched by dialog. */
  acknowledge(ack: SipRequest): void {
    this.#timers.stop('2xx');
    if (this.#acknowledged) return;
    this.#acknowledged = true;
    this.emit('ack', ack);
  }

  /** A CANCEL that matched this INVITE; it has been answered 200. */
  receiveCancel(cancel: SipRequest): void {
    if (!this.isOpen) return;
    if (this.listenerCount('cancel') === 0) this.respond(487);
    else this.emit('cancel', cancel);
  }

  /** Stops everything at once, without events; for the closing stack. */
  dispose(): void {
    this.state = 'terminated';
    this.#timers.stopAll();
  }

  get #unreliable(): boolean {
    return this.flow.protocol === 'udp';
  }

  #send(response: SipResponse): boolean {
    const success = response.status >= 200 && response.status < 300;
    // More than one 2xx can come back to a forking proxy.
    if (!this.isOpen && !(this.state === 'accepted' && success)) return false;
    this.lastStatus = response.status;
    const bytes = serialize(response);
    this.#last = bytes;
    this.#timers.stop('100');
    if (response.status < 200) this.state = 'proceeding';
    else if (this.isOpen) this.#finish(success, bytes);
    this.#transmit(bytes);
    return true;
  }

  #finish(success: boolean, bytes: Buffer): void {
    const { t1, t2 } = this.#host.timers;
    this.#timers.stopAll();
    if (!this.isInvite) {
      // State Completed is kept by the table of transactions, which needs no more than the bytes for it.
      this.#terminate();
    } else if (success) {
      this.state = 'accepted';
      this.#terminateAfter('L', 64 * t1);
    } else {
      this.state = 'completed';
      if (this.#unreliable) this.#timers.repeat('G', t1, t2, () => this.#transmit(bytes));
      this.#timers.start('H', 64 * t1, () => this.#timeout());
    }
  }

  /** §13.3.1.4: over any transport, for a proxy on the way may use UDP. */
  #repeatUntilAck(): void {
    const bytes = this.#last;
    const { t1, t2 } = this.#host.timers;
    if (bytes) this.#timers.repeat('2xx', t1, t2, () => this.#transmit(bytes));
    this.#timers.start('L', 64 * t1, () => (this.#acknowledged ? this.#terminate() : this.#timeout()));
  }

  #transmit(bytes: Buffer): void {
    const via = parseVia(this.request.headers.get('via') ?? '');
    const target = this.#host.transport.responseTarget(this.flow, via);
    this.#host.transport.sendBytes(bytes, target, (error) => {
      this.#host.log.warn('sip: response could not be sent', {
        error: error.message,
        status: this.lastStatus,
      });
      this.emit('transportError', error);
    });
  }

  #timeout(): void {
    this.emit('timeout');
    this.#terminate();
  }

  #terminateAfter(name: string, ms: number): void {
    this.#timers.start(name, ms, () => this.#terminate());
  }

  #terminate(): void {
    if (this.state === 'terminated') return;
    this.state = 'terminated';
    this.#timers.stopAll();
    this.emit('end');
  }
}
