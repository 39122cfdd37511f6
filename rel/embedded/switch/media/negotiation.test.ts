// SDP: offers and answers, holds, refusals, malformed text.
import { expect } from 'chai';
import fc from 'fast-check';
import { MediaError } from './errors.ts';
import { Negotiator } from './negotiation.ts';
import { parseSdp } from './sdp.ts';

const sdp = (...lines: string[]) =>
  ['v=0', 'o=- 1 1 IN IP4 10.0.0.1', 's=-', 'c=IN IP4 10.0.0.1', 't=0 0', ...lines, ''].join('\r\n');
const OFFER = sdp(
  'm=audio 4000 RTP/AVP 8 0 3 96',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:96 telephone-event/8000',
  'a=ptime:30',
);
const newSide = (codecs: readonly ('PCMU' | 'PCMA')[] = ['PCMU', 'PCMA']) =>
  new Negotiator({ address: '127.0.0.1', port: 5000, codecs });
const codeOf = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    if (error instanceof MediaError) return error.code;
    throw error;
  }
  return 'no error';
};

describe('negotiation', () => {
  it('takes our preferred codec and the numbers of the offer', () => {
    const side = newSide();
    const answer = side.answer(OFFER);
    expect(answer).to.include('m=audio 5000 RTP/AVP 0 96\r\n').and.include('a=sendrecv');
    expect(side.audio).to.deep.equal({
      codec: 'PCMU',
      payloadType: 0,
      dtmfPayloadType: 96,
      remote: { address: '10.0.0.1', port: 4000 },
      direction: 'sendrecv',
      ptime: 30,
    });
  });

  it('knows the static types without rtpmap, and a dynamic type for PCMA', () => {
    const plain = newSide();
    plain.answer(sdp('m=audio 4000 RTP/AVP 8'));
    expect(plain.audio).to.include({ codec: 'PCMA', payloadType: 8, dtmfPayloadType: undefined });
    const mapped = newSide(['PCMA']);
    mapped.answer(sdp('m=audio 4000 RTP/AVP 0 97', 'a=rtpmap:97 pcma/8000/1'));
    expect(mapped.audio).to.include({ codec: 'PCMA', payloadType: 97 });
  });

  it('follows the answerer in the choice of codec', () => {
    const side = newSide();
    expect(side.offer()).to.include('m=audio 5000 RTP/AVP 0 8 101');
    side.accept(sdp('m=audio 4000 RTP/AVP 8 0 101', 'a=rtpmap:101 telephone-event/8000'));
    expect(side.audio).to.include({ codec: 'PCMA', dtmfPayloadType: 101 });
    expect(side.offer('sendonly')).to.include('RTP/AVP 8 101').and.include('a=sendonly');
  });

  for (const [theirs, ours] of [
    ['sendonly', 'recvonly'],
    ['recvonly', 'sendonly'],
    ['inactive', 'inactive'],
    ['sendrecv', 'sendrecv'],
  ] as const)
    it(`answers ${theirs} with ${ours}, at both levels`, () => {
      const stream = newSide();
      expect(stream.answer(`${OFFER}a=${theirs}\r\n`)).to.include(`a=${ours}`);
      const session = newSide();
      session.answer(OFFER.replace('t=0 0', `t=0 0\r\na=${theirs}`));
      expect(session.audio?.direction).to.equal(ours);
    });

  it('takes the address of the stream before that of the session, and 0.0.0.0 as a hold', () => {
    const side = newSide();
    side.answer(OFFER.replace('a=ptime:30', 'c=IN IP4 10.0.0.2'));
    expect(side.audio?.remote.address).to.equal('10.0.0.2');
    side.answer(OFFER.replace('c=IN IP4 10.0.0.1', 'c=IN IP4 0.0.0.0'));
    expect(side.audio?.direction).to.equal('recvonly');
  });

  it('refuses all other streams with port 0, each in its place, in later offers too', () => {
    const side = newSide();
    const offer = sdp(
      'm=video 4002 RTP/AVP 31',
      'm=audio 0 RTP/AVP 0',
      'm=audio 4000 RTP/AVP 0',
      'm=image 4004 udptl t38',
    );
    const lines = (text: string) => text.match(/^m=.*$/gm);
    const expected = [
      'm=video 0 RTP/AVP 31',
      'm=audio 0 RTP/AVP 0',
      'm=audio 5000 RTP/AVP 0',
      'm=image 0 udptl t38',
    ];
    expect(lines(side.answer(offer))).to.deep.equal(expected);
    expect(lines(side.offer())).to.deep.equal(expected);
  });

  it('counts versions up and keeps the session', () => {
    const side = newSide();
    const origin = (text: string) => /^o=mirliton (\d+) (\d+) /m.exec(text)?.slice(1) ?? [];
    const [first, second] = [origin(side.answer(OFFER)), origin(side.answer(OFFER))];
    expect(second[0]).to.equal(first[0]);
    expect(Number(second[1])).to.equal(Number(first[1]) + 1);
  });

  it('tells apart what is broken and what is only not for us', () => {
    const unacceptable = [
      sdp('m=audio 4000 RTP/AVP 9 18'),
      sdp('m=audio 0 RTP/AVP 0'),
      sdp('m=audio 4000 RTP/SAVP 0'),
      sdp('m=video 4000 RTP/AVP 31'),
      OFFER.replace('c=IN IP4 10.0.0.1', 'c=IN IP6 ::1'),
    ];
    for (const text of unacceptable)
      expect(
        codeOf(() => newSide().answer(text)),
        text,
      ).to.equal('sdp_unacceptable');
    const malformed = [
      '',
      'hello',
      'v=1\r\n',
      'v=0\r\n',
      sdp('m=audio x RTP/AVP 0'),
      sdp('m=audio 70000 RTP/AVP 0'),
      sdp('m=audio 4000'),
      sdp('m=audio 4000 RTP/AVP 96', 'a=rtpmap:96'),
      sdp('nonsense'),
      OFFER.replace('10.0.0.1\r\nt', 'host.example\r\nt'),
      'v=0\r\nm=audio 4000 RTP/AVP 0\r\n',
      `v=0\r\n${'m=audio 4000 RTP/AVP 0\r\n'.repeat(40)}`,
      `v=0\r\na=${'x'.repeat(70_000)}`,
    ];
    for (const text of malformed)
      expect(
        codeOf(() => newSide().answer(text)),
        text.slice(0, 80),
      ).to.equal('sdp_malformed');
  });

  it('changes nothing when it throws', () => {
    const side = newSide();
    side.answer(OFFER);
    const before = { ...side.audio };
    expect(codeOf(() => side.answer('x'))).to.equal('sdp_malformed');
    expect(side.audio).to.deep.equal(before);
    expect(side.remoteSdp).to.equal(OFFER);
  });

  it('never fails with anything but its own errors', () => {
    const mangled = fc
      .tuple(fc.nat(OFFER.length), fc.nat(20), fc.string({ maxLength: 20 }))
      .map(([at, count, text]) => OFFER.slice(0, at) + text + OFFER.slice(at + count));
    fc.assert(
      fc.property(mangled, (text) => {
        try {
          parseSdp(newSide().answer(text));
        } catch (error) {
          if (!(error instanceof MediaError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});
