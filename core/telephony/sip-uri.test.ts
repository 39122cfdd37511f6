// SIP URIs and name-addresses, good and bad.
import { expect } from 'chai';
import fc from 'fast-check';
import { formatNameAddress, formatSipUri, parseNameAddress, parseSipUri, userAtHost } from './sip-uri.ts';

describe('SIP URIs', () => {
  it('reads all parts', () => {
    expect(parseSipUri('sips:alice:pw@Example.COM:5061;transport=tcp;lr?Subject=a%20b')).to.deep.equal({
      scheme: 'sips',
      user: 'alice',
      password: 'pw',
      host: 'example.com',
      port: 5061,
      params: { transport: 'tcp', lr: '' },
      headers: { subject: 'a b' },
    });
    expect(parseSipUri('sip:+1415;npdi@[2001:db8::1]:5060')).to.include({
      user: '+1415;npdi',
      host: '2001:db8::1',
    });
    expect(parseSipUri('tel:+14155550100;phone-context=example.com')?.params).to.deep.equal({
      'phone-context': 'example.com',
    });
  });

  it('refuses what is none', () => {
    const bad = [
      '',
      'alice',
      'http://x',
      'sip:',
      'sip:@',
      'sip:a@b c',
      'sip:a@b:99999',
      'sip:a@[::1',
      `sip:${'a'.repeat(3000)}@b`,
    ];
    for (const text of bad) expect(parseSipUri(text), text).to.equal(undefined);
  });

  it('keeps parts apart when it writes', () => {
    const uri = { scheme: 'sip' as const, user: 'a@b:c d\r\n', host: 'h', params: { x: 'y;z' }, headers: {} };
    expect(formatSipUri(uri)).to.equal('sip:a%40b%3Ac%20d%0D%0A@h;x=y%3Bz');
    expect(parseSipUri(formatSipUri(uri))).to.deep.equal(uri);
  });

  it('reads names', () => {
    const from = parseNameAddress('"Bob \\"B\\" Jones" <sip:bob@h;lr>;tag=1');
    expect(from?.name).to.equal('Bob "B" Jones');
    expect([from?.uri.params, from?.params]).to.deep.equal([{ lr: '' }, { tag: '1' }]);
    expect(parseNameAddress('sip:bob@h;tag=2')).to.deep.include({ params: { tag: '2' } });
    expect(
      parseNameAddress(formatNameAddress({ name: 'a\\"b', uri: parseSipUri('sip:a@h')! }))?.name,
    ).to.equal('a\\"b');
  });

  it('gives user@host', () => {
    expect(userAtHost('sip:alice@h:5060;x=1')).to.equal('alice@h');
    expect(userAtHost('"A" <sip:alice@h>;tag=1')).to.equal('alice@h');
    expect(userAtHost('alice@h')).to.equal('alice@h');
    expect(userAtHost('h')).to.equal(undefined);
  });

  it('never throws, and reads back what it writes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        parseNameAddress(text);
        parseSipUri(`sip:${text}`);
      }),
    );
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (user, value) => {
        const parsed = parseSipUri(formatSipUri({ user, host: 'h', params: { p: value } }));
        expect([parsed?.user, parsed?.params['p']]).to.deep.equal([user, value]);
      }),
    );
  });
});
