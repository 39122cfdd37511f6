// Requests to servers outside: which addresses are refused, how much is read, how often they are sent on.
import { expect } from 'chai';
import { outsider } from '../testing/outsider.ts';
import { checkHost, isPrivate, type OutsideRules, send } from './index.ts';

const refused = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  return String(error?.message);
};

describe('addresses', () => {
  it('that are private are known in every way of writing them', () => {
    const inside = '127.0.0.1 10.1.2.3 169.254.169.254 ::1 fe80::1 fd00::1 ::ffff:127.0.0.1 ::ffff:7f00:1';
    const hidden = '64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b::1 64:ff9b:1::7f00:1 2002:7f00:1::';
    for (const address of `${inside} ${hidden}`.split(' '))
      expect(isPrivate(address), address).to.equal(true);
    for (const address of '8.8.8.8 2606:4700::1111 64:ff9b::808:808 ::ffff:8.8.8.8'.split(' '))
      expect(isPrivate(address), address).to.equal(false);
  });

  it('are refused as the host of a URL, however its numbers are spelled', () => {
    for (const url of ['http://2130706433/', 'http://0x7f.1/', 'http://[::ffff:127.0.0.1]/'])
      expect(() => checkHost(new URL(url).hostname), url).to.throw('is no public address');
    expect(() => checkHost('example.test')).not.to.throw();
  });
});

describe('send', () => {
  let server: Awaited<ReturnType<typeof outsider>>;
  before(async () => {
    server = await outsider();
  });
  after(() => server.stop());
  beforeEach(() => {
    server.heard.length = 0;
  });

  const get = (path: string, more: Partial<OutsideRules> = {}) =>
    send(
      { url: `${server.url}${path}`, method: 'GET', headers: {}, body: '' },
      { signal: AbortSignal.timeout(5_000), privateTargets: true, privateRedirects: true, ...more },
    );

  it('reads no more than it is to, and says so', async () => {
    server.answers.push({ status: 200, body: 'x'.repeat(5_000) }, { status: 200, body: 'x'.repeat(5_000) });
    const cut = await get('/');
    expect([cut.body.length, cut.isWhole]).to.deep.equal([4_096, false]);
    const whole = await get('/', { mostBytes: 5_000 });
    expect([whole.body.length, whole.isWhole]).to.deep.equal([5_000, true]);
  });

  it('goes where it is sent on, as often as the rules let it', async () => {
    const away = { status: 302, headers: { location: '/there' } };
    server.answers.push(away);
    expect((await get('/here')).status).to.equal(200);
    expect(server.heard.map(({ path }) => path)).to.deep.equal(['/here', '/there']);
    server.answers.push(away);
    expect(await refused(get('/here', { mostRedirects: 0 }))).to.match(/more than 0 redirects/);
    expect(server.heard).to.have.length(3);
  });

  it('connects to no private address where that is not allowed, by number or by name', async () => {
    const rules = { privateTargets: false };
    expect(await refused(get('/', rules))).to.match(/127\.0\.0\.1 is no public address/);
    const port = new URL(server.url).port;
    const byName = send(
      { url: `http://localhost:${port}/`, method: 'GET', headers: {}, body: '' },
      { signal: AbortSignal.timeout(5_000), privateTargets: false, privateRedirects: false },
    );
    expect(await refused(byName)).to.match(/localhost \(.*\) is no public address/);
    expect(server.heard).to.deep.equal([]);
  });
});
