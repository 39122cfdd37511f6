// What of drachtio-srf the edge uses, as types: its own declarations leave most of it out.
import type { EventEmitter } from 'node:events';

export interface RawMessage {
  /** By name, in lower case but for X-… and P-…; several fields of one name are joined by commas. */
  readonly headers: Record<string, string>;
  readonly body?: string;
}

export interface RawRequest extends RawMessage, EventEmitter {
  readonly method: string;
  readonly uri: string;
  readonly raw: string;
  readonly source_address: string;
  readonly source_port: number;
  readonly protocol: string;
  /** Only of an INVITE that was sent. */
  cancel(options: { headers: Record<string, string> }, callback: (error: unknown) => void): void;
}

/** An answer that came. */
export interface RawAnswer extends RawMessage {
  readonly status: number;
  readonly reason: string;
}

/** An answer to be sent. */
export interface RawResponse {
  readonly msg: RawMessage;
  send(status: number, reason?: string, parts?: MessageParts): void;
}

export interface MessageParts {
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Acknowledges a 2xx that answered an INVITE without an offer. */
export type Acknowledge = (parts: MessageParts) => void;

export interface RawDialog extends EventEmitter {
  /** By which the server knows it. */
  readonly id: string;
  readonly sip: { readonly callId: string; readonly localTag: string; readonly remoteTag: string };
  readonly res: RawAnswer;
  readonly connected: boolean;
  /** Requests that arrive wait until it is false. */
  queueRequests: boolean;
  destroy(parts: MessageParts): Promise<unknown>;
  request(
    parts: MessageParts & { readonly method: string; readonly noAck?: boolean },
    callback: (error: unknown, answer?: RawAnswer, acknowledge?: Acknowledge) => void,
  ): void;
}

/** A callee that has answered an INVITE without an offer with its own. */
export interface Unacknowledged {
  readonly res: RawAnswer;
  ack(body: string | undefined): Promise<RawDialog>;
  destroy(): Promise<void>;
}

export interface UacOptions extends MessageParts {
  readonly localSdp?: string;
  readonly noAck: boolean;
  /** Where the INVITE is sent to when that is not its Request-URI. */
  readonly proxy?: string;
}

export interface UacCallbacks {
  readonly cbRequest: (error: unknown, sent?: RawRequest) => void;
  readonly cbProvisional: (answer: RawAnswer) => void;
}

export interface RawSrf extends EventEmitter {
  readonly app: { readonly client: { readonly wp: Wire } };
  connect(options: object): void;
  disconnect(): void;
  use(method: string, handler: (request: RawRequest, response: RawResponse) => void): void;
  request(uri: string, options: object, callback: (error: unknown, sent?: RawRequest) => void): void;
  proxyRequest(
    request: RawRequest,
    to: string[],
    options: object,
  ): Promise<{ readonly finalStatus?: number }>;
  /** Forgets a dialog without a word to anybody. */
  removeDialog(dialog: RawDialog): void;
  createUAC(
    uri: string,
    options: UacOptions,
    callbacks: UacCallbacks,
    callback: (error: unknown, callee?: RawDialog | Unacknowledged) => void,
  ): void;
  createUAS(
    request: RawRequest,
    response: RawResponse,
    options: { readonly localSdp?: string; readonly headers: Record<string, string> },
    callback: (error: unknown, caller?: RawDialog) => void,
  ): void;
}

interface Wire {
  closing: boolean;
  readonly reconnectVars: { retryTimer: NodeJS.Timeout | null };
}
