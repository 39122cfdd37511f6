// The transport layer: all listening points, reading of what arrives, choice of the way out (RFC 3261 §18, RFC 3581).

import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { formatVia, parseVia, type Via } from './fields.ts';
import {
  type Address,
  type Flow,
  type Listen,
  type Listener,
  type Log,
  type OnFail,
  type Protocol,
  remoteOf,
  type Secure,
  type Target,
} from './flow.ts';
import {
  isRequest,
  parseMessage,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  serialize,
} from './message.ts';
import { SipParseError } from './parse-error.ts';
import { listenTcp, listenTls } from './tcp.ts';
import { listenUdp } from './udp.ts';
import { listenWebSocket } from './websocket.ts';

export type OnMessage = (message: SipMessage, flow: Flow) => void;

/** Sends and receives whole messages. What cannot be read is dropped with a log line, or refused where it can be answered. */
export class Transport {
  #listeners: Listener[] = [];
  #log: Log;
  #onMessage: OnMessage;

  #secure: Secure | undefined;

  /** @param secure for listening by TLS and WSS. */
  constructor(log: Log, onMessage: OnMessage, secure?: Secure) {
    this.#log = log;
    this.#onMessage = onMessage;
    this.#secure = secure;
  }

  /** Binds one more address. Port 0 takes any. */
  async listen({ protocol, host, port }: Address): Promise<void> {
    const receive = (data: Buffer, flow: Flow): void => this.#receive(data, flow);
    this.#listeners.push(await this.#open(protocol)(host, port, receive, this.#log));
  }

  #open(protocol: Protocol): Listen {
    if (protocol === 'udp') return listenUdp;
    if (protocol === 'tcp') return listenTcp;
    if (protocol === 'ws') return listenWebSocket();
    if (!this.#secure) throw new Error(`to listen by ${protocol} takes a key and a certificate`);
    return protocol === 'tls' ? listenTls(this.#secure) : listenWebSocket(this.#secure);
  }

  /** The bound addresses; a wildcard is given as the address that others can reach. */
  get addresses(): Address[] {
    return this.#listeners.map(({ address }) => ({ ...address, host: reachable(address.host) }));
  }

  /** The address that messages to `target` leave from and that goes into their Via. */
  localFor(target: Target): Address | undefined {
    const listener = this.#listenerFor(target);
    return listener && { ...listener.address, host: reachable(listener.address.host) };
  }

  send(message: SipMessage, target: Target, fail: OnFail): void {
    this.sendBytes(serialize(message), target, fail);
  }

  sendBytes(data: Buffer, target: Target, onFail: OnFail): void {
    const fail: OnFail = (error) => this.guarded(() => onFail(error));
    const listener = this.#listenerFor(target);
    const { host, port } = remoteOf(target);
    if (!listener || !(port > 0 && port < 65_536)) {
      const what = listener ? `${port} is not a port` : `no ${target.protocol} transport listens here`;
      // Told later: whoever sends has not attached its listeners yet.
      process.nextTick(fail, new Error(what));
    } else if (isIP(host)) listener.send(data, { host, port }, fail);
    else {
      lookup(host, (error, address) => {
        if (error) fail(error);
        else listener.send(data, { host: address, port }, fail);
      });
    }
  }

  /** Runs what a timer or a socket has called: a fault in it is logged, and ends nothing but itself. */
  guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      const text = error instanceof Error ? error.stack : String(error);
      this.#log.error('sip: fault in the handling of an event', { error: text });
    }
  }

  /** Whether an address is one of ours; for a listener on all interfaces, that of any interface. */
  isLocal(host: string, port: number): boolean {
    return this.#listeners.some(({ address }) => {
      if (address.port !== port) return false;
      const everywhere = address.host === '0.0.0.0' || address.host === '::';
      return address.host === host || host === 'localhost' || (everywhere && ownAddresses().includes(host));
    });
  }

  /** Where a response goes: the flow of its request, or the Via's address when that is gone (RFC 3261 §18.2.2). */
  responseTarget(flow: Flow, via: Via): Target {
    const fallback = { host: via.params.get('received') || via.host, port: via.port ?? 5060 };
    if (flow.protocol === 'udp') return via.params.has('rport') ? flow : { ...flow, remote: fallback };
    return this.#listenerFor(flow)?.reaches(flow.remote) ? flow : { ...flow, remote: fallback };
  }

  async close(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.close()));
  }

  #listenerFor(target: Target): Listener | undefined {
    const same = this.#listeners.filter(({ address }) => address.protocol === target.protocol);
    // A socket of one address family reaches nobody of the other.
    if (!('local' in target)) {
      const family = isIP(target.host);
      return same.find(({ address }) => family === 0 || isIP(address.host) === family) ?? same[0];
    }
    return (
      same.find(({ address }) => address.port === target.local.port && address.host === target.local.host) ??
      same[0]
    );
  }

  #receive(data: Buffer, flow: Flow): void {
    const message = this.#read(data, flow);
    if (!message) return;
    if (isRequest(message)) markSource(message, flow);
    this.guarded(() => this.#onMessage(message, flow));
  }

  #read(data: Buffer, flow: Flow): SipMessage | undefined {
    try {
      return parseMessage(data);
    } catch (error) {
      if (!(error instanceof SipParseError)) throw error;
      const peer = `${flow.protocol}:${flow.remote.host}:${flow.remote.port}`;
      this.#log.warn('sip: malformed message', {
        peer,
        error: error.message,
        answered: error.request !== undefined,
      });
      if (error.request) this.#refuse(error.request, error, flow);
      return undefined;
    }
  }

  /** Answers without a transaction: a malformed request is not worth any state. */
  #refuse(request: SipRequest, error: SipParseError, flow: Flow): void {
    markSource(request, flow);
    const response = statelessResponse(
      request,
      error.status,
      `Bad Request (${error.message.replaceAll(/[^ -~]/g, ' ')})`,
    );
    const via = parseVia(request.headers.get('via') ?? '');
    this.send(response, this.responseTarget(flow, via), (failure) => {
      this.#log.debug('sip: refusal could not be sent', { error: failure.message });
    });
  }
}

/** Notes the real source in the top Via (RFC 3261 §18.2.1, RFC 3581 §4). */
function markSource(request: SipRequest, flow: Flow): void {
  const via = parseVia(request.headers.get('via') ?? '');
  const asked = via.params.has('rport');
  if (!asked && via.host === flow.remote.host) return;
  via.params.set('received', flow.remote.host);
  if (asked) via.params.set('rport', String(flow.remote.port));
  request.headers.setFirst('Via', formatVia(via));
}

/** A response with what RFC 3261 §8.2.6.2 copies from the request; no To tag is added. */
export function statelessResponse(request: SipRequest, status: number, reason: string): SipResponse {
  const headers = request.headers.clone();
  const copied = new Set(['via', 'from', 'to', 'call-id', 'cseq']);
  for (const [name] of request.headers) if (!copied.has(name.toLowerCase())) headers.delete(name);
  return { status, reason, headers, body: Buffer.alloc(0) };
}

function reachable(host: string): string {
  if (host !== '0.0.0.0' && host !== '::') return host;
  const family = host === '::' ? 'IPv6' : 'IPv4';
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const outer = all.find((entry) => entry.family === family && !entry.internal);
  return outer?.address ?? (host === '::' ? '::1' : '127.0.0.1');
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
}
