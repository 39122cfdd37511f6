// The SIP stack: transports and transactions under one object, for a user agent, a proxy or both.

import { EventEmitter } from 'node:events';
import { ClientTransaction, withVia } from './client-transaction.ts';
import { parseVia, tagOf } from './fields.ts';
import {
  type Address,
  type Flow,
  type Log,
  type Protocol,
  protocols,
  type Secure,
  SILENT,
  type Target,
} from './flow.ts';
import { newBranch } from './ids.ts';
import { isRequest, type SipMessage, type SipRequest, type SipResponse, serialize } from './message.ts';
import { formatHostPort } from './params.ts';
import { nextHop } from './routing.ts';
import { ServerTransaction, type TransactionHost } from './server-transaction.ts';
import { TIMERS, type Timers } from './timers.ts';
import { Transactions } from './transactions.ts';
import { statelessResponse, Transport } from './transport.ts';

export interface StackOptions {
  /** Where to listen; port 0 takes any. */
  listen: readonly Address[];
  /** Put into User-Agent and Server unless a message has its own. */
  userAgent?: string;
  log?: Log;
  /** For listening by TLS and WSS. */
  secure?: Secure;
  timers?: Partial<Timers>;
  /** Above so many live transactions new requests are answered 503 without state. Default 200,000. */
  maxTransactions?: number;
}

interface StackEvents {
  /** A new request. It has been checked and is no retransmission; ACK and CANCEL never come here. */
  request: [request: SipRequest, transaction: ServerTransaction, source: Flow];
  /** Every ACK of a 2xx, also repeated ones; with its INVITE while that is remembered. */
  ack: [ack: SipRequest, source: Flow, transaction?: ServerTransaction];
  /** A response that belongs to no transaction: a proxy may pass a late 2xx on, others ignore it. */
  strayResponse: [response: SipResponse, source: Flow];
}

/** Binds all addresses and gives a running stack. Rejects, with nothing left open, when one cannot be had. */
export async function createSipStack(options: StackOptions): Promise<SipStack> {
  for (let left = attempts; ; left -= 1) {
    const stack = new SipStack(options);
    try {
      for (const address of options.listen) await listenAlike(stack, address, left > 1);
      return stack;
    } catch (error) {
      await stack.close();
      if (!(error instanceof PortOfAnother)) throw error;
    }
  }
}

const attempts = 10;

const alike = (protocol: Protocol): boolean => protocol === 'udp' || protocol === 'tcp';

/** Of the port that one protocol was given, the other is somebody else's. */
class PortOfAnother extends Error {}

/**
 * Where any port will do, UDP and TCP of one host get the same one: peers know one port for both. When it cannot be had, that
 * rejects with a PortOfAnother, or with `must` false another port is taken.
 */
async function listenAlike({ transport }: SipStack, address: Address, must: boolean): Promise<void> {
  const other = transport.addresses.find(
    ({ host, protocol }) => host === address.host && alike(protocol) && protocol !== address.protocol,
  );
  if (address.port === 0 && other && alike(address.protocol)) {
    const taken = await transport.listen({ ...address, port: other.port }).catch((error: Error) => error);
    if (!taken) return;
    if (must) throw new PortOfAnother(taken.message);
  }
  await transport.listen(address);
}

export class SipStack extends EventEmitter<StackEvents> {
  readonly transport: Transport;
  #transactions: Transactions;
  #host: TransactionHost;
  #log: Log;
  #limit: number;

  constructor({ log = SILENT, secure, timers, userAgent, maxTransactions = 200_000 }: StackOptions) {
    super();
    this.#log = log;
    this.#limit = maxTransactions;
    this.transport = new Transport(log, (message, flow) => this.#receive(message, flow), secure);
    const given = { ...TIMERS, ...timers };
    const after: Timers['after'] = (ms, run) => given.after(ms, () => this.transport.guarded(run));
    this.#transactions = new Transactions({ ...given, after });
    this.#host = { transport: this.transport, timers: { ...given, after }, log, userAgent };
  }

  /** The bound addresses, in the order of `listen`. */
  get addresses(): Address[] {
    return this.transport.addresses;
  }

  /** The times and the clock in use. */
  get timers(): Timers {
    return this.#host.timers;
  }

  /** How many transactions are remembered. */
  get transactionCount(): number {
    return this.#transactions.size;
  }

  /** A URI by which `who` (anybody, for a protocol alone) reaches this stack: `sip:user@host:port;transport=tcp`. */
  uriFor(who: Protocol | Target, user?: string): string {
    const found =
      typeof who === 'string'
        ? this.addresses.find((address) => address.protocol === who)
        : this.transport.localFor(who);
    const local = found ?? this.addresses[0];
    const userinfo = user === undefined ? '' : `${user}@`;
    const protocol = local?.protocol ?? 'udp';
    const transport = protocol === 'udp' ? '' : `;transport=${protocol}`;
    return `sip:${userinfo}${formatHostPort(local?.host ?? '127.0.0.1', local?.port)}${transport}`;
  }

  /**
   * Sends a request in a transaction of its own, with our Via put on top of a copy. `target` is an address or the flow
   * of an earlier message; without it the first Route or the Request-URI says where (throws `SipParseError` if it cannot).
   */
  request(request: SipRequest, { target = nextHop(request) }: { target?: Target } = {}): ClientTransaction {
    return this.#start(request, target);
  }

  /** Sends an ACK, or any request that has no answer, outside a transaction. */
  sendAck(ack: SipRequest, { target = nextHop(ack) }: { target?: Target } = {}): void {
    this.#send(withVia(ack, target, this.#host, newBranch()), target);
  }

  /** Passes on a response that belongs to no transaction here, by its top Via (which must not be ours any more). */
  forwardStray(response: SipResponse): void {
    const via = parseVia(response.headers.get('via') ?? '');
    const port = Number(via.params.get('rport')) || (via.port ?? 5060);
    const protocol = protocols.find((it) => it === via.protocol.toLowerCase()) ?? 'udp';
    this.#send(response, { protocol, host: via.params.get('received') || via.host, port });
  }

  async close(): Promise<void> {
    this.#transactions.dispose();
    await this.transport.close();
  }

  #start(request: SipRequest, target: Target, branch?: string): ClientTransaction {
    const cancel = (message: SipRequest, to: Target, same: string): void =>
      void this.#start(message, to, same);
    const transaction = new ClientTransaction(request, target, this.#host, cancel, branch);
    this.#transactions.addClient(transaction);
    return transaction;
  }

  #send(message: SipMessage, target: Target): void {
    this.transport.sendBytes(serialize(message), target, (error) => {
      this.#log.warn('sip: message could not be sent', { error: error.message });
    });
  }

  #receive(message: SipMessage, flow: Flow): void {
    if (!isRequest(message)) this.#receiveResponse(message, flow);
    else if (message.method === 'ACK') this.#receiveAck(message, flow);
    else this.#receiveRequest(message, flow);
  }

  #receiveResponse(response: SipResponse, flow: Flow): void {
    const transaction = this.#transactions.findClient(response);
    if (transaction) transaction.receive(response, flow);
    else this.emit('strayResponse', response, flow);
  }

  #receiveAck(ack: SipRequest, flow: Flow): void {
    const failed = this.#transactions.findServer(ack, 'INVITE');
    if (failed && failed.state !== 'accepted') {
      failed.receive(ack);
      return;
    }
    const accepted = this.#transactions.findAcknowledged(ack);
    accepted?.acknowledge(ack);
    this.emit('ack', ack, flow, accepted);
  }

  #receiveRequest(request: SipRequest, flow: Flow): void {
    const known = this.#transactions.findServer(request);
    if (known) {
      known.receive(request);
      return;
    }
    if (this.#transactions.repeat(request)) return;
    const cancelled =
      request.method === 'CANCEL' ? this.#transactions.findServer(request, 'INVITE') : undefined;
    if (this.#transactions.size >= this.#limit && !cancelled) {
      this.#refuse(request, flow);
      return;
    }
    const transaction = new ServerTransaction(request, flow, this.#host);
    this.#transactions.addServer(transaction);
    if (request.method !== 'CANCEL') this.#deliver(transaction);
    else if (!cancelled) transaction.respond(481);
    else {
      transaction.respond(200);
      cancelled.receiveCancel(request);
    }
  }

  #refuse(request: SipRequest, flow: Flow): void {
    const via = parseVia(request.headers.get('via') ?? '');
    const response = statelessResponse(request, 503, 'Service Unavailable');
    this.#send(response, this.transport.responseTarget(flow, via));
  }

  /** A fault in the user's code costs this request its answer, never the process. */
  #deliver(transaction: ServerTransaction): void {
    try {
      if (!this.emit('request', transaction.request, transaction, transaction.flow)) transaction.respond(503);
    } catch (error) {
      const { method, headers } = transaction.request;
      const text = error instanceof Error ? error.stack : String(error);
      this.#log.error('sip: the handler of a request threw', {
        method,
        callId: headers.get('call-id'),
        error: text,
      });
      transaction.respond(500);
    }
  }
}

/** Whether a request belongs to a dialog: its To has a tag. */
export function isInDialog(request: SipRequest): boolean {
  return tagOf(request.headers.get('to')) !== undefined;
}
