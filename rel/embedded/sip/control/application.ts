// One connected application: what it wants, and how it is told things.

import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { isRequest, remoteOf, type SipMessage, serialize, type Target } from '../stack/index.ts';
import { frame } from './frames.ts';

/** Where a message comes from: the network, or the server and its applications. */
export type Source = 'network' | 'application';

/** What is told of a message beside its text. */
export interface Delivery {
  source: Source;
  /** The address that the message came from or goes to. */
  peer: Target;
  transactionId: string;
  dialogId?: string;
  /** The listening address that a new request came in by. */
  local?: { host: string; port: number };
}

export class Application {
  readonly name: string;
  authenticated = false;
  /** Methods in upper case, and `CDR:ATTEMPT` and its like. */
  readonly verbs = new Set<string>();
  #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.name = `${socket.remoteAddress}:${socket.remotePort}`;
  }

  get connected(): boolean {
    return this.#socket.writable;
  }

  /** Answers a command: `OK` or `NOK`, and what belongs to it. */
  answer(commandId: string, outcome: 'OK' | 'NOK' | 'NO', text = ''): void {
    this.#send(`response|${commandId}|${outcome}${text === '' ? '' : `|${text}`}`);
  }

  /** Answers a command with the message that was sent for it. */
  answerSent(commandId: string, message: SipMessage, delivery: Delivery): void {
    const { transactionId, dialogId = '' } = delivery;
    const ids = isRequest(message) ? transactionId : `${transactionId}|${dialogId}|`;
    const text = serialize(message).toString();
    this.answer(commandId, 'OK', `${describe(text, delivery)}|${ids}|Msg sent:|\r\n${text}`);
  }

  /** Tells a step of a proxy operation; more will follow. */
  answerProgress(commandId: string, message: SipMessage, peer: Target): void {
    const text = serialize(message).toString();
    const delivery: Delivery = { source: 'network', peer, transactionId: '' };
    this.answer(commandId, 'OK', `${describe(text, delivery)}|||continue\r\n${text}`);
  }

  /** Delivers a message. */
  deliver(message: SipMessage, delivery: Delivery): void {
    const { transactionId, dialogId = '', local } = delivery;
    const text = serialize(message).toString();
    const where = local ? `${local.host}|${local.port}|` : '';
    this.#send(`sip|${describe(text, delivery)}|${transactionId}|${dialogId}|${where}\r\n${text}`);
  }

  /** Delivers a call detail record: `kind` and, after source and time, `detail`. */
  deliverRecord(kind: string, source: Source, detail: string | undefined, message: SipMessage): void {
    const end = detail === undefined ? '' : `|${detail}`;
    this.#send(`${kind}|${source}|${timeOfDay()}${end}\r\n${serialize(message).toString()}`);
  }

  close(): void {
    this.#socket.destroy();
  }

  #send(text: string): void {
    if (this.#socket.writable) this.#socket.write(frame(`${randomUUID()}|${text}`));
  }
}

/** `source|bytes|protocol|address|port|time` */
function describe(text: string, { source, peer }: Delivery): string {
  const { host, port } = remoteOf(peer);
  return [source, Buffer.byteLength(text), peer.protocol, host, port, timeOfDay()].join('|');
}

/** UTC as `HH:MM:SS.mmmmmm`. */
function timeOfDay(): string {
  return `${new Date().toISOString().slice(11, 23)}000`;
}
