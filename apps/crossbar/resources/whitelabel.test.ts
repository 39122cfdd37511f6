// Branding: one domain for one account, images that nobody needs a token for, and what DNS says of the names.
import { createSocket } from 'node:dgram';
import { expect } from 'chai';
import { type Rest, startRest, type Tenant } from '../testing/rest.ts';

const png = Buffer.from('89504e470d0a1a0a', 'hex');

describe('whitelabel', () => {
  let rest: Rest;
  let acme: Tenant;
  let other: Tenant;
  before(async () => {
    rest = await startRest();
    acme = await rest.account('acme');
    other = await rest.account('other');
  });
  after(() => rest.stop());
  const branding = { company_name: 'Acme', domain: 'Portal.Acme.test', hide_powered: true };
  const upload = (tenant: Tenant, kind: string, type: string, raw: string | Uint8Array) =>
    tenant.send('POST', `whitelabel/${kind}`, undefined, { raw, headers: { 'content-type': type } });

  it('is made, read, replaced and deleted', async () => {
    expect((await acme.send('GET', 'whitelabel')).status).to.equal(404);
    const made = await acme.send('PUT', 'whitelabel', branding);
    expect([made.status, made.body.data], made.text).to.deep.equal([
      201,
      { id: 'whitelabel', hide_credits: false, hide_registration: false, ...branding },
    ]);
    const { body } = await acme.send('POST', 'whitelabel', { domain: branding.domain, nav: { help: 'x' } });
    expect(body.data)
      .to.deep.include({ nav: { help: 'x' } })
      .and.not.have.property('company_name');
    expect((await acme.send('DELETE', 'whitelabel')).status).to.equal(200);
    expect((await acme.send('GET', 'whitelabel')).status).to.equal(404);
    expect((await rest.send('GET', 'whitelabel/portal.acme.test')).status).to.equal(404);
  });

  it('is found by its domain, without a token and however it is written', async () => {
    await acme.send('PUT', 'whitelabel', branding);
    for (const domain of ['portal.acme.test', 'PORTAL.acme.test']) {
      const found = await rest.send('GET', `whitelabel/${domain}`);
      expect([found.status, found.body.data.company_name], found.text).to.deep.equal([200, 'Acme']);
      const below = await other.send('GET', `whitelabel/${domain}`);
      expect([below.status, below.body.data.company_name], below.text).to.deep.equal([200, 'Acme']);
    }
    expect((await other.send('GET', 'whitelabel/none.test')).status).to.equal(404);
    expect((await other.send('GET', 'whitelabel/portal.acme.test/logo')).body.data.message).to.equal(
      'there is no logo',
    );
    expect((await rest.send('GET', 'whitelabel/none.test')).body.message).to.equal('bad_identifier');
    await acme.send('POST', 'whitelabel', { ...branding, domain: 'new.acme.test' });
    expect((await rest.send('GET', 'whitelabel/portal.acme.test')).status).to.equal(404);
    expect((await rest.send('GET', 'whitelabel/new.acme.test')).status).to.equal(200);
    const account = await acme.send('GET', '');
    expect(JSON.stringify(account.body.data)).not.to.include('pvt_');
  });

  it('has a domain that no other account has', async () => {
    await acme.send('POST', 'whitelabel', branding);
    const taken = await other.send('PUT', 'whitelabel', { domain: 'portal.ACME.test' });
    expect([taken.status, taken.body.data], taken.text).to.have.nested.property('1.domain.unique.message');
    const race = await Promise.all(
      [acme, other].map((one) => one.send('PUT', 'whitelabel', { domain: 'both.test' })),
    );
    expect(race.map(({ status }) => status).sort()).to.deep.equal([201, 400]);
    // Who has it may write it again.
    const winner = race[0]?.status === 201 ? acme : other;
    expect((await winner.send('POST', 'whitelabel', { domain: 'both.test' })).status).to.equal(200);
    await other.send('DELETE', 'whitelabel');
    await acme.send('POST', 'whitelabel', branding);
  });

  it('has images and a page of welcome, each of its own', async () => {
    expect((await upload(other, 'logo', 'image/png', png)).status).to.equal(404);
    for (const [kind, type, body] of [
      ['logo', 'image/png', png],
      ['icon', 'image/x-icon', Buffer.from('icon')],
      ['welcome', 'text/html', Buffer.from('<h1>Welcome</h1>')],
    ] as const) {
      expect((await acme.send('GET', `whitelabel/${kind}`)).status, kind).to.equal(404);
      const sent = await upload(acme, kind, type, body);
      expect([sent.status, sent.body?.data.company_name], sent.text).to.deep.equal([200, 'Acme']);
      for (const answer of [
        await acme.send('GET', `whitelabel/${kind}`),
        await rest.send('GET', `whitelabel/portal.acme.test/${kind}`),
      ]) {
        expect([answer.status, answer.headers.get('content-type')], kind).to.deep.equal([200, type]);
        expect(answer.headers.get('content-security-policy')).to.equal('sandbox');
        expect(answer.text).to.equal(body.toString('utf8'));
      }
    }
    const uri = `data:image/gif;base64,${Buffer.from('GIF89a').toString('base64')}`;
    expect((await upload(acme, 'logo', 'application/x-base64', uri)).status).to.equal(200);
    expect((await acme.send('GET', 'whitelabel/logo')).headers.get('content-type')).to.equal('image/gif');
    expect((await acme.send('GET', 'whitelabel/icon')).text).to.equal('icon');
  });

  it('takes nothing else as a file', async () => {
    expect((await upload(acme, 'logo', 'text/html', '<b>')).status).to.equal(415);
    expect((await upload(acme, 'welcome', 'image/png', png)).status).to.equal(415);
    expect((await acme.send('POST', 'whitelabel/logo', {})).body.data).to.have.nested.property(
      'file.required',
    );
    expect((await acme.send('GET', 'whitelabel/other')).status).to.equal(404);
  });

  it('keeps the images when it is replaced, and shows the one file of old brandings as the logo', async () => {
    await acme.send('POST', 'whitelabel', branding);
    expect((await acme.send('GET', 'whitelabel/logo')).status).to.equal(200);
    await other.send('PUT', 'whitelabel', {});
    await rest.store.database(other.id).attach('whitelabel', 'company.png', png, 'image/png');
    expect((await other.send('GET', 'whitelabel/logo')).headers.get('content-type')).to.equal('image/png');
    expect((await other.send('GET', 'whitelabel/icon')).status).to.equal(404);
  });

  it('names what is wrong with it', async () => {
    for (const [data, path] of [
      [{ domain: 'a b' }, 'domain.pattern'],
      [{ domain: 7.5, company_name: {} }, 'company_name.type'],
      [{ hide_powered: 'perhaps' }, 'hide_powered.type'],
      [{ nav: 'x' }, 'nav.type'],
      [{ port: { loa: {} } }, 'port\\.loa.type'],
    ] as const) {
      const { status, body } = await acme.send('POST', 'whitelabel', data);
      expect([status, body.data]).to.have.nested.property(`1.${path}`);
    }
  });

  describe('names in DNS', () => {
    const wanted = {
      A: { 'east.{{domain}}': { name: 'East', mapping: ['127.0.0.5'] } },
      CNAME: { 'api.{{domain}}': { name: 'API', mapping: ['api.{{domain}}.cdn.test'] } },
    };
    it('are set by the master, and asked for by everybody', async () => {
      const put = (token: string) => rest.send('POST', 'whitelabel/domains', wanted, { token });
      expect((await put(acme.token)).status).to.equal(403);
      expect((await put(rest.master.token)).status).to.equal(200);
      const bad = { A: { h: { name: 'x', mapping: [] } } };
      const refused = await rest.send('POST', 'whitelabel/domains', bad, { token: rest.master.token });
      expect(Object.keys(refused.body.data)).to.deep.equal(['A.h.mapping']);
      const own = await acme.send('GET', 'whitelabel/domains');
      expect(own.body.data.A).to.deep.equal({
        'east.Portal.Acme.test': { name: 'East', mapping: ['127.0.0.5'] },
      });
      const named = await rest.send('GET', 'whitelabel/domains?domain=x.test');
      expect(named.body.data.CNAME['api.x.test'].mapping).to.deep.equal(['api.x.test.cdn.test']);
      expect((await rest.send('GET', 'whitelabel/domains')).body.data).to.have.nested.property(
        'domain.required',
      );
      expect((await rest.send('GET', 'whitelabel/domains?domain=a"b')).body.data).to.have.nested.property(
        'domain.pattern',
      );
    });

    it('are looked up', async () => {
      const server = createSocket('udp4');
      server.on('message', (query, { port, address }) => server.send(answerOf(query), port, address));
      await new Promise<void>((ready) => server.bind(0, '127.0.0.1', ready));
      try {
        const at = `127.0.0.1:${server.address().port}`;
        await rest.context.systemConfig.set('whitelabel', 'nameservers', [at]);
        const { body, text } = await acme.send('POST', 'whitelabel/domains?domain=acme.test', {});
        expect(body.data, text).to.deep.equal({
          A: { 'east.acme.test': { name: 'East', expected: ['127.0.0.5'], actual: ['127.0.0.9'] } },
          CNAME: { 'api.acme.test': { name: 'API', expected: ['api.acme.test.cdn.test'], actual: [] } },
        });
      } finally {
        server.close();
      }
    });
  });
});

/** An answer of RFC 1035: every host has the address 127.0.0.9 and nothing else. */
function answerOf(query: Buffer): Buffer {
  const question = query.subarray(12, query.indexOf(0, 12) + 5);
  const isAddress = question.readUInt16BE(question.length - 4) === 1;
  const header = Buffer.from([
    query[0] ?? 0,
    query[1] ?? 0,
    0x81,
    0x80,
    0,
    1,
    0,
    isAddress ? 1 : 0,
    0,
    0,
    0,
    0,
  ]);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 127, 0, 0, 9]);
  return Buffer.concat([header, question, ...(isAddress ? [record] : [])]);
}
