// Where messages come from and go to: protocols, addresses and flows.

export const protocols = ['udp', 'tcp', 'tls', 'ws', 'wss'] as const;

export type Protocol = (typeof protocols)[number];

/** Key and certificate for TLS, as PEM. */
export interface Secure {
  key: string;
  cert: string;
}

/** An address of a transport. `host` is an IP address where it is one of ours, and may be a name in a target. */
export interface Address {
  protocol: Protocol;
  host: string;
  port: number;
}

/** A pair of addresses between which messages pass: a connection, or a UDP socket and a peer (RFC 5626 §3). */
export interface Flow {
  protocol: Protocol;
  local: { host: string; port: number };
  remote: { host: string; port: number };
}

/** What can be sent to: an address, or the flow that a message came by. */
export type Target = Address | Flow;

/** Called at most once, when a message could not be handed to the network. */
export type OnFail = (error: Error) => void;

/** What transports tell about. `warn` for what came from outside and was dropped, `error` for faults of our own. */
export interface Log {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

const ignore = (): void => undefined;
export const SILENT: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** The address a target stands for. */
export function remoteOf(target: Target): { host: string; port: number } {
  return 'remote' in target ? target.remote : target;
}

/** An IPv4 address that arrived mapped into IPv6 is written as IPv4. */
export function plainAddress(host: string): string {
  return host.startsWith('::ffff:') ? host.slice(7) : host;
}

/** One listening point: a UDP socket, or a server with the connections of its protocol. */
export interface Listener {
  readonly address: Address;
  send(data: Buffer, to: { host: string; port: number }, fail: OnFail): void;
  /** Whether a connection to this peer is open; always true for UDP. */
  reaches(to: { host: string; port: number }): boolean;
  close(): Promise<void>;
}

/** Receives each datagram or framed message. */
export type OnData = (data: Buffer, flow: Flow) => void;

/** Binds an address of one protocol. Rejects when it cannot be had. */
export type Listen = (host: string, port: number, onData: OnData, log: Log) => Promise<Listener>;
