// services over REST: plans, what they come to, and that nothing that costs more is stored before it is accepted.
import { expect } from 'chai';
import type { Answer, Tenant } from '../testing/rest.ts';
import { tenants } from '../testing/tenants.ts';

describe('services', () => {
  const { rest, tenant } = tenants();
  let child: Tenant;
  let planId = '';
  before(async () => {
    child = await rest.account('child', tenant.id);
    const plan = {
      name: 'office',
      plan: {
        devices: { _all: { rate: 5, activation_charge: 10, cascade: true } },
        users: { admin: { rate: 1 } },
        phone_numbers: {
          us_did: { rate: 1 },
          did_us: { rate: 1 },
          _all: { rate: 1, exceptions: ['tollfree_us'] },
        },
        limits: { twoway_trunks: { rate: 20 } },
        ips: { dedicated: { rate: 4 } },
      },
    };
    const made = await rest.send('PUT', `accounts/${rest.master.id}/service_plans`, plan, asMaster());
    expect(made.status, made.text).to.equal(201);
    planId = made.body.data.id;
  });

  const asMaster = () => ({ token: rest.master.token });
  const outcome = ({ status, body }: Answer): unknown[] => [status, body?.message];
  const device = (name: string, more: object = {}) => ({ name, device_type: 'softphone', ...more });
  const devices = async (of: Tenant) => (await of.send('GET', 'devices?paginate=false')).body.data.length;

  it('charge nothing without a plan', async () => {
    expect((await tenant.send('GET', 'services')).body.data).to.deep.equal({});
    expect((await tenant.send('PUT', 'devices', device('free'))).status).to.equal(201);
    const { data } = (await tenant.send('GET', 'services/summary')).body;
    expect(data.invoices).to.deep.equal([]);
    expect(data.quantities.account).to.deep.include({ devices: { softphone: 1 }, users: { admin: 1 } });
    expect(data.reseller).to.deep.equal({ id: rest.master.id, is_reseller: false });
    expect(data.status.acceptable).to.equal(true);
  });

  it('are assigned by whoever sells them', async () => {
    const listed = (await tenant.send('GET', 'services/available')).body.data;
    expect(listed).to.deep.include({ id: planId, name: 'office' });
    const detailed = (await tenant.send('GET', 'services/available?details=true')).body.data;
    expect(detailed[0].plan.users.admin).to.deep.equal({ rate: 1 });
    const add = { add: [planId] };
    expect(outcome(await tenant.send('POST', 'services', add))).to.deep.equal([403, 'forbidden']);
    expect(outcome(await tenant.send('POST', 'services', { add: ['nothing'] }, asMaster()))).to.deep.equal([
      404,
      'bad_identifier',
    ]);
    const quoted = await tenant.send('POST', 'services/quote', add);
    expect(quoted.body.data.invoices[0].summary.recurring, quoted.text).to.equal(6);
    expect((await tenant.send('GET', 'services')).body.data).to.deep.equal({});
    const set = await tenant.send('POST', 'services', add, asMaster());
    expect(set.body.data, set.text).to.deep.equal({ [planId]: { vendor_id: rest.master.id } });
    expect((await tenant.send('GET', 'services/summary')).body.data.invoices[0].summary).to.deep.equal({
      today: 0,
      recurring: 6,
    });
  });

  it('let nothing be added before the charges are accepted', async () => {
    const before = await devices(tenant);
    const asked = await tenant.send('PUT', 'devices', device('paid'));
    expect(outcome(asked)).to.deep.equal([402, 'accept charges']);
    expect(asked.body.data[0].summary).to.deep.equal({ today: 10, recurring: 11 });
    expect(asked.body.data[0].items[0]).to.deep.include({
      category: 'devices',
      quantity: 2,
      billable: 2,
      rate: 5,
      total: 10,
      changes: { type: 'modified', difference: { quantity: 1, billable: 1 } },
    });
    expect(asked.body.data[0].activation_charges[0]).to.include({ quantity: 1, rate: 10, total: 10 });
    expect(await devices(tenant)).to.equal(before);
    for (const way of ['query', 'data', 'envelope'] as const) {
      const one = device(way);
      const path = way === 'query' ? 'devices?accept_charges=true' : 'devices';
      const data = way === 'data' ? { ...one, accept_charges: true } : one;
      const raw = JSON.stringify({ data, ...(way === 'envelope' && { accept_charges: true }) });
      const answer = await tenant.send('PUT', path, undefined, { raw });
      expect(answer.status, answer.text).to.equal(201);
    }
    expect(await devices(tenant)).to.equal(before + 3);
  });

  it('ask for nothing when nothing is added', async () => {
    const made = await tenant.send('PUT', 'devices?accept_charges=true', device('changed'));
    const { id } = made.body.data;
    expect((await tenant.send('PATCH', `devices/${id}`, { name: 'renamed' })).status).to.equal(200);
    expect((await tenant.send('PATCH', `devices/${id}`, { enabled: false })).status).to.equal(200);
    expect(outcome(await tenant.send('PATCH', `devices/${id}`, { enabled: true }))).to.deep.equal([
      402,
      'accept charges',
    ]);
    expect((await tenant.send('DELETE', `devices/${id}`)).status).to.equal(200);
    expect((await tenant.send('PUT', 'menus', { name: 'free of charge' })).status).to.equal(201);
  });

  it('count accounts below where an item cascades', async () => {
    // It is the plan of whoever asks that counts: the child has none.
    expect((await child.send('PUT', 'devices', device('of the child'))).status).to.equal(201);
    const asParent = { token: tenant.token };
    const asked = await child.send('PUT', 'devices', device('by the parent'), asParent);
    expect(outcome(asked)).to.deep.equal([402, 'accept charges']);
    const { cascade } = (await tenant.send('GET', 'services/summary')).body.data.quantities;
    expect(cascade.devices).to.deep.equal({ softphone: 1 });
    expect((await child.send('PUT', 'menus', { name: 'm' }, asParent)).status).to.equal(201);
  });

  it('count numbers and addresses, which stand among those of all accounts', async () => {
    const house = await rest.account('house');
    await house.send('POST', 'services', { add: [planId] }, asMaster());
    const allow = { wnm_allow_additions: true };
    expect((await house.send('PATCH', '', allow, asMaster())).status).to.equal(200);
    await rest.send('PUT', 'ips', { ip: '192.0.2.1', zone: 'z', host: 'h' }, asMaster());
    const counted = async () =>
      (await rest.store.database('services').get(house.id, { fresh: true }))['quantities'];
    for (const [verb, path, category, kind] of [
      ['PUT', 'phone_numbers/+14155550150', 'phone_numbers', 'did_us'],
      ['POST', 'ips/192.0.2.1', 'ips', 'dedicated'],
    ] as const) {
      const asked = await house.send(verb, path, {});
      expect(outcome(asked), asked.text).to.deep.equal([402, 'accept charges']);
      const made = await house.send(verb, `${path}?accept_charges=true`, {});
      expect(made.status, made.text).to.be.oneOf([200, 201]);
      expect(await counted()).to.have.nested.property(`account.${category}.${kind}`, 1);
      expect((await house.send('DELETE', path)).status).to.equal(200);
      expect(await counted()).not.to.have.nested.property(`account.${category}.${kind}`);
    }
    const numbers = ['+14155550151', '+14155550152', '+14155550153'];
    const all = (query = '') => house.send('PUT', `phone_numbers/collection${query}`, { numbers });
    const asked = await all();
    expect(outcome(asked)).to.deep.equal([402, 'accept charges']);
    const item = asked.body.data[0].items.find((one: { item: string }) => one.item === 'did_us');
    expect(item, asked.text).to.include({ quantity: 3 });
    expect((await house.send('GET', 'phone_numbers')).body.data.numbers).to.deep.equal({});
    // One that costs nothing is not written before the charges of the others are accepted.
    const mixed = { numbers: ['+18005550150', ...numbers] };
    expect(outcome(await house.send('PUT', 'phone_numbers/collection', mixed))[0]).to.equal(402);
    expect((await house.send('GET', 'phone_numbers')).body.data.numbers).to.deep.equal({});
    const free = { numbers: ['+18005550150', '+18005550151', 'xyz'] };
    const made = (await house.send('PUT', 'phone_numbers/collection', free)).body.data;
    expect([Object.keys(made.success), Object.keys(made.error)]).to.deep.equal([
      free.numbers.slice(0, 2),
      ['xyz'],
    ]);
    expect((await all('?accept_charges=true')).body.data.success).to.have.all.keys(numbers);
    // What stays as it was costs nothing, whatever else of the number is changed.
    expect((await house.send('PATCH', 'phone_numbers/collection', { numbers, note: 'x' })).status).to.equal(
      200,
    );
  });

  it('keep who accepted what', async () => {
    await rest.context.store.forget();
    let rows: { id: string; type: string }[] = [];
    while (rows.length < 4) rows = (await tenant.send('GET', 'services/audit')).body.data;
    expect(rows).to.have.length(4);
    const [first] = rows;
    const entry = (await tenant.send('GET', `services/audit/${first?.id}`)).body.data;
    expect(entry.audit.authentication).to.include({ account_id: tenant.id, account_name: 'acme' });
    expect(entry.audit.agent).to.include({ type: 'user', type_id: tenant.userId });
    expect(entry.audit.request).to.include({ method: 'PUT' });
    expect(entry.invoice.items[0].category).to.equal('devices');
    const days = (await tenant.send('GET', 'services/audit/summary')).body.data;
    const [day] = Object.values(days[0]._all) as { addition: number }[];
    expect(day?.addition).to.equal(4);
    expect((await tenant.send('GET', 'services/audit/summary/_all')).body.data).to.have.length(1);
    expect((await child.send('GET', `services/audit/${first?.id}`)).status).to.equal(404);
  });

  it('are overridden, and counted by hand', async () => {
    const less = { devices: { _all: { rate: 1 } } };
    expect((await tenant.send('POST', 'services/overrides', less)).status).to.equal(403);
    await tenant.send('POST', 'services/overrides', less, asMaster());
    const more = { users: { admin: { rate: 3 } } };
    const merged = await tenant.send('PATCH', 'services/overrides', more, asMaster());
    expect(merged.body.data).to.deep.equal({ ...less, ...more });
    expect((await tenant.send('GET', 'services/overrides')).body.data).to.deep.equal({ ...less, ...more });
    const hand = { devices: { softphone: 100 } };
    expect((await tenant.send('POST', 'services/manual', hand)).status).to.equal(403);
    await tenant.send('POST', 'services/manual', hand, asMaster());
    expect((await tenant.send('GET', 'services/manual')).body.data).to.deep.equal(hand);
    const { data } = (await tenant.send('GET', 'services/summary')).body;
    expect(data.invoices[0].items[0]).to.include({ quantity: 101, rate: 1, total: 101 });
    await tenant.send('POST', 'services/overrides', { plan: less }, asMaster());
    const whole = (await tenant.send('GET', 'services/summary')).body.data;
    expect(whole.invoices[0].items[0], 'as Kazoo lays them over').to.include({ rate: 1, total: 101 });
    const wrong = await tenant.send('POST', 'services/manual', { devices: { softphone: -1 } }, asMaster());
    expect(Object.keys(wrong.body.data)).to.deep.equal(['devices.softphone']);
    await tenant.send('POST', 'services/manual', {}, asMaster());
  });

  it('are taken away', async () => {
    const stranger = await tenant.send('DELETE', 'services/nothing', undefined, asMaster());
    expect(outcome(stranger)).to.deep.equal([400, 'bad request']);
    expect((await tenant.send('DELETE', `services/${planId}`)).status).to.equal(403);
    expect(
      (await tenant.send('DELETE', `services/${planId}`, undefined, asMaster())).body.data,
    ).to.deep.equal({});
    expect((await tenant.send('PUT', 'devices', device('free again'))).status).to.equal(201);
    const again = await tenant.send('POST', `services/${planId}`, { overrides: { users: {} } }, asMaster());
    expect(again.body.data[planId], again.text).to.deep.include({ overrides: { users: {} } });
  });

  it('say that no bookkeeper is there, and count anew when told', async () => {
    expect(outcome(await tenant.send('POST', 'services/topup', { amount: 5 }))).to.deep.equal([
      501,
      'not_implemented',
    ]);
    for (const amount of [0, -1, 'x', undefined])
      expect((await tenant.send('POST', 'services/topup', { amount })).status).to.equal(400);
    expect((await tenant.send('POST', 'services/synchronization', {}, asMaster())).status).to.equal(501);
    const counted = await tenant.send('POST', 'services/reconciliation', {}, asMaster());
    expect(counted.body.data.quantities.devices.softphone, counted.text).to.equal(await devices(tenant));
    const { data } = (await tenant.send('GET', 'services/editable')).body;
    expect(data.devices.softphone).to.have.property('activation_charge');
  });
});
