// Client transactions, INVITE and others, with CANCEL (RFC 3261 §9.1 and §17.1, RFC 6026 §7.2).

import { EventEmitter } from 'node:events';
import { formatVia, parseCSeq, tagOf } from './fields.ts';
import type { Flow, Target } from './flow.ts';
import { Headers, type HeadersInit } from './headers.ts';
import { newBranch } from './ids.ts';
import { NO_BODY, type SipRequest, type SipResponse, serialize } from './message.ts';
import { reasonOf } from './reasons.ts';
import type { TransactionHost } from './server-transaction.ts';
import { TimerSet } from './timers.ts';
import { statelessResponse } from './transport.ts';

interface ClientEvents {
  /** Each provisional response, the first final one, and the first 2xx of each fork. No `flow` when it was made here. */
  response: [response: SipResponse, flow?: Flow];
  /** A repeated 2xx to an INVITE. Without a recorded ACK (see `ack`) the user must acknowledge it again. */
  retransmission: [response: SipResponse, flow: Flow];
  /** Nobody answered; a `response` 408 follows. */
  timeout: [];
  /** The request could not be sent; a `response` 503 follows. */
  transportError: [error: Error];
  /** Nothing more will happen; the stack has forgotten the transaction. */
  end: [];
}

type State = 'calling' | 'proceeding' | 'completed' | 'accepted' | 'terminated';

/** Starts a transaction of its own for a CANCEL. */
export type StartCancel = (cancel: SipRequest, target: Target, branch: string) => void;

export class ClientTransaction extends EventEmitter<ClientEvents> {
  /** The request as sent, with our Via on top. */
  readonly request: SipRequest;
  readonly target: Target;
  readonly branch: string;
  state: State = 'calling';
  #host: TransactionHost;
  #timers: TimerSet;
  #bytes: Buffer;
  #startCancel: StartCancel;
  #cancelHeaders: HeadersInit | undefined;
  #cancelled = false;
  /** Each fork's 2xx by To tag, with the ACK that is sent again for each repetition. */
  #acks = new Map<string, { bytes: Buffer; target: Target } | undefined>();

  constructor(
    request: SipRequest,
    target: Target,
    host: TransactionHost,
    start: StartCancel,
    branch = newBranch(),
  ) {
    super();
    this.target = target;
    this.branch = branch;
    this.#host = host;
    this.#startCancel = start;
    this.#timers = new TimerSet(host.timers);
    this.request = withVia(request, target, host, branch);
    this.#bytes = serialize(this.request);
    this.#begin();
  }

  get isInvite(): boolean {
    return this.request.method === 'INVITE';
  }

  /** Whether `cancel` was called in time. */
  get isCancelled(): boolean {
    return this.#cancelled;
  }

  /** Whether no final response has come. */
  get isOpen(): boolean {
    return this.state === 'calling' || this.state === 'proceeding';
  }

  /** Cancels an INVITE: at once after a provisional response, else as soon as one comes (§9.1). */
  cancel(headers: HeadersInit = {}): void {
    if (!this.isInvite || !this.isOpen || this.#cancelled) return;
    this.#cancelled = true;
    this.#cancelHeaders = headers;
    if (this.state === 'proceeding') this.#sendCancel();
  }

  /** Sends the ACK of a 2xx, and again for each repetition of that 2xx. */
  ack(ack: SipRequest, target: Target): void {
    const bytes = serialize(withVia(ack, target, this.#host, newBranch()));
    this.#acks.set(tagOf(ack.headers.get('to')) ?? '', { bytes, target });
    this.#transmit(bytes, target);
  }

  /** A response whose branch and method matched. */
  receive(response: SipResponse, flow: Flow): void {
    if (this.state === 'completed') {
      if (this.isInvite && response.status >= 300) this.#ackFailure(response);
    } else if (this.state === 'accepted') {
      if (response.status >= 200 && response.status < 300) this.#success(response, flow);
    } else if (response.status < 200) this.#provisional(response, flow);
    else if (this.isInvite && response.status < 300) {
      this.#timers.stopAll();
      this.state = 'accepted';
      this.#timers.start('M', 64 * this.#host.timers.t1, () => this.#terminate());
      this.#success(response, flow);
    } else this.#final(response, flow);
  }

  /** Stops everything at once, without events; for the closing stack. */
  dispose(): void {
    this.state = 'terminated';
    this.#timers.stopAll();
  }

  get #unreliable(): boolean {
    return this.target.protocol === 'udp';
  }

  #begin(): void {
    const { t1, t2 } = this.#host.timers;
    if (this.#unreliable) {
      const longest = this.isInvite ? Number.POSITIVE_INFINITY : t2;
      this.#timers.repeat('retransmit', t1, longest, () => this.#transmit(this.#bytes, this.target));
    }
    this.#timers.start('timeout', 64 * t1, () => this.#timeout());
    this.#transmit(this.#bytes, this.target);
  }

  #provisional(response: SipResponse, flow: Flow): void {
    const first = this.state === 'calling';
    this.state = 'proceeding';
    const { t2 } = this.#host.timers;
    if (this.isInvite) {
      if (first) this.#timers.stopAll();
      if (first && this.#cancelled) this.#sendCancel();
    } else if (first && this.#unreliable) {
      this.#timers.repeat('retransmit', t2, t2, () => this.#transmit(this.#bytes, this.target));
    }
    this.emit('response', response, flow);
  }

  #success(response: SipResponse, flow: Flow): void {
    const tag = tagOf(response.headers.get('to')) ?? '';
    if (!this.#acks.has(tag)) {
      this.#acks.set(tag, undefined);
      this.emit('response', response, flow);
      return;
    }
    const ack = this.#acks.get(tag);
    if (ack) this.#transmit(ack.bytes, ack.target);
    this.emit('retransmission', response, flow);
  }

  #final(response: SipResponse, flow?: Flow): void {
    this.#timers.stopAll();
    this.state = 'completed';
    if (this.isInvite && flow) this.#ackFailure(response);
    const { t1, t4 } = this.#host.timers;
    // Timer D is at least 32 s over UDP; K is T4.
    const linger = this.isInvite ? Math.max(64 * t1, t4) : t4;
    this.emit('response', response, flow);
    if (this.state !== 'completed') return;
    if (flow && this.#unreliable) this.#timers.start('linger', linger, () => this.#terminate());
    else this.#terminate();
  }

  /** §17.1.1.3: same branch, same target, the To of the response. */
  #ackFailure(response: SipResponse): void {
    const ack = this.#sibling('ACK');
    ack.headers.set('To', response.headers.get('to') ?? '');
    this.#transmit(serialize(ack), this.target);
  }

  #sendCancel(): void {
    const cancel = this.#sibling('CANCEL');
    cancel.headers.delete('via');
    for (const [name, value] of new Headers(this.#cancelHeaders)) cancel.headers.add(name, value);
    // A callee that never answers the INVITE after its CANCEL must not hold the call for ever.
    this.#timers.start('timeout', 64 * this.#host.timers.t1, () => this.#timeout());
    this.#startCancel(cancel, this.target, this.branch);
  }

  /** A request that belongs to this INVITE hop by hop: its own ACK or CANCEL. */
  #sibling(method: 'ACK' | 'CANCEL'): SipRequest {
    const headers = new Headers();
    headers.add('Via', this.request.headers.get('via') ?? '');
    for (const name of ['Max-Forwards', 'Route', 'From', 'To', 'Call-ID']) {
      headers.add(name, this.request.headers.getAll(name));
    }
    headers.set('CSeq', `${parseCSeq(this.request.headers.get('cseq') ?? '').number} ${method}`);
    return { method, uri: this.request.uri, headers, body: NO_BODY };
  }

  #transmit(bytes: Buffer, target: Target): void {
    this.#host.transport.sendBytes(bytes, target, (error) => {
      if (!this.isOpen) return;
      this.emit('transportError', error);
      this.#local(503);
    });
  }

  #timeout(): void {
    this.emit('timeout');
    this.#local(408);
  }

  /** Failures of the way are told as responses (§8.1.3.1). */
  #local(status: number): void {
    if (!this.isOpen) return;
    const response = statelessResponse(this.request, status, reasonOf(status));
    this.#final(response);
  }

  #terminate(): void {
    if (this.state === 'terminated') return;
    this.state = 'terminated';
    this.#timers.stopAll();
    this.emit('end');
  }
}

/** A copy of a request with our Via on top and the header fields that every request has. */
export function withVia(
  request: SipRequest,
  target: Target,
  host: TransactionHost,
  branch: string,
): SipRequest {
  const headers = request.headers.clone();
  const local = host.transport.localFor(target) ?? { host: '127.0.0.1', port: 5060 };
  const params = new Map([
    ['branch', branch],
    ['rport', ''],
  ]);
  const protocol = target.protocol.toUpperCase();
  headers.prepend('Via', formatVia({ protocol, host: local.host, port: local.port, params }));
  if (!headers.has('max-forwards')) headers.add('Max-Forwards', 70);
  if (host.userAgent !== undefined && !headers.has('user-agent')) headers.add('User-Agent', host.userAgent);
  return { ...request, headers };
}
