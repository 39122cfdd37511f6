// Cutting a TCP stream into messages.

import { expect } from 'chai';
import fc from 'fast-check';
import { StreamFramer } from './framing.ts';
import { SipParseError } from './index.ts';
import { LIMITS } from './message.ts';

const message = (body: string): string =>
  `MESSAGE sip:a@h SIP/2.0\r\nX: 1\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

describe('sip stream framing', () => {
  it('gives the same messages however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 6 }), fc.array(fc.nat(400)), (bodies, cuts) => {
        const stream = Buffer.from(bodies.map(message).join('\r\n'));
        const framer = new StreamFramer();
        const got: string[] = [];
        let from = 0;
        for (const cut of [...cuts, stream.length]) {
          const chunk = stream.subarray(from, Math.min(from + cut, stream.length));
          from += chunk.length;
          got.push(...framer.push(chunk).messages.map(String));
        }
        expect(got).to.deep.equal(bodies.map(message));
      }),
    );
  });

  it('counts pings, not pongs', () => {
    const framer = new StreamFramer();
    expect(framer.push(Buffer.from('\r\n')).pings).to.equal(0);
    expect(framer.push(Buffer.from('\r\n\r\n')).pings).to.equal(1);
    expect(framer.push(Buffer.from(`\r\n\r\n\r\n\r\n${message('x')}`))).to.have.property('pings', 2);
  });

  it('gives up a stream that it cannot follow', () => {
    for (const text of [
      'A sip:a SIP/2.0\r\nContent-Length: x\r\n\r\n',
      'A sip:a SIP/2.0\r\nContent-Length: 999999999\r\n\r\n',
      'A sip:a SIP/2.0\r\nContent-Length: -1\r\n\r\n',
      'x'.repeat(LIMITS.head + 1),
    ]) {
      expect(() => new StreamFramer().push(Buffer.from(text))).to.throw(SipParseError);
    }
  });
});
