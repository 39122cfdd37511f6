// Numbers: making, taking, changing, releasing; their copies; what uses them; the pool and the classes.
import { expect } from 'chai';
import { accountDatabase } from '../../../core/couch/index.ts';
import { type Rest, startRest, type Tenant } from '../testing/rest.ts';

const number = '+14155550100';

describe('phone_numbers', () => {
  let rest: Rest;
  let tenant: Tenant;
  let other: Tenant;
  before(async () => {
    rest = await startRest();
    tenant = await rest.account('acme');
    other = await rest.account('other');
  });
  after(() => rest.stop());

  const master = (method: string, path: string, data?: unknown) =>
    rest.send(method, `accounts/${tenant.id}/phone_numbers/${path}`, data, { token: rest.master.token });
  const own = (method: string, path = '', data?: unknown) =>
    tenant.send(method, `phone_numbers${path && `/${path}`}`, data);
  const copy = () => rest.store.database(accountDatabase(tenant.id)).find(number);

  it('are made by those who may, in both databases', async () => {
    const refused = await own('PUT', number, {});
    expect([refused.status, refused.body.message]).to.deep.equal([403, 'forbidden']);
    const { status, body, headers } = await master('PUT', '(415) 555-0100', {
      cnam: { display_name: 'Acme' },
    });
    expect([status, headers.get('location')]).to.deep.equal([201, encodeURIComponent(number)]);
    expect(body.data).to.deep.include({ id: number, cnam: { display_name: 'Acme' } });
    expect(body.data._read_only).to.deep.include({ state: 'in_service', features: ['cnam'] });
    expect(await rest.store.database('numbers/+1415').get(number)).to.include({
      pvt_assigned_to: tenant.id,
      pvt_module_name: 'knm_local',
      pvt_type: 'number',
    });
    expect(await copy()).to.include({ pvt_assigned_to: tenant.id, pvt_state: 'in_service' });
    expect((await master('PUT', number, {})).body).to.include({ error: '409', message: 'number_exists' });
    expect((await master('PUT', number, {})).body.data).to.include({
      code: 409,
      error: 'number_exists',
      cause: number,
    });
  });

  it('are listed as a map and read one by one, by their owner only', async () => {
    const { body } = await own('GET');
    expect(body.data.numbers[number]).to.include({ state: 'in_service', assigned_to: tenant.id });
    expect((await own('GET', '?filter_state=reserved')).body.data.numbers).to.deep.equal({});
    expect((await own('GET', '?filter_state=in_service')).body.data.numbers).to.have.all.keys(number);
    expect((await own('GET', '4155550100')).body.data.id).to.equal(number);
    expect((await other.send('GET', `phone_numbers/${number}`)).status).to.equal(404);
    expect((await other.send('DELETE', `phone_numbers/${number}`)).status).to.equal(404);
    expect((await other.send('GET', `phone_numbers/${number}/identify`)).status).to.equal(404);
    expect((await own('GET', `${number}/identify`)).body.data).to.deep.equal({
      account_id: tenant.id,
      number,
    });
    expect((await own('GET', 'abc')).status).to.equal(404);
  });

  it('are changed in both databases', async () => {
    expect((await own('PATCH', number, { note: 'x', pvt_assigned_to: other.id })).body.data).to.include({
      note: 'x',
    });
    expect(await copy()).to.include({ note: 'x', pvt_assigned_to: tenant.id });
    const { body } = await own('POST', number, { prepend: { enabled: true } });
    expect(body.data).to.not.have.any.keys('note', 'cnam');
    expect(body.data._read_only.features).to.deep.equal(['prepend']);
    expect(
      (await own('PATCH', number, { cnam: { display_name: 'a name that is too long' } })).body.data,
    ).to.have.property('cnam.display_name');
  });

  it('know which app uses them', async () => {
    const flow = { module: 'answer', data: {} };
    const made = await tenant.send('PUT', 'callflows', {
      name: 'main',
      numbers: ['4155550100', '1001'],
      flow,
    });
    expect(made.body.data.numbers).to.deep.equal([number, '1001']);
    expect((await own('GET', number)).body.data._read_only.used_by).to.equal('callflow');
    expect(await copy()).to.include({ pvt_used_by: 'callflow' });
    await other.send('PUT', 'callflows', { name: 'thief', numbers: [number], flow });
    await tenant.send('PATCH', `callflows/${made.body.data.id}`, { numbers: ['1001'] });
    expect((await own('GET', number)).body.data._read_only).to.not.have.property('used_by');
    await tenant.send('PUT', 'connectivity', {
      name: 'pbx',
      servers: [{ auth: {}, DIDs: { [number]: {} } }],
    });
    expect((await own('GET', number)).body.data._read_only.used_by).to.equal('trunkstore');
  });

  it('go back to the pool and are taken again', async () => {
    expect((await own('DELETE', number)).body.data._read_only.state).to.equal('available');
    expect(await copy()).to.equal(undefined);
    expect((await own('GET')).body.data.numbers).to.deep.equal({});
    expect((await own('GET', '?prefix=415&quantity=5')).body.data).to.deep.equal([{ number }]);
    expect((await own('GET', '?prefix=212')).body.data).to.deep.equal([]);
    expect((await other.send('PUT', `phone_numbers/${number}/activate`, {})).status).to.equal(201);
    expect((await own('PUT', `${number}/activate`, {})).status).to.equal(404);
    expect((await other.send('PUT', `phone_numbers/${number}/activate`, {})).body.message).to.equal(
      'no_change_required',
    );
    expect((await other.send('DELETE', `phone_numbers/${number}?hard=true`)).status).to.equal(403);
    const path = `accounts/${other.id}/phone_numbers/${number}?hard=true`;
    expect((await rest.send('DELETE', path, undefined, { token: rest.master.token })).status).to.equal(200);
    expect(await rest.store.database('numbers/+1415').find(number)).to.equal(undefined);
  });

  it('are reserved, activated, and handled many at once', async () => {
    expect(
      (await master('PUT', number, { create_with_state: 'reserved' })).body.data._read_only.state,
    ).to.equal('reserved');
    expect((await own('PUT', `${number}/activate`, {})).body.data._read_only.state).to.equal('in_service');
    const { body } = await master('PUT', 'collection', {
      numbers: ['+14155550101', '+14155550102', number, 'xyz'],
    });
    expect(body.data.success).to.have.all.keys('+14155550101', '+14155550102');
    expect(body.data.error).to.have.all.keys(number, 'xyz');
    expect(
      (await own('PATCH', 'collection', { numbers: ['+14155550101'], note: 'y' })).body.data.success[
        '+14155550101'
      ].note,
    ).to.equal('y');
    expect((await own('DELETE', 'collection', { numbers: ['+14155550199'] })).status).to.equal(400);
    expect((await own('PUT', 'collection', {})).status).to.equal(400);
  });

  it('have classes', async () => {
    expect((await own('GET', 'classifiers')).body.data.tollfree_us).to.include({
      friendly_name: 'US TollFree',
    });
    expect((await own('GET', 'classifiers/911')).body.data).to.include({
      name: 'emergency',
      emergency: true,
    });
    expect((await own('GET', 'carriers_info')).body.data.usable_creation_states).to.deep.equal([
      'in_service',
      'reserved',
    ]);
  });
});
