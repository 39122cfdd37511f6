// presence over REST: who watches whom, lamps that are set and reset, and the reports of those, also by a signed link.
import { request as httpRequest } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { expect } from 'chai';
import { presenceSearchReq, presenceSearchResp } from '../../../core/messages/presence.ts';
import { magicPath } from '../engine/index.ts';
import { tenants } from '../testing/tenants.ts';

const watched = { dialog: { '2001': [{ contact: 'sip:a@192.0.2.1' }] } };

describe('presence', () => {
  const { rest, tenant, other } = tenants();
  let asked: Record<string, unknown>[];
  before(async () => {
    asked = [];
    const edge = rest.bus.peer('edge@localhost');
    await edge.consume(
      { bindings: [{ exchange: 'presence', key: 'presence.search_req.#' }], contracts: [presenceSearchReq] },
      async (query) => {
        asked.push({ ...query.message });
        await edge.reply(query, presenceSearchResp, { Subscriptions: watched });
      },
    );
  });

  const reset = async (path = 'presence/2001'): Promise<string> => {
    const { status, body, text } = await tenant.send('POST', path, { action: 'reset' });
    expect(status, text).to.equal(200);
    return body.data.report;
  };
  /** What stands at the root of the server, without a token. */
  async function get(path: string, method = 'GET'): Promise<{ status: number | undefined; text: string }> {
    return new Promise((resolve, reject) => {
      httpRequest(`${rest.url}/${path}`, { method }, (answer) => {
        textOf(answer).then((text) => resolve({ status: answer.statusCode, text }), reject);
      })
        .on('error', reject)
        .end();
    });
  }
  const linkOf = (): string =>
    String(rest.bus.named('system_alert').at(-1)?.['Attachment-URL']).replace(`${rest.url}/`, '');

  it('says who watches a lamp', async () => {
    const { body } = await tenant.send('GET', 'presence/2001?event=dialog');
    expect(body.data).to.deep.equal({ subscriptions: watched });
    expect(asked.at(-1)).to.include({
      Realm: 'acme.test',
      Username: '2001',
      'Search-Type': 'detail',
      'Event-Package': 'dialog',
    });
  });

  it('keeps who watched a lamp that is reset', async () => {
    rest.bus.clear();
    const report = await reset();
    expect(report).to.match(/^report-\d{6}-[0-9a-f]{32}$/);
    expect(rest.bus.named('reset')).to.have.length(1);
    const { status, headers, text } = await tenant.send('GET', `presence/${report}`);
    expect([status, headers.get('content-type')]).to.deep.equal([200, 'application/json']);
    expect(headers.get('content-disposition')).to.equal(`attachment; filename="${report}.json"`);
    expect(JSON.parse(text)).to.deep.equal({ subscriptions: watched });
    const setting = await tenant.send('POST', 'presence/2001', { action: 'set', state: 'early' });
    expect(setting.body.data).to.not.have.property('report');
  });

  it('links to it as its client speaks to a proxy that is known, and to nobody else', async () => {
    const behind = (proto: string) =>
      tenant.send('POST', 'presence/2001', { action: 'reset' }, { headers: { 'x-forwarded-proto': proto } });
    await behind('https');
    expect(linkOf()).to.match(/^https:/);
    await rest.context.systemConfig.set('crossbar', 'reverse_proxies', ['192.0.2.1']);
    await behind('https');
    expect(linkOf()).to.not.match(/^https:/);
    await rest.context.systemConfig.set('crossbar', 'reverse_proxies', ['127.0.0.1']);
  });

  it('tells an operator, with a link that needs no token', async () => {
    const report = await reset();
    const [alert] = rest.bus.named('system_alert').slice(-1);
    expect(alert).to.deep.include({
      'Account-ID': tenant.id,
      Details: { 'Report-ID': report.slice('report-'.length), Node: 'crossbar@localhost' },
    });
    const { status, text } = await get(linkOf());
    expect(status, text).to.equal(200);
    expect(JSON.parse(text)).to.deep.equal({ subscriptions: watched });
  });

  it('has links that cannot be bent, and that end', async () => {
    const report = await reset();
    const path = `/v2/accounts/${tenant.id}/presence/${report}`;
    const secret = Buffer.from(
      String((await rest.store.database('system_auth').get('system_secrets'))['pvt_system_secret']),
      'hex',
    );
    const later = Date.now() / 1000 + 60;
    expect((await get(magicPath(secret, path, later))).status).to.equal(200);
    const [payload = '', signature = ''] = linkOf().split('.');
    const bent = Buffer.from(JSON.stringify([path.replace('presence', 'users'), later])).toString(
      'base64url',
    );
    for (const [link, why] of [
      [magicPath(Buffer.alloc(32, 1), path, later), 'of another cluster'],
      [magicPath(secret, path, later - 120), 'over'],
      [magicPath(secret, `/v2/accounts/${tenant.id}/users`, later), 'not for links'],
      [magicPath(secret, `/v2/accounts/${tenant.id}/presence/2001`, later), 'no report'],
      [`${bent}.${signature}`, 'another path'],
      [`${payload}.${signature.slice(0, -2)}AA`, 'another signature'],
      [payload, 'no signature'],
    ] as const)
      expect((await get(link)).status, why).to.equal(404);
    expect((await get(linkOf(), 'DELETE')).status).to.equal(404);
    const gone = path.replace(report, `report-202001-${'0'.repeat(32)}`);
    expect((await get(magicPath(secret, gone, later))).status, 'no such report').to.equal(404);
    expect((await get(path.slice(1))).status, 'a path that is not signed').to.equal(401);
  });

  it('has reports of its own account only, which are read only', async () => {
    const report = await reset();
    for (const path of [`presence/${report}x`, 'presence/report-x', 'presence/report-202013-1'])
      expect((await tenant.send('GET', path)).status, path).to.equal(404);
    expect((await tenant.send('POST', `presence/${report}`, { action: 'reset' })).status).to.equal(405);
    expect((await other.send('GET', `presence/${report}`)).status).to.equal(404);
    const foreign = await rest.send('GET', `accounts/${tenant.id}/presence/${report}`, undefined, {
      token: other.token,
    });
    expect(foreign.status).to.equal(404);
  });

  it('asks once for all lamps of a user', async () => {
    await tenant.send('PUT', 'devices', { name: 'a', presence_id: '2001', owner_id: tenant.userId });
    await tenant.send('PUT', 'devices', { name: 'b', presence_id: '2002', owner_id: tenant.userId });
    asked.length = 0;
    rest.bus.clear();
    const report = await reset(`users/${tenant.userId}/presence`);
    expect(asked).to.have.length(1);
    expect(asked[0]).to.include({ 'Search-Type': 'detail' }).and.not.have.property('Username');
    expect(rest.bus.named('reset')).to.have.length(2);
    expect((await tenant.send('GET', `presence/${report}`)).status).to.equal(200);
  });

  for (const [data, path, code] of [
    [{}, 'action', 'required'],
    [{ action: 'dance' }, 'action', 'enum'],
    [{ action: 'set' }, 'state', 'required'],
    [{ action: 'set', state: 'loud' }, 'state', 'enum'],
  ] as const)
    it(`refuses ${path}: ${code}`, async () => {
      const { status, body } = await tenant.send('POST', 'presence/2001', data);
      expect([status, Object.keys(body.data[path] ?? {})]).to.deep.equal([400, [code]]);
    });
});
