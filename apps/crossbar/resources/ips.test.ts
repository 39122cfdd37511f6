// Addresses: the pool and who has them; and the lists that the system keeps for everybody: acls, dialplans.
import { expect } from 'chai';
import { type Answer, type Rest, startRest, type Tenant } from '../testing/rest.ts';

describe('ips', () => {
  let rest: Rest;
  let tenant: Tenant;
  let other: Tenant;
  before(async () => {
    rest = await startRest();
    tenant = await rest.account('acme');
    other = await rest.account('other');
    for (const [ip, zone, host] of [
      ['192.0.2.1', 'west', 'a'],
      ['192.0.2.2', 'west', 'b'],
      ['2001:db8::1', 'east', 'c'],
    ])
      expect((await master('PUT', 'ips', { ip, zone, host })).status).to.equal(201);
  });
  after(() => rest.stop());

  const master = (method: string, path: string, data?: unknown): Promise<Answer> =>
    rest.send(method, path, data, { token: rest.master.token });
  const own = (method: string, path = '', data?: unknown): Promise<Answer> =>
    tenant.send(method, `ips${path}`, data);
  const ipsOf = ({ body }: Answer): string[] => body.data.map(({ ip }: { ip: string }) => ip);

  it('are added, read and removed by superdupers', async () => {
    const { body } = await master('PUT', 'ips', { ip: '192.0.2.9', zone: 'west', host: 'z' });
    const shown = {
      id: '192.0.2.9',
      ip: '192.0.2.9',
      zone: 'west',
      host: 'z',
      status: 'available',
      type: 'dedicated_ip',
    };
    expect(body.data).to.deep.equal(shown);
    expect((await master('PUT', 'ips', { ip: '192.0.2.9', zone: 'w', host: 'z' })).status).to.equal(409);
    expect((await master('GET', 'ips/192.0.2.9')).body.data).to.deep.equal(shown);
    expect((await master('GET', 'ips?zone=west')).body.data).to.deep.include({
      ip: '192.0.2.9',
      zone: 'west',
    });
    expect((await master('DELETE', 'ips/192.0.2.9')).body.data._read_only.deleted).to.equal(true);
    expect((await master('GET', 'ips/192.0.2.9')).status).to.equal(404);
    for (const [verb, path] of [
      ['GET', 'ips'],
      ['PUT', 'ips'],
      ['GET', 'ips/192.0.2.1'],
      ['DELETE', 'ips/192.0.2.1'],
    ] as const)
      expect((await rest.send(verb, path, undefined, { token: tenant.token })).status, path).to.equal(403);
  });

  for (const [data, at, code] of [
    [{ zone: 'z', host: 'h' }, 'ip', 'required'],
    [{ ip: '192.0.2.8', host: 'h' }, 'zone', 'required'],
    [{ ip: '192.0.2.8', zone: 'z' }, 'host', 'required'],
    [{ ip: '192.0.2.8', zone: '', host: 'h' }, 'zone', 'minLength'],
    [{ ip: '192.0.2.8', zone: 'z', host: {} }, 'host', 'type'],
  ] as const)
    it(`refuse ${at}: ${code}`, async () => {
      expect((await master('PUT', 'ips', data)).body.data).to.have.nested.property(`${at}.${code}`);
    });

  it('are no addresses when they are not', async () => {
    for (const ip of ['x', '192.0.2.300', '_design/x'])
      expect((await master('PUT', 'ips', { ip, zone: 'z', host: 'h' })).status, ip).to.equal(400);
  });

  it('are offered by zone, in a number', async () => {
    expect(ipsOf(await own('GET', '?zone=west'))).to.have.members(['192.0.2.1', '192.0.2.2']);
    expect(ipsOf(await own('GET', '?zone=west&quantity=1'))).to.have.length(1);
    expect(ipsOf(await own('GET', '?zone=north'))).to.deep.equal([]);
    expect((await own('GET', '?quantity=0')).body.data).to.have.nested.property('quantity.maximum');
    expect((await own('GET', '/zones')).body.data).to.deep.equal(['east', 'west']);
    expect((await own('GET', '/hosts')).body.data).to.deep.equal(['a', 'b', 'c']);
    expect((await master('GET', 'ips/zones')).body.data).to.deep.equal(['east', 'west']);
  });

  it('are taken and given back, one by one or many at once', async () => {
    const taken = await own('POST', '/192.0.2.1', {});
    expect(taken.body.data.success['192.0.2.1']).to.include({ status: 'assigned', assigned_to: tenant.id });
    expect((await own('POST', '/192.0.2.1', {})).body.data).to.have.deep.property('ips.0');
    const many = await own('POST', '', { ips: ['192.0.2.2', '2001:db8::1'] });
    expect(many.body.data.success).to.have.all.keys('192.0.2.2', '2001:db8::1');
    expect(ipsOf(await own('GET', '/assigned'))).to.have.members(['192.0.2.1', '192.0.2.2', '2001:db8::1']);
    expect(ipsOf(await own('GET'))).to.deep.equal([]);
    expect((await master('DELETE', 'ips/192.0.2.1')).status).to.equal(403);
    expect((await own('DELETE', '', { ips: ['192.0.2.1'] })).body.data.success).to.have.all.keys('192.0.2.1');
    await own('DELETE', '/2001:db8::1');
    expect(ipsOf(await own('GET', '/assigned'))).to.deep.equal(['192.0.2.2']);
  });

  it('of another account are as good as none', async () => {
    const theirs = (verb: string, path: string, data?: unknown) => other.send(verb, `ips/${path}`, data);
    const told = async (verb: string, ip: string) => {
      const { status, body } = await theirs(verb, ip, verb === 'POST' ? {} : undefined);
      return JSON.stringify([status, body.data]).replaceAll(ip, 'IP');
    };
    for (const verb of ['GET', 'POST', 'DELETE'])
      expect(await told(verb, '192.0.2.2')).to.equal(await told(verb, '192.0.2.77'));
    expect(ipsOf(await theirs('GET', 'assigned'))).to.deep.equal([]);
  });

  it('are changed all or none', async () => {
    const { status, body } = await own('POST', '', { ips: ['192.0.2.1', '192.0.2.77'] });
    expect([status, Object.keys(body.data)]).to.deep.equal([400, ['ips.1']]);
    expect(body.data['ips.1'].not_found.value).to.equal('192.0.2.77');
    expect(ipsOf(await own('GET', '/assigned'))).to.deep.equal(['192.0.2.2']);
    for (const [data, code] of [
      [{}, 'required'],
      [{ ips: [] }, 'minItems'],
      [{ ips: 'x' }, 'type'],
      [{ ips: ['a', 'a'] }, 'uniqueItems'],
    ] as const)
      expect((await own('POST', '', data)).body.data.ips, code).to.have.property(code);
  });
});

describe('what the system keeps for everybody', () => {
  let rest: Rest;
  let tenant: Tenant;
  before(async () => {
    rest = await startRest();
    tenant = await rest.account('acme');
  });
  after(() => rest.stop());

  it('is shown: access lists of the switches, to superdupers', async () => {
    const get = (token: string) => rest.send('GET', 'acls', undefined, { token });
    expect((await get(rest.master.token)).body.data).to.deep.equal({});
    const list = { carrier: { type: 'allow', cidr: '192.0.2.0/24', 'network-list-name': 'trusted' } };
    await rest.context.systemConfig.set('ecallmgr', 'acls', list);
    expect((await get(rest.master.token)).body.data).to.deep.equal(list);
    const { token } = rest.master;
    expect((await tenant.send('GET', 'acls', undefined, { token })).body.data).to.deep.equal(list);
    expect((await tenant.send('GET', 'acls')).status).to.equal(403);
    expect((await get(tenant.token)).status).to.equal(403);
  });

  it('is shown: rules for dialled numbers, by name', async () => {
    expect((await tenant.send('GET', 'dialplans')).body.data).to.deep.equal({});
    await rest.store.database('system_config').save({
      _id: 'dialplans',
      pvt_type: 'config',
      default: {
        '^(\\d{7})$': [{ name: 'US 7 digits', prefix: '+1415' }],
        UK: { prefix: '+44' },
        broken: 'x',
      },
    });
    expect((await tenant.send('GET', 'dialplans')).body.data).to.deep.equal({
      'US 7 digits': { name: 'US 7 digits', prefix: '+1415', regex: '^(\\d{7})$' },
      UK: { name: 'UK', prefix: '+44' },
    });
  });
});
