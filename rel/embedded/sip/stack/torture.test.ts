// A hundred malformed messages in the manner of RFC 4475: each is refused or dropped, and the stack goes on.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { createSipStack, parseMessage, SipParseError, type SipResponse } from './index.ts';

const GOOD = [
  'OPTIONS sip:bob@127.0.0.1 SIP/2.0',
  'Via: SIP/2.0/UDP 127.0.0.1:5099;branch=z9hG4bKtorture;rport',
  'Max-Forwards: 70',
  'From: "Alice" <sip:alice@example.org>;tag=1',
  'To: <sip:bob@example.org>',
  'Call-ID: torture@example.org',
  'CSeq: 1 OPTIONS',
  'Contact: <sip:alice@127.0.0.1:5099>',
  'Content-Length: 4',
  '',
  'body',
].join('\r\n');

/** The good message with one of its header fields replaced. */
const field = (name: string, ...values: string[]): string[] =>
  values.map((value) => GOOD.replace(new RegExp(`^${name}:.*$`, 'm'), value));
const start = (...values: string[]): string[] =>
  values.map((value) => GOOD.replace(/^.*\r\n/, `${value}\r\n`));

const MALFORMED: (string | Buffer)[] = [
  ...start(
    '',
    ' ',
    'OPTIONS',
    'OPTIONS sip:bob@127.0.0.1',
    'OPTIONS  sip:bob@127.0.0.1 SIP/2.0',
    'OPTIONS sip:bob@127.0.0.1  SIP/2.0',
    'OPTIONS sip:bob@127.0.0.1 SIP/2.0 ',
    'OPTIONS <sip:bob@127.0.0.1> SIP/2.0',
    'OPTIONS sip:bob bob@127.0.0.1 SIP/2.0',
    'OPTIONS bob SIP/2.0',
    'OPTIONS :bob SIP/2.0',
    'OPTIONS sip: SIP/2.0',
    'OPTIONS sip:bob@127.0.0.1 SIP/7.0',
    'OPTIONS sip:bob@127.0.0.1 SIP/2',
    'OPTIONS sip:bob@127.0.0.1 HTTP/1.1',
    'OPT\tIONS sip:bob@127.0.0.1 SIP/2.0',
    'OPT"IONS sip:b@h SIP/2.0',
    'GET / HTTP/1.1',
    'SIP/2.0',
    'SIP/2.0 20 OK',
    'SIP/2.0 2000 OK',
    'SIP/2.0 099 Low',
    'SIP/2.0 700 High',
    'SIP/2.0 abc OK',
    'SIP/3.0 200 OK',
    'INVITE sip:bob@127.0.0.1 SIP/2.0',
    'sip:bob@127.0.0.1 OPTIONS SIP/2.0',
    '\0\0\0\0',
    'OPTIONS sip:b"ob@127.0.0.1 SIP/2.0',
    'ÖPTIONS sip:bob@127.0.0.1 SIP/2.0',
  ),
  ...field(
    'Via',
    'X: 1',
    'Via:',
    'Via: SIP/2.0',
    'Via: SIP/2.0/UDP',
    'Via: SIP/2.0/UDP ;branch=z9hG4bK1',
    'Via: SIP/1.0/UDP h;branch=z',
    'Via: UDP h',
    'Via: SIP/2.0/UDP h:port;branch=z',
    'Via: SIP/2.0/UDP h:99999;branch=z',
    'Via: SIP/2.0/UDP [::1;branch=z',
    'Via: SIP/2.0/UDP h h;branch=z',
    'Via: ,,,',
    'Via: SIP/2.0/UDP <h>;branch=z',
  ),
  ...field(
    'From',
    'X: 1',
    'From:',
    'From: <sip:a@h',
    'From: <>',
    'From: "open <sip:a@h>;tag=1',
    'From: "x" sip:a@h',
    'From: <sip:a@h> trash',
    'From: a b c',
    'From: <sip:a@h>\r\nFrom: <sip:b@h>',
    'From: ;tag=1',
    'f: <sip:a@h>\r\nFrom: <sip:b@h>',
  ),
  ...field(
    'To',
    'X: 1',
    'To:',
    'To: <',
    'To: >',
    'To: "',
    'To: <sip:a@h>\r\nt: <sip:b@h>',
    'To: x y',
    'To: <sip:a@h>,<sip:b@h>',
  ),
  ...field('Call-ID', 'X: 1', 'Call-ID:', 'Call-ID: 1\r\nCall-ID: 2', 'Call-ID: 1\r\ni: 1'),
  ...field(
    'CSeq',
    'X: 1',
    'CSeq:',
    'CSeq: 1',
    'CSeq: OPTIONS',
    'CSeq: one OPTIONS',
    'CSeq: 1 INVITE',
    'CSeq: 4294967296 OPTIONS',
    'CSeq: -1 OPTIONS',
    'CSeq: 1 OPTIONS OPTIONS',
    'CSeq: 99999999999999999999999 OPTIONS',
    'CSeq: 1 OPTIONS\r\nCSeq: 2 OPTIONS',
    'CSeq: 1 options',
  ),
  ...field(
    'Max-Forwards',
    'Max-Forwards: x',
    'Max-Forwards: -1',
    'Max-Forwards: 7000',
    'Max-Forwards: 1\r\nMax-Forwards: 2',
  ),
  ...field(
    'Contact',
    'Contact: <sip:a',
    'Contact: "x',
    'Contact: <sip:a@h> <sip:b@h>',
    'Route: <',
    'Record-Route: <>',
  ),
  ...field(
    'Content-Length',
    'Content-Length: x',
    'Content-Length: -4',
    'Content-Length: 5',
    'Content-Length: 4\r\nContent-Length: 3',
    'l: 999999',
    'Content-Length: 4 4',
    'Content-Length:',
    'Content-Length: 0x4',
    'Content-Length: 12345678901234567890',
  ),
  ...field('Max-Forwards', 'no colon here', ': no name', 'two words: x', '\x01\x02\x03'),
  ...field('Max-Forwards', Array.from({ length: 600 }, (_, i) => `X-${i}: 1`).join('\r\n')),
  GOOD.slice(0, 200),
  GOOD.replace('\r\n\r\n', '\r\n'),
  Buffer.from(Array.from({ length: 1200 }, (_, i) => (i * 131 + 7) % 256)),
  Buffer.alloc(2000, 0x41),
];

describe('sip torture', () => {
  it('holds at least a hundred messages', () => {
    expect(MALFORMED.length).to.be.at.least(100);
    expect(parseMessage(Buffer.from(GOOD)).body.toString()).to.equal('body');
  });

  it('says of each what is wrong and where', () => {
    for (const text of MALFORMED) {
      const name = JSON.stringify(String(text).slice(0, 400));
      expect(() => parseMessage(Buffer.from(text)), name).to.throw(SipParseError, /^[\w -]+: ./);
    }
  });

  it('stays alive and answers the next good request, over UDP and TCP', async () => {
    const host = '127.0.0.1';
    const listen = (['udp', 'tcp'] as const).map((protocol) => ({ protocol, host, port: 0 }));
    const warnings: string[] = [];
    const note = (): void => undefined;
    const log = {
      debug: note,
      info: note,
      warn: (text: string) => warnings.push(text),
      error: (text: string) => warnings.push(`! ${text}`),
    };
    const stack = await createSipStack({ listen, log });
    let delivered = 0;
    stack.on('request', (_request, transaction) => {
      delivered += 1;
      transaction.respond(200);
    });
    const [udp, tcp] = stack.addresses;
    const socket = createSocket('udp4');
    const answered = new Promise<SipResponse>((resolve) => {
      socket.on('message', (data) => {
        if (data.toString('latin1').startsWith('SIP/2.0 200')) resolve(parseMessage(data) as SipResponse);
      });
    });
    for (const text of MALFORMED) socket.send(text, udp!.port, host);
    socket.send(GOOD.replace('z9hG4bKtorture', 'z9hG4bKgood'), udp!.port, host);
    expect((await answered).headers.get('call-id')).to.equal('torture@example.org');
    for (const text of MALFORMED) {
      const stream = connect(tcp!.port, host);
      stream.on('error', note);
      stream.end(text);
      stream.resume();
      await once(stream, 'close');
    }
    expect(delivered).to.equal(1);
    expect(warnings.filter((text) => text.startsWith('!'))).to.deep.equal([]);
    expect(warnings.length).to.be.at.least(MALFORMED.length);
    socket.close();
    await stack.close();
  });
});
