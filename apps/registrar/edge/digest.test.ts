// Digest and nonces: the examples of RFC 7616, replay, expiry, and everything that is no digest answer.
import { expect } from 'chai';
import { challenge, isRight, parseDigest, secretOf } from './digest.ts';
import { createNonces } from './nonce.ts';

/** RFC 7616 §3.9.1. */
const example = (algorithm: string, response: string): string =>
  `Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=${algorithm}, ` +
  'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, ' +
  `cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, response="${response}", ` +
  'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';

describe('edge: digest', () => {
  for (const [algorithm, response] of [
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ] as const)
    it(`checks the example of RFC 7616 by ${algorithm}`, () => {
      const answer = parseDigest(example(algorithm, response));
      expect(answer).to.include({ algorithm, username: 'Mufasa', nc: '00000001' });
      const secret = secretOf(algorithm, 'Mufasa', 'http-auth@example.org', 'Circle of Life');
      expect(isRight(answer!, 'GET', secret)).to.equal(true);
      expect(isRight(answer!, 'POST', secret)).to.equal(false);
      expect(isRight({ ...answer!, response: 'short' }, 'GET', secret)).to.equal(false);
    });

  it('takes an answer without qop (RFC 2069), and none of what was not offered', () => {
    const plain = 'Digest username="a", realm="r", nonce="n", uri="u", response="x"';
    expect(parseDigest(plain)).to.include({ algorithm: 'MD5', qop: undefined });
    for (const bad of ['', 'Basic abc', 'Digest', 'Digest username="a"', `${plain}, algorithm=SHA-512-256`])
      expect(parseDigest(bad), bad).to.equal(undefined);
    for (const bad of ['qop=auth-int, nc=00000001, cnonce="c"', 'qop=auth', 'qop=auth, nc=zz, cnonce="c"'])
      expect(parseDigest(`${plain}, ${bad}`), bad).to.equal(undefined);
    expect(parseDigest(plain.replace('"a"', '"a \\"b\\" c"'))?.username).to.equal('a "b" c');
  });

  it('writes a challenge', () => {
    expect(challenge('MD5', 'r', 'n', true)).to.equal(
      'Digest realm="r", nonce="n", algorithm=MD5, qop="auth", stale=true',
    );
  });
});

describe('edge: nonces', () => {
  it('are good for their lifetime, and only when they are ours', () => {
    let now = 1_000_000_000_000;
    const nonces = createNonces({ lifetime: () => 300, now: () => now });
    const nonce = nonces.issue();
    expect(nonces.issue()).not.to.equal(nonce);
    expect(nonces.judge(nonce)).to.equal('fresh');
    const forged = ['', '.', 'x', nonce.slice(1), `${nonce}0`, createNonces({ lifetime: () => 300 }).issue()];
    for (const foreign of forged) expect(nonces.judge(foreign), foreign).to.equal('foreign');
    now += 301_000;
    expect(nonces.judge(nonce)).to.equal('expired');
  });

  it('are used with a rising count, or once without one', () => {
    const nonces = createNonces({ lifetime: () => 300 });
    const counted = nonces.issue();
    expect([1, 2, 2, 1, 7].map((count) => nonces.use(counted, count))).to.deep.equal([
      'fresh',
      'fresh',
      'replayed',
      'replayed',
      'fresh',
    ]);
    const plain = nonces.issue();
    expect([nonces.use(plain, undefined), nonces.use(plain, undefined), nonces.use(plain, 9)]).to.deep.equal([
      'fresh',
      'replayed',
      'replayed',
    ]);
  });
});
