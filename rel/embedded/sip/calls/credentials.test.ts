// Credentials end at the server that asked for them, and pass it on their way to others.
import { expect } from 'chai';
import { Headers, type SipResponse } from '../stack/index.ts';
import { Challenged } from './credentials.ts';

const response = (status: number, name: string, value: string): SipResponse => {
  const headers = new Headers();
  headers.add(name, value);
  return { status, reason: '', headers, body: Buffer.alloc(0) } as SipResponse;
};

describe('credentials of proxied requests', () => {
  it('are taken out for a realm that was challenged here, and for no other', () => {
    const challenged = new Challenged();
    challenged.learn(response(407, 'Proxy-Authenticate', 'Digest realm="ours", nonce="n"'));
    challenged.learn(response(401, 'Proxy-Authenticate', 'Digest realm="not a 407", nonce="n"'));
    challenged.learn(response(407, 'Proxy-Authenticate', 'nonsense'));
    const headers = new Headers();
    for (const realm of ['ours', 'carrier', 'not a 407'])
      headers.add('Proxy-Authorization', `Digest username="u", realm="${realm}"`);
    challenged.consume(headers);
    expect(headers.getAll('proxy-authorization').join())
      .to.include('carrier')
      .and.include('not a 407')
      .and.not.include('ours');
  });
});
