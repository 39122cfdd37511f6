// Accounts: making, the tree, moving, uniqueness, deleting.
import { expect } from 'chai';
import { accountDatabase, gregorian } from '../../../core/couch/index.ts';
import { type Rest, startRest, type Tenant } from '../testing/rest.ts';

describe('accounts', () => {
  let rest: Rest;
  let parent: Tenant;
  let child: Tenant;
  let other: Tenant;
  before(async () => {
    rest = await startRest();
    parent = await rest.account('parent');
    child = await rest.account('child', parent.id);
    other = await rest.account('other');
  });
  after(() => rest.stop());

  const master = (method: string, path: string, data?: unknown) =>
    rest.send(method, path, data, { token: rest.master.token });
  const names = async (tenant: Tenant, path: string) =>
    (await tenant.send('GET', path)).body.data.map((row: { name: string }) => row.name);

  it('stands in its own database and in accounts, with its tree', async () => {
    for (const name of [accountDatabase(child.id), 'accounts'])
      expect(await rest.store.database(name).get(child.id)).to.deep.include({
        name: 'child',
        realm: 'child.test',
        pvt_type: 'account',
        pvt_tree: [rest.master.id, parent.id],
        pvt_enabled: true,
      });
  });

  it('shows children, descendants, siblings and ancestors as far as the caller reaches', async () => {
    const grandchild = await rest.account('grandchild', child.id);
    expect(await names(parent, 'children?ascending=true')).to.deep.equal(['child']);
    expect(await names(parent, 'descendants')).to.deep.equal(['grandchild', 'child']);
    expect(await names(child, 'siblings')).to.deep.equal(['child']);
    expect(await names(grandchild, 'tree')).to.deep.equal([]);
    const seen = await rest.send('GET', `accounts/${grandchild.id}/parents`, undefined, {
      token: parent.token,
    });
    expect(seen.body.data.map((row: { name: string }) => row.name)).to.deep.equal(['parent', 'child']);
    const { body } = await master('GET', `accounts/${rest.master.id}/children?ascending=true`);
    expect(body.data[1]).to.include({ name: 'parent', descendants_count: 2 });
    expect((await grandchild.send('DELETE', '')).status).to.equal(200);
    expect((await grandchild.send('GET', '')).status).to.equal(401);
    expect((await master('GET', `accounts/${grandchild.id}`)).status).to.equal(404);
    expect(
      (await master('GET', `accounts/${rest.master.id}/children?ascending=true`)).body.data[1],
    ).to.include({ descendants_count: 1 });
  });

  it('says who bills whom', async () => {
    const seller = await rest.reseller('billing');
    const customer = await rest.account('billed', seller.id);
    const mode = async (id: string, token: string) =>
      (await rest.send('GET', `accounts/${id}`, undefined, { token })).body.data.billing_mode;
    expect(await mode(customer.id, customer.token)).to.equal('manual');
    expect(await mode(customer.id, seller.token)).to.equal('limits_only');
    expect(await mode(customer.id, rest.master.token)).to.equal('manual');
    expect(await mode(seller.id, seller.token)).to.equal('normal');
    expect(await mode(seller.id, rest.master.token)).to.equal('limits_only');
  });

  it('is told of when it is made, and has the timezone of the one above', async () => {
    const [berlin, nowhere] = [await rest.account('berlin'), await rest.account('nowhere')];
    await berlin.send('PATCH', '', { timezone: 'Europe/Berlin' });
    rest.bus.clear();
    const { body } = await berlin.send('PUT', '', { name: 'in berlin' });
    expect(body.data.timezone).to.equal('Europe/Berlin');
    expect(rest.bus.named('new_account')[0]).to.include({
      'Account-ID': body.data.id,
      'Account-Name': 'in berlin',
      'Account-Realm': body.data.realm,
    });
    const quiet = { name: 'in tokyo', timezone: 'Asia/Tokyo', send_email_on_creation: false };
    expect((await berlin.send('PUT', '', quiet)).body.data).to.include({ timezone: 'Asia/Tokyo' });
    await rest.context.systemConfig.set('accounts', 'default_timezone', 'America/Denver');
    expect(
      (await nowhere.send('PUT', '?send_email_on_creation=false', { name: 'in denver' })).body.data,
    ).to.include({
      timezone: 'America/Denver',
    });
    expect(rest.bus.named('new_account')).to.have.length(1);
  });

  it('shows how long it may be tried', async () => {
    const trial = gregorian() + 1_000;
    for (const name of [accountDatabase(other.id), 'accounts'])
      await rest.store.database(name).update(other.id, (it) => ({ ...it, pvt_trial_expires: trial }));
    const { trial_time_left } = (await other.send('GET', '')).body.data;
    expect(trial_time_left).to.be.within(900, 1_000);
    expect((await other.send('PATCH', '', { trial_time_left })).status).to.equal(200);
    expect(await rest.store.database('accounts').get(other.id)).to.not.have.property('trial_time_left');
  });

  it('stays while numbers are on their way to it', async () => {
    const asked = { name: 'Port', numbers: { '+14155550177': {} } };
    const made = await rest.account('porting');
    const { id } = (await made.send('PUT', 'port_requests', asked)).body.data;
    const refused = await made.send('DELETE', '');
    expect([refused.status, refused.body.message]).to.deep.equal([500, 'account_has_active_port']);
    expect((await made.send('PATCH', `port_requests/${id}/canceled`, {})).status).to.equal(200);
    expect((await made.send('DELETE', '')).status).to.equal(200);
  });

  it('keeps a start key inside the list it came from', async () => {
    const inside = Buffer.from(JSON.stringify([[parent.id, 'zzz'], ''])).toString('base64url');
    expect((await parent.send('GET', `children?start_key=${inside}`)).status).to.equal(200);
    for (const key of [[rest.master.id, 'zzz'], ['zzz'], 'zzz', []]) {
      const start = Buffer.from(JSON.stringify([key, ''])).toString('base64url');
      expect((await parent.send('GET', `children?start_key=${start}`)).body).to.include({
        error: '404',
        message: 'faulty_request',
      });
    }
  });

  it('wants names and realms for itself', async () => {
    const create = (data: object) => master('PUT', 'accounts', data);
    expect((await create({ name: 'fresh', realm: 'CHILD.test' })).body.data).to.have.nested.property(
      'realm.unique',
    );
    expect((await create({ name: 'child' })).body.data).to.have.nested.property('name.unique');
    expect((await create({})).body.data).to.have.nested.property('name.required');
    expect((await create({ name: 'x', realm: 'a b' })).body.data).to.have.nested.property('realm.pattern');
    expect((await child.send('PATCH', '', { realm: 'parent.test' })).body.data).to.have.nested.property(
      'realm.unique',
    );
    const made = await Promise.all([1, 2].map(() => create({ name: 'at once', realm: 'once.test' })));
    expect(made.map(({ status }) => status).sort()).to.deep.equal([201, 400]);
    expect((await create({ name: 'no realm' })).body.data.realm).to.match(
      /^[0-9a-f]{6}\.sip\.mirliton\.test$/,
    );
  });

  it('takes a realm with a dot at its end for the one without', async () => {
    const made = await master('PUT', 'accounts', { name: 'dotted', realm: 'dotted.test.' });
    expect(made.body.data.realm).to.equal('dotted.test');
    const again = await master('PUT', 'accounts', { name: 'dotted again', realm: 'dotted.test..' });
    expect(again.body.data).to.have.nested.property('realm.unique');
    const changed = await child.send('PATCH', '', { realm: 'dotted.test.' });
    expect(changed.body.data).to.have.nested.property('realm.unique');
    const phone = { name: 'x', sip: { realm: 'other.test.', username: 'phone9', password: 'secret1' } };
    expect((await child.send('PUT', 'devices', phone)).body.data).to.have.keys('sip.realm');
  });

  it('changes in both places, forgets phones of the old realm, and keeps what only others may set', async () => {
    rest.bus.clear();
    const { body, status } = await child.send('PATCH', '', {
      realm: 'new.test',
      superduper_admin: true,
      pvt_superduper_admin: true,
      wnm_allow_additions: true,
      pvt_tree: [],
    });
    expect(status).to.equal(200);
    expect(body.data).to.include({ realm: 'new.test', superduper_admin: false, wnm_allow_additions: false });
    expect(rest.bus.named('reg_flush').map((message) => message['Realm'])).to.deep.equal(['child.test']);
    expect(await rest.store.database('accounts').get(child.id)).to.deep.include({
      realm: 'new.test',
      pvt_tree: [rest.master.id, parent.id],
    });
    expect((await child.send('POST', '', { name: 'child', language: 'de-de' })).body.data).to.include({
      realm: 'new.test',
      language: 'de-de',
    });
    expect(
      (await master('PATCH', `accounts/${child.id}`, { wnm_allow_additions: true })).body.data
        .wnm_allow_additions,
    ).to.equal(true);
    expect(
      (await child.send('PATCH', '', { a: 1 }, { headers: { 'if-match': `"${body.revision}"` } })).status,
    ).to.equal(412);
  });

  it('moves with all that is below it', async () => {
    const below = await rest.account('below', child.id);
    const move = (id: string, to: unknown) => master('POST', `accounts/${id}/move`, { to });
    expect((await move(child.id, below.id)).status).to.equal(400);
    expect((await move(child.id, child.id)).status).to.equal(400);
    expect((await move(child.id, 'nowhere')).status).to.equal(400);
    expect((await move(rest.master.id, other.id)).status).to.equal(400);
    expect((await move(child.id, other.id)).status).to.equal(200);
    expect((await rest.store.database('accounts').get(below.id))['pvt_tree']).to.deep.equal([
      rest.master.id,
      other.id,
      child.id,
    ]);
    expect((await parent.send('GET', 'children')).body.data).to.deep.equal([]);
    expect(
      (await rest.send('GET', `accounts/${below.id}`, undefined, { token: parent.token })).status,
    ).to.equal(404);
    expect(
      (await rest.send('GET', `accounts/${below.id}`, undefined, { token: other.token })).status,
    ).to.equal(200);
  });

  it('moves by who stands above both where the cluster says so', async () => {
    const house = await rest.account('house');
    const [to, moved] = [await rest.account('to', house.id), await rest.account('moved', house.id)];
    const move = (tenant: Tenant, where: string) =>
      rest.send('POST', `accounts/${moved.id}/move`, { to: where }, { token: tenant.token });
    expect((await move(house, to.id)).status).to.equal(403);
    await rest.context.systemConfig.set('crossbar', 'accounts.allow_move', 'tree');
    try {
      expect((await move(house, other.id)).body.data).to.have.nested.property('to.not_found');
      expect((await move(house, house.id)).status).to.equal(403);
      expect((await move(moved, to.id)).status).to.equal(400);
      expect((await move(house, to.id)).status).to.equal(200);
      expect((await rest.store.database('accounts').get(moved.id))['pvt_tree']).to.deep.equal([
        rest.master.id,
        house.id,
        to.id,
      ]);
    } finally {
      await rest.context.systemConfig.set('crossbar', 'accounts.allow_move', 'superduper_admin');
    }
  });

  it('becomes a reseller and none again, with whose customers those below are', async () => {
    const seller = await rest.account('seller');
    const customer = await rest.account('customer', seller.id);
    const last = await rest.account('last', customer.id);
    const sellers = () =>
      Promise.all(
        [customer, last].map(async ({ id }) => (await master('GET', `accounts/${id}`)).body.data.reseller_id),
      );
    expect(await sellers()).to.deep.equal([rest.master.id, rest.master.id]);
    expect((await seller.send('PUT', 'reseller')).status).to.equal(403);
    const promoted = await master('PUT', `accounts/${seller.id}/reseller`);
    expect([promoted.status, promoted.body.data.is_reseller]).to.deep.equal([201, true]);
    expect(await sellers()).to.deep.equal([seller.id, seller.id]);
    expect((await rest.store.database(accountDatabase(last.id)).get(last.id))['pvt_reseller_id']).to.equal(
      seller.id,
    );
    const outer = await rest.account('inner', seller.id);
    expect((await master('GET', `accounts/${outer.id}`)).body.data.reseller_id).to.equal(seller.id);
    expect((await master('PUT', `accounts/${customer.id}/reseller`)).status).to.equal(201);
    expect(await sellers()).to.deep.equal([seller.id, customer.id]);
    const refused = await master('DELETE', `accounts/${seller.id}/reseller`);
    expect([refused.status, refused.body.message]).to.deep.equal([500, 'account_has_descendants']);
    expect((await master('DELETE', `accounts/${customer.id}/reseller`)).body.data.is_reseller).to.equal(
      false,
    );
    expect(await sellers()).to.deep.equal([seller.id, seller.id]);
    expect((await master('DELETE', `accounts/${seller.id}/reseller`)).status).to.equal(200);
    expect(await sellers()).to.deep.equal([rest.master.id, rest.master.id]);
    for (const verb of ['PUT', 'DELETE'])
      expect((await master(verb, `accounts/${rest.master.id}/reseller`)).status).to.equal(403);
  });

  it('goes only when nothing is below it, and the master never', async () => {
    const refused = await other.send('DELETE', '');
    expect([refused.status, refused.body.message]).to.deep.equal([500, 'account_has_descendants']);
    expect((await master('DELETE', `accounts/${rest.master.id}`)).status).to.equal(405);
    const number = '+14155550100';
    const fromInventory = { carrier_name: 'inventory' };
    await master('PUT', `accounts/${parent.id}/phone_numbers/${number}`, fromInventory);
    const hook = { name: 'Hook', uri: 'https://crm.test/', hook: 'channel_create' };
    const owned = [
      ['webhooks', (await parent.send('PUT', 'webhooks', hook)).body.data.id],
      ['functions', (await parent.send('PUT', 'functions', { name: 'F', function_js: '1' })).body.data.id],
    ] as const;
    for (const [name, its] of owned) expect(await rest.store.database(name).find(its)).to.be.an('object');
    const device = { name: 'pbx', sip: { method: 'ip', ip: '192.0.2.1' } };
    const { id } = (await parent.send('PUT', 'devices', device)).body.data;
    expect(await rest.store.database('sip_auth').find(id)).to.include({ name: 'pbx' });
    expect((await parent.send('DELETE', '')).body.data._read_only.deleted).to.equal(true);
    expect(await rest.store.database('sip_auth').find(id)).to.equal(undefined);
    for (const [name, its] of owned)
      expect(await rest.store.database(name).find(its), name).to.equal(undefined);
    const freed = await rest.store.database('numbers/+1415').get(number);
    expect(freed).to.include({ pvt_state: 'available' }).and.not.have.property('pvt_assigned_to');
    expect((await parent.send('GET', '')).status).to.equal(401);
    expect((await master('GET', `accounts/${parent.id}`)).status).to.equal(404);
    expect((await rest.login('admin', 'secret-of-admin', 'parent')).status).to.equal(401);
  });

  it('lets limits be set from above only', async () => {
    expect((await other.send('GET', 'limits')).body.data).to.deep.equal({
      id: 'limits',
      allow_prepay: true,
      authz_resource_types: [],
    });
    expect((await other.send('POST', 'limits', { twoway_trunks: 5 })).status).to.equal(403);
    expect(
      (await master('POST', `accounts/${other.id}/limits`, { twoway_trunks: 5 })).body.data.twoway_trunks,
    ).to.equal(5);
    expect(
      (await master('PATCH', `accounts/${other.id}/limits`, { calls: -1 })).body.data,
    ).to.have.nested.property('calls.minimum');
    expect((await other.send('GET', 'limits')).body.data.twoway_trunks).to.equal(5);
  });
});
