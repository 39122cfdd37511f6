// A UDP socket that sends SIP text as it is, for what a SIP stack would not do.

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { parseMessage, type SipResponse } from '../../../rel/embedded/sip/stack/index.ts';
import { serverUnderTest } from './server.ts';

const open = new Set<RawUdp>();
let counter = 0;

export class RawUdp {
  readonly port: number;
  #socket: Socket;
  #target: { host: string; port: number };

  static async open(): Promise<RawUdp> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const peer = new RawUdp(socket, (await serverUnderTest()).sip('udp'));
    open.add(peer);
    return peer;
  }

  private constructor(socket: Socket, target: { host: string; port: number }) {
    this.#socket = socket;
    this.#target = target;
    this.port = socket.address().port;
  }

  /** The text of a request with new identifiers. */
  request(
    method: string,
    options: {
      via?: string;
      contact?: string;
      headers?: string;
      body?: string;
      to?: string;
      from?: string;
      callId?: string;
      cseq?: number;
    },
  ): string {
    counter += 1;
    const unique = `${Date.now().toString(36)}${counter}`;
    const { body = '', headers = '', cseq = 1 } = options;
    return [
      `${method} sip:x@${this.#target.host}:${this.#target.port} SIP/2.0`,
      `Via: ${options.via ?? `SIP/2.0/UDP 127.0.0.1:${this.port};branch=z9hG4bK${unique}`}`,
      `From: ${options.from ?? `<sip:raw@example.org>;tag=${unique}`}`,
      `To: ${options.to ?? '<sip:x@example.org>'}`,
      `Call-ID: ${options.callId ?? unique}`,
      `CSeq: ${cseq} ${method}`,
      'Max-Forwards: 70',
      `Contact: ${options.contact ?? `<sip:raw@127.0.0.1:${this.port}>`}`,
      `${headers}Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n');
  }

  send(text: string | Buffer): void {
    this.#socket.send(text, this.#target.port, this.#target.host);
  }

  /** Sends a request and gives the next `count` responses to it that are not 100. */
  async ask(text: string, count = 1): Promise<SipResponse[]> {
    const answers: SipResponse[] = [];
    const callId = /^(?:call-id|i): *(.*)$/im.exec(text)?.[1]?.trim() ?? '';
    const done = new Promise<void>((resolve) => {
      const take = (data: Buffer): void => {
        // The server may answer what was no request with what is no response.
        if (!data.includes(callId)) return;
        const message = parseMessage(data);
        if (!('status' in message) || message.status === 100) return;
        answers.push(message);
        if (answers.length < count) return;
        this.#socket.off('message', take);
        resolve();
      };
      this.#socket.on('message', take);
    });
    this.send(text);
    await done;
    return answers;
  }

  close(): void {
    this.#socket.close();
    open.delete(this);
  }
}

/** Closes every raw socket of the test. */
export function closeRaw(): void {
  for (const peer of open) peer.close();
}
