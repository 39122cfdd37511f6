// Who calls, without the address of the media server that says so.
import { expect } from 'chai';
import { withoutInside } from './hiding.ts';

describe('b2bua: identities', () => {
  const isInside = (host: string): boolean => ['10.0.0.9', '[fd00::9]'].includes(host);
  const hide = (fields: Record<string, string>, headers: Record<string, string>) =>
    withoutInside(fields, { headers }, isInside);

  it('bear the realm of the call in place of an inside address, and keep any other', () => {
    const headers = { from: '"A" <sip:a@one.org>;tag=1', to: '<sip:b@10.0.0.9>' };
    const fields = {
      'Remote-Party-ID': '"2000" <sip:2000@10.0.0.9:11000>;party=calling',
      'p-asserted-identity': '<sip:2000@[fd00::9]>, <sip:x@192.0.2.1>',
      subject: 'me@10.0.0.9',
    };
    expect(hide(fields, headers)).to.deep.equal({
      'Remote-Party-ID': '"2000" <sip:2000@one.org>;party=calling',
      'p-asserted-identity': '<sip:2000@one.org>, <sip:x@192.0.2.1>',
      subject: 'me@10.0.0.9',
    });
  });

  it('take the realm of whoever is not inside, or none', () => {
    const fields = { diversion: '<sip:c@10.0.0.9>' };
    const [from, to] = ['<sip:a@10.0.0.9>;tag=1', '<sip:b@one.org>'];
    expect(hide(fields, { from, to }).diversion).to.equal('<sip:c@one.org>');
    expect(hide(fields, { from, to: from }).diversion).to.equal('<sip:c@anonymous.invalid>');
  });
});
