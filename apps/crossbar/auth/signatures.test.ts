// A signature that was checked is not checked again; its key and its time are.
import { expect } from 'chai';
import { type CryptoKey, generateKeyPair, SignJWT } from 'jose';
import { algorithm, type KeyRing } from './keys.ts';
import { claimsOf } from './signatures.ts';

describe('the signature of a token', () => {
  const seconds = 60;
  let keys: Map<string, CryptoKey>;
  let token: string;

  beforeEach(async () => {
    const { publicKey, privateKey } = await generateKeyPair(algorithm);
    keys = new Map([['k1', publicKey]]);
    token = await new SignJWT({ account_id: 'a' })
      .setProtectedHeader({ alg: algorithm, kid: 'k1' })
      .setIssuer('kazoo')
      .setExpirationTime(`${seconds}s`)
      .sign(privateKey);
  });

  const ring = { verifying: async (kid: string) => keys.get(kid) } as KeyRing;
  const read = (one = token): Promise<unknown> =>
    claimsOf(one, ring, 'kazoo', () => new Error('no such key')).then(
      ({ account_id }) => account_id,
      (error: Error) => error.message,
    );

  it('is good as long as its key is', async () => {
    expect([await read(), await read()]).to.deep.equal(['a', 'a']);
    keys.delete('k1');
    expect(await read()).to.equal('no such key');
  });

  it('is not that of another key of the same name', async () => {
    expect(await read()).to.equal('a');
    keys.set('k1', (await generateKeyPair(algorithm)).publicKey);
    expect(await read()).to.equal('signature verification failed');
  });

  it('does not outlive the token', async () => {
    expect(await read()).to.equal('a');
    const later = Date.now() + (seconds + 1) * 1000;
    class Later extends Date {
      constructor() {
        super(later);
      }
      static override now = (): number => later;
    }
    const real = globalThis.Date;
    globalThis.Date = Later as DateConstructor;
    try {
      expect(await read()).to.match(/exp/);
    } finally {
      globalThis.Date = real;
    }
  });

  it('is looked at whole', async () => {
    expect(await read()).to.equal('a');
    expect(await read(`${token.slice(0, -4)}AAAA`)).to.equal('signature verification failed');
  });
});
