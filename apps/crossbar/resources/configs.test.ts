// configs over REST: what an account has of its own stands over what its reseller and the system have.
import { expect } from 'chai';
import { type Answer, type Rest, startRest, type Tenant } from '../testing/rest.ts';

describe('configs', () => {
  let rest: Rest;
  let reseller: Tenant;
  let tenant: Tenant;
  let other: Tenant;
  before(async () => {
    rest = await startRest();
    reseller = await rest.account('reseller');
    tenant = await rest.account('acme', reseller.id);
    for (const name of ['accounts', tenant.id])
      await rest.store
        .database(name)
        .update(tenant.id, (account) => ({ ...account, pvt_reseller_id: reseller.id }));
    other = await rest.account('other');
    await rest.context.systemConfig.set('fax', 'limits', { pages: 100, retries: 3 });
  });
  after(() => rest.stop());

  const outcome = ({ status, body }: Answer): unknown[] => [status, body?.message];
  const limits = async (of: Tenant) => (await of.send('GET', 'configs/fax')).body.data.limits;

  it('are inherited: the account over its reseller over the system', async () => {
    expect(await limits(tenant)).to.deep.equal({ pages: 100, retries: 3 });
    expect((await reseller.send('POST', 'configs/fax', { limits: { pages: 50 } })).status).to.equal(200);
    expect(await limits(tenant)).to.deep.equal({ pages: 50, retries: 3 });
    const set = await tenant.send('PUT', 'configs/fax', { limits: { retries: 1 }, note: 'x' });
    expect(set.status, set.text).to.equal(201);
    expect(set.body.data).to.deep.equal({ id: 'configs_fax', limits: { pages: 50, retries: 1 }, note: 'x' });
    expect(await limits(other)).to.deep.equal({ pages: 100, retries: 3 });
  });

  it('are merged, replaced and removed', async () => {
    const merged = await tenant.send('PATCH', 'configs/fax', { limits: { pages: 7 }, note: null });
    expect(merged.body.data).to.deep.equal({ id: 'configs_fax', limits: { pages: 7, retries: 1 } });
    const replaced = await tenant.send('POST', 'configs/fax', { limits: { pages: 8 } });
    expect(replaced.body.data.limits).to.deep.equal({ pages: 8, retries: 3 });
    const stale = { headers: { 'if-match': '"0-none"' } };
    expect((await tenant.send('POST', 'configs/fax', {}, stale)).status).to.equal(412);
    expect((await tenant.send('DELETE', 'configs/fax')).status).to.equal(200);
    expect(await limits(tenant)).to.deep.equal({ pages: 50, retries: 3 });
    expect(outcome(await tenant.send('DELETE', 'configs/fax'))).to.deep.equal([404, 'bad_identifier']);
    const private_ = await tenant.send('PUT', 'configs/fax', { pvt_type: 'user', _id: 'x', a: 1 });
    expect(private_.body.data).to.include({ id: 'configs_fax', a: 1 }).and.not.have.property('pvt_type');
  });

  it('of a strange name, or with a resource of their own, are none', async () => {
    for (const category of ['_design', '..%2Fx', 'crossbar.auth', '.x'])
      expect(outcome(await tenant.send('GET', `configs/${category}`)), category).to.deep.equal([
        404,
        'bad_identifier',
      ]);
    const list = await tenant.send('PUT', 'configs/fax', undefined, { raw: '{"data":[]}' });
    expect(outcome(list)).to.deep.equal([400, 'validation error']);
  });

  it('of another account are as good as none', async () => {
    expect((await other.send('GET', 'configs/fax')).body.data).to.not.have.property('a');
    const foreign = await rest.send('GET', `accounts/${tenant.id}/configs/fax`, undefined, {
      token: other.token,
    });
    expect(foreign.status).to.equal(404);
  });
});
