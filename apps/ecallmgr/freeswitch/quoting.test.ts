// Quoting: customer text cannot end a value, name a variable, or start a command. The forms were measured on FreeSWITCH 1.11.
import { expect } from 'chai';
import fc from 'fast-check';
import { harmless, sipHost, sipUser, variableList, variableName, variableSequence, word } from './quoting.ts';

describe('quoting', () => {
  it('leaves nothing in a value that FreeSWITCH would act on', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const safe = harmless(text);
        expect(safe).to.not.match(/[\r\n\0\\'[\]{}]/);
        expect(safe).to.not.match(/\$\{/);
        expect(safe).to.not.include('^^');
      }),
    );
  });

  it('cannot be led to an expansion by nested dollars', () => {
    for (const text of ['', '$', '$$', '\\', '\n', '$\\'].map((it) => `$${it}{x}`))
      expect(harmless(text)).to.not.match(/\$[{$]/);
  });

  it('keeps ordinary text as it is', () => {
    const text = '"Zoë" <sip:zoe@example.org>;info=alert, 50% & more';
    expect(harmless(text)).to.equal(text);
  });

  it('escapes the separator of each list', () => {
    expect(variableList({ a: 'x, y', b: 5, c: undefined, d: '', e: 'p|q' })).to.equal(
      "a='x\\, y',b='5',e='p/q'",
    );
    expect(variableSequence({ a: 'x; y', b: "O'Brien" })).to.equal("a='x\\; y';b='O’Brien'");
  });

  it('refuses names that are none', () => {
    for (const name of ['', 'a b', 'a=b', 'a,b', 'a]', 'a\n'])
      expect(() => variableName(name)).to.throw(/name/);
    expect(variableName('sip_h_X-My.Header')).to.equal('sip_h_X-My.Header');
  });

  it('makes one word of anything', () => {
    expect(word('USER_BUSY')).to.equal('USER_BUSY');
    expect(word('a b;c|d(e)')).to.not.match(/[\s;|()]/);
  });

  it('encodes SIP users and refuses what is no host', () => {
    expect(sipUser('+4930;x=1@evil')).to.equal('+4930%3Bx%3D1%40evil');
    expect(sipHost('example.org:5060')).to.equal('example.org:5060');
    expect(sipHost('[::1]:5060')).to.equal('[::1]:5060');
    for (const host of ['', 'a b', 'a;x', 'a@b', 'a,b']) expect(() => sipHost(host)).to.throw(/host/);
  });
});
