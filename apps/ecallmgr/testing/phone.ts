// A phone for tests against a real switch: one INVITE over UDP, its answers, and BYE from either side. No media.
import { randomBytes } from 'node:crypto';
import dgram from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export interface PhoneCall {
  readonly callId: string;
  /** Resolves with the status line code of the first response that is at least `code`. */
  response(code: number): Promise<number>;
  /** Resolves when the far end has hung up. */
  readonly ended: Promise<void>;
  hangup(): void;
}

export interface Phone {
  /** Calls `user@realm` through a switch, with headers as the edge sets them. */
  call(user: string, headers?: Readonly<Record<string, string>>): PhoneCall;
  /** Answers every INVITE with this code; 200 is answered with SDP. */
  answerWith(code: number): void;
  readonly port: number;
  close(): void;
}

/** Opens a phone that calls the switch at `host:port`. */
export async function openPhone(host: string, port: number): Promise<Phone> {
  const socket = dgram.createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const own = (socket.address() as AddressInfo).port;
  const calls = new Map<string, (text: string) => void>();
  let answer = 200;
  const send = (lines: readonly string[], body = '', to = port): void => {
    const length = `Content-Length: ${Buffer.byteLength(body)}`;
    socket.send(`${[...lines, length].join('\r\n')}\r\n\r\n${body}`, to, host);
  };
  socket.on('message', (bytes, from) => {
    const text = bytes.toString();
    const known = calls.get(header(text, 'Call-ID'));
    if (known) return known(text);
    const method = text.split(' ', 1)[0];
    if (method !== 'ACK') respond(send, text, method === 'INVITE' ? answer : 200, own, from.port);
  });
  return {
    port: own,
    answerWith: (code) => {
      answer = code;
    },
    close: () => void socket.close(),
    call: (user, headers = {}) => {
      const id = `${randomBytes(8).toString('hex')}@127.0.0.1`;
      return dial({ id, user, headers, own, send, listen: (take) => void calls.set(id, take) });
    },
  };
}

type Send = (lines: readonly string[], body?: string, to?: number) => void;

function dial(options: {
  readonly id: string;
  readonly user: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly own: number;
  readonly send: Send;
  readonly listen: (take: (text: string) => void) => void;
}): PhoneCall {
  const { id, user, headers, own, send } = options;
  const uri = `sip:${user}@demo.local`;
  const request = (method: string, sequence: number, to: string, target = uri): string[] => [
    `${method} ${target} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${own};branch=z9hG4bK${randomBytes(6).toString('hex')};rport`,
    `From: <sip:1001@demo.local>;tag=${id.slice(0, 6)}`,
    `To: ${to}`,
    `Call-ID: ${id}`,
    `CSeq: ${sequence} ${method}`,
    `Contact: <sip:1001@127.0.0.1:${own}>`,
    'Max-Forwards: 70',
  ];
  let to = `<${uri}>`;
  let contact = uri;
  let best = 0;
  const waiting: { readonly code: number; resolve(code: number): void }[] = [];
  let onEnd: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    onEnd = resolve;
  });
  const settle = (code: number): void => {
    best = Math.max(best, code);
    for (const it of waiting.splice(0)) it.code <= best ? it.resolve(best) : waiting.push(it);
  };
  options.listen((text) => {
    if (!text.startsWith('SIP/2.0')) {
      respond(send, text, 200, own);
      if (text.startsWith('BYE')) onEnd();
      return;
    }
    const code = Number(text.split(' ')[1]);
    if (!header(text, 'CSeq').endsWith('INVITE')) return;
    to = header(text, 'To');
    contact = /<([^>]+)>/.exec(header(text, 'Contact'))?.[1] ?? contact;
    if (code >= 200) send(request('ACK', 1, to, code < 300 ? contact : uri));
    settle(code);
  });
  const given = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  send([...request('INVITE', 1, to), ...given, 'Content-Type: application/sdp'], sdp(own));
  return {
    callId: id,
    ended,
    response: (code) =>
      best >= code ? Promise.resolve(best) : new Promise((resolve) => waiting.push({ code, resolve })),
    hangup: () => send(request('BYE', 2, to, contact)),
  };
}

function respond(send: Send, request: string, code: number, own: number, to?: number): void {
  const copied = request.split('\r\n').filter((line) => /^(Via|From|Call-ID|CSeq|Record-Route):/i.test(line));
  const invite = request.startsWith('INVITE') && code === 200;
  const lines = [
    `SIP/2.0 ${code} Answer`,
    ...copied,
    `To: ${header(request, 'To')};tag=phone`,
    `Contact: <sip:phone@127.0.0.1:${own}>`,
    ...(invite ? ['Content-Type: application/sdp'] : []),
  ];
  send(lines, invite ? sdp(own) : '', to);
}

function header(text: string, name: string): string {
  return new RegExp(`^${name}:\\s*(.*?)\\s*$`, 'im').exec(text)?.[1] ?? '';
}

// Media goes nowhere: the discard port is as good as any.
const sdp = (own: number): string =>
  [
    'v=0',
    `o=- ${own} 1 IN IP4 127.0.0.1`,
    's=-',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    'm=audio 9 RTP/AVP 0 101',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:101 telephone-event/8000',
    '',
  ].join('\r\n');
