// URIs, addresses, Via, CSeq and Digest fields.

import { expect } from 'chai';
import {
  addressOf,
  formatNameAddr,
  formatUri,
  formatVia,
  parseAuth,
  parseCSeq,
  parseNameAddr,
  parseUri,
  parseVia,
  SipParseError,
} from './index.ts';

describe('sip fields', () => {
  it('reads URIs and writes them as they were', () => {
    for (const uri of [
      'sip:alice@example.org',
      'sip:alice:pass@example.org:5070;transport=tcp;lr?Subject=hi&Route=a',
      'sips:10.0.0.1',
      'sip:+1-212-555-0100;phone-context=x@[2001:db8::5]:5061;maddr=10.1.1.1',
      'sip:a%40b;x=1?y@h',
      'tel:+12125550100;ext=3',
    ]) {
      expect(formatUri(parseUri(uri))).to.equal(uri);
    }
    const { user, host, port, params } = parseUri('SIP:bob;day=tue@Example.org:5080;Transport=TCP;lr');
    expect({ user, host, port }).to.deep.equal({ user: 'bob;day=tue', host: 'Example.org', port: 5080 });
    expect([...params]).to.deep.equal([
      ['transport', 'TCP'],
      ['lr', ''],
    ]);
  });

  it('refuses what is no URI', () => {
    for (const uri of [
      '',
      'bob',
      'http://h/',
      'sip:',
      'sip:a@',
      'sip:a@h:99999',
      'sip:a@h:0',
      'sip:a@h x',
      'sip:a@<h>',
    ]) {
      expect(() => parseUri(uri), uri).to.throw(SipParseError);
    }
  });

  it('says where a URI leads', () => {
    expect(addressOf('sip:a@h')).to.deep.equal({ protocol: 'udp', host: 'h', port: 5060 });
    expect(addressOf('sip:a@h:1;transport=TCP;maddr=m')).to.deep.equal({
      protocol: 'tcp',
      host: 'm',
      port: 1,
    });
    expect(addressOf('sips:h')).to.deep.equal({ protocol: 'tls', host: 'h', port: 5061 });
    expect(addressOf('sip:h;transport=ws')).to.deep.equal({ protocol: 'ws', host: 'h', port: 5060 });
    for (const uri of ['tel:1', 'sip:h;transport=sctp']) expect(() => addressOf(uri)).to.throw(SipParseError);
  });

  it('reads addresses with and without brackets', () => {
    const quoted = parseNameAddr('"A \\"B\\" <x>, y" <sip:a@h;lr>;tag=7;q="0,5"');
    expect(quoted).to.include({ display: 'A "B" <x>, y', uri: 'sip:a@h;lr' });
    expect(quoted.params.get('tag')).to.equal('7');
    expect(parseNameAddr(formatNameAddr(quoted))).to.deep.equal(quoted);
    const bare = parseNameAddr('sip:a@h;tag=9');
    expect(bare.uri).to.equal('sip:a@h');
    expect(bare.params.get('tag')).to.equal('9');
    expect(parseNameAddr('A. Token Name <sip:a@h>').display).to.equal('A. Token Name');
    expect(parseNameAddr('*').uri).to.equal('*');
    for (const text of ['', '<>', '<sip:a@h', '"x', '"x" sip:a@h', '<sip:a> b', 'a"b <sip:a@h>']) {
      expect(() => parseNameAddr(text), text).to.throw(SipParseError);
    }
  });

  it('reads Via with all the space that the grammar allows', () => {
    const via = parseVia(
      'SIP / 2.0 / tcp  first.example.com: 4000;ttl=16 ;maddr=224.2.0.1 ;branch=z9hG4bK1;rport',
    );
    expect(via).to.include({ protocol: 'TCP', host: 'first.example.com', port: 4000 });
    expect(formatVia(via)).to.equal(
      'SIP/2.0/TCP first.example.com:4000;ttl=16;maddr=224.2.0.1;branch=z9hG4bK1;rport',
    );
    expect(formatVia(parseVia('SIP/2.0/UDP [::1]:5060;branch=z'))).to.equal(
      'SIP/2.0/UDP [::1]:5060;branch=z',
    );
  });

  it('reads CSeq and Digest', () => {
    expect(parseCSeq('0009  INVITE')).to.deep.equal({ number: 9, method: 'INVITE' });
    expect(() => parseCSeq('4294967296 INVITE')).to.throw(SipParseError);
    const { scheme, params } = parseAuth('Digest username="a,\\"b", realm = "r", qop=auth,nc=00000001');
    expect(scheme).to.equal('digest');
    expect(Object.fromEntries(params)).to.deep.equal({
      username: 'a,"b',
      realm: 'r',
      qop: 'auth',
      nc: '00000001',
    });
    expect(() => parseAuth('Digest')).to.throw(SipParseError);
  });
});
