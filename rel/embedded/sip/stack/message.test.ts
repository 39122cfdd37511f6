// Reading and writing of messages, tolerant of what phones send.

import { expect } from 'chai';
import { isRequest, parseMessage, type SipRequest, type SipResponse, serialize } from './index.ts';

const lines = (...text: string[]): Buffer => Buffer.from(`${text.join('\r\n')}\r\n\r\n`);

const INVITE = lines(
  'INVITE sip:bob@example.org;user=phone SIP/2.0',
  'v: SIP/2.0/UDP 10.0.0.1:5062;branch=z9hG4bKa, SIP/2.0/TCP [2001:db8::1]:5060;branch=z9hG4bKb',
  'f: "Alice, \\"A\\"" <sip:alice@example.org>;tag=1',
  't: sip:bob@example.org',
  'i: id@10.0.0.1',
  'CSeq: 17 INVITE',
  'm: <sip:alice@10.0.0.1:5062;transport=udp>;expires=60,',
  '   "Other, one" <sip:alice@10.0.0.2>',
  'X-Folded: one',
  '\ttwo',
  'Route: <sip:p1;lr>,<sip:p2;lr>',
);

describe('sip message', () => {
  it('expands compact names, unfolds lines and splits lists', () => {
    const message = parseMessage(INVITE) as SipRequest;
    expect(message.method).to.equal('INVITE');
    expect(message.uri).to.equal('sip:bob@example.org;user=phone');
    expect(message.headers.getAll('via')).to.have.length(2);
    expect(message.headers.get('FROM')).to.equal('"Alice, \\"A\\"" <sip:alice@example.org>;tag=1');
    expect(message.headers.getAll('Contact')).to.deep.equal([
      '<sip:alice@10.0.0.1:5062;transport=udp>;expires=60',
      '"Other, one" <sip:alice@10.0.0.2>',
    ]);
    expect(message.headers.get('x-folded')).to.equal('one two');
    expect(message.headers.getAll('route')).to.deep.equal(['<sip:p1;lr>', '<sip:p2;lr>']);
  });

  it('keeps names, values and order through writing', () => {
    const first = parseMessage(INVITE);
    const second = parseMessage(serialize(first));
    expect([...second.headers].filter(([name]) => name !== 'Content-Length')).to.deep.equal([
      ...first.headers,
    ]);
    expect(serialize(second).toString()).to.include('X-Folded: one two\r\n');
  });

  it('reads a response, also without a reason', () => {
    const text =
      'Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 BYE\r\n\r\n';
    const response = parseMessage(Buffer.from(`SIP/2.0 200\r\n${text}`)) as SipResponse;
    expect(isRequest(response)).to.equal(false);
    expect(response).to.include({ status: 200, reason: '' });
    expect(
      (parseMessage(Buffer.from(`SIP/2.0 480 Momentan nicht da: später\r\n${text}`)) as SipResponse).reason,
    ).to.equal('Momentan nicht da: später');
  });

  it('takes the body by bytes, as Content-Length says', () => {
    const head = INVITE.toString().slice(0, -2);
    const body = 'grüße';
    const bytes = Buffer.byteLength(body);
    expect(
      parseMessage(Buffer.from(`${head}Content-Length: ${bytes}\r\n\r\n${body}tail`)).body.toString(),
    ).to.equal(body);
    expect(parseMessage(Buffer.from(`${head}\r\n${body}`)).body.toString()).to.equal(body);
    expect(parseMessage(Buffer.from(`\r\n\r\n${head}l: 0\r\n\r\n`)).body).to.have.length(0);
  });

  it('accepts bare line feeds', () => {
    const message = parseMessage(Buffer.from(INVITE.toString().replaceAll('\r\n', '\n')));
    expect(message.headers.getAll('via')).to.have.length(2);
  });

  it('refuses header values that would begin a new line', () => {
    const { headers } = parseMessage(INVITE);
    expect(() => headers.set('X-Any', 'a\r\nRoute: <sip:evil>')).to.throw(TypeError);
    expect(() => headers.add('X Any', 'a')).to.throw(TypeError);
  });

  it('edits headers in place', () => {
    const { headers } = parseMessage(INVITE);
    headers.prepend('Via', 'SIP/2.0/UDP new;branch=z9hG4bKc').set('route', ['<sip:only;lr>']).delete('m');
    expect(headers.getAll('v')[0]).to.include('new');
    expect(headers.shift('Via')).to.include('new');
    expect(headers.getAll('via')).to.have.length(2);
    expect(headers.getAll('Route')).to.deep.equal(['<sip:only;lr>']);
    expect(headers.has('Contact')).to.equal(false);
    headers.merge({ 'X-Folded': ['a', 'b'] });
    expect(headers.getAll('x-folded')).to.deep.equal(['a', 'b']);
  });
});
