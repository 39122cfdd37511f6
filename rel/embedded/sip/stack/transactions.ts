// The table of live transactions: which message belongs to which (RFC 3261 §17.1.3 and §17.2.3).

import type { ClientTransaction } from './client-transaction.ts';
import { parseCSeq, parseVia, tagOf } from './fields.ts';
import { BRANCH_COOKIE } from './ids.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { formatHostPort } from './params.ts';
import type { ServerTransaction } from './server-transaction.ts';
import type { Timers } from './timers.ts';

/** The key of the server transaction that a request belongs to; ACK and CANCEL ask for their INVITE's. */
export function serverKey(request: SipRequest, method = request.method): string {
  const via = parseVia(request.headers.get('via') ?? '');
  const branch = via.params.get('branch') ?? '';
  const sentBy = formatHostPort(via.host, via.port).toLowerCase();
  if (branch.startsWith(BRANCH_COOKIE)) return `${branch} ${sentBy} ${method}`;
  // An element of RFC 2543 has no unique branch.
  const { headers } = request;
  const sequence = parseCSeq(headers.get('cseq') ?? '').number;
  return [
    '2543',
    sentBy,
    headers.get('call-id'),
    tagOf(headers.get('from')),
    sequence,
    request.uri,
    method,
  ].join(' ');
}

/** The key under which the ACK of a 2xx finds its INVITE: the dialog and the CSeq number. */
export function ackKey(request: SipRequest): string {
  const { headers } = request;
  return [
    headers.get('call-id'),
    tagOf(headers.get('from')),
    parseCSeq(headers.get('cseq') ?? '').number,
  ].join(' ');
}

export class Transactions {
  #servers = new Map<string, ServerTransaction>();
  #byAck = new Map<string, ServerTransaction>();
  #clients = new Map<string, ClientTransaction>();
  /** Ended transactions whose response may have been lost: all that is left of them is how to repeat it. */
  #echoes = new Map<string, { repeat: () => void; stop: () => void }>();
  #timers: Timers;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  get size(): number {
    return this.#servers.size + this.#clients.size + this.#echoes.size;
  }

  /** Answers the repetition of a request whose transaction has ended; false when there was none. */
  repeat(request: SipRequest): boolean {
    const echo = this.#echoes.get(serverKey(request));
    echo?.repeat();
    return echo !== undefined;
  }

  addServer(transaction: ServerTransaction): void {
    const key = serverKey(transaction.request);
    this.#servers.set(key, transaction);
    const dialogKey = transaction.isInvite ? ackKey(transaction.request) : undefined;
    if (dialogKey !== undefined) this.#byAck.set(dialogKey, transaction);
    transaction.once('end', () => {
      this.#servers.delete(key);
      this.#keepEcho(key, transaction.echo);
      if (dialogKey !== undefined && this.#byAck.get(dialogKey) === transaction)
        this.#byAck.delete(dialogKey);
    });
  }

  addClient(transaction: ClientTransaction): void {
    const key = `${transaction.branch} ${transaction.request.method}`;
    this.#clients.set(key, transaction);
    transaction.once('end', () => this.#clients.delete(key));
  }

  findServer(request: SipRequest, method?: string): ServerTransaction | undefined {
    return this.#servers.get(serverKey(request, method));
  }

  /** The INVITE whose 2xx this ACK, a transaction of its own, acknowledges. */
  findAcknowledged(ack: SipRequest): ServerTransaction | undefined {
    const transaction = this.#byAck.get(ackKey(ack));
    return transaction?.state === 'accepted' ? transaction : undefined;
  }

  findClient(response: SipResponse): ClientTransaction | undefined {
    const branch = parseVia(response.headers.get('via') ?? '').params.get('branch') ?? '';
    return this.#clients.get(`${branch} ${parseCSeq(response.headers.get('cseq') ?? '').method}`);
  }

  /** Timer J. */
  #keepEcho(key: string, repeat: (() => void) | undefined): void {
    if (!repeat) return;
    const stop = this.#timers.after(64 * this.#timers.t1, () => this.#echoes.delete(key));
    this.#echoes.set(key, { repeat, stop });
  }

  dispose(): void {
    for (const { stop } of this.#echoes.values()) stop();
    this.#echoes.clear();
    for (const transaction of [...this.#servers.values(), ...this.#clients.values()]) transaction.dispose();
    this.#servers.clear();
    this.#byAck.clear();
    this.#clients.clear();
  }
}
