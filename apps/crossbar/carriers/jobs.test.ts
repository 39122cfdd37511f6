// Imports of the numbers of a carrier: what became of each is in the answer, and stays in the month.
import { expect } from 'chai';
import { tenants } from '../testing/tenants.ts';

describe('imports of numbers', () => {
  const { rest, tenant, other } = tenants();
  let resource: string;
  before(async () => {
    const carrier = { name: 'Carrier', gateways: [{ server: 'sip.carrier.test' }] };
    resource = (await tenant.send('PUT', 'resources', carrier)).body.data.id;
  });

  const master = (method: string, path: string, data?: object) =>
    rest.send(method, path, data, { token: rest.master.token });
  const order = (numbers: readonly string[], more: object = {}) => ({
    numbers,
    resource_id: resource,
    ...more,
  });

  it('make what they can, and say why not the rest', async () => {
    const path = `accounts/${tenant.id}/resources/jobs`;
    const made = await master(
      'PUT',
      path,
      order(['+14155550101', '(415) 555-0102', 'nonsense'], { name: 'May' }),
    );
    expect(made.status, made.text).to.equal(201);
    const { id, successes, errors, _read_only } = made.body.data;
    expect(Object.keys(successes)).to.deep.equal(['+14155550101', '+14155550102']);
    expect(Object.keys(errors)).to.deep.equal(['nonsense']);
    expect(_read_only).to.deep.equal({ status: 'complete' });
    const number = await tenant.send('GET', 'phone_numbers/+14155550101');
    expect(number.body.data).to.include({ state: 'reserved', resource_id: resource });
    const again = await master('PUT', path, order(['+14155550103', '+14155550101']));
    expect(again.body.data.errors['+14155550101']).to.include({ reason: 'number_exists' });
    const rows = (await tenant.send('GET', 'resources/jobs')).body.data;
    expect(rows).to.have.length(2);
    const row = rows.find((one: { id: string }) => one.id === id);
    expect(row).to.include({
      successes: 2,
      failures: 1,
      status: 'complete',
      name: 'May',
      resource_id: resource,
    });
    const read = await tenant.send('GET', `resources/jobs/${id}`);
    expect(read.body.data).to.deep.include({ id, errors, successes });
    expect((await other.send('GET', `resources/jobs/${id}`)).status).to.equal(404);
    expect((await other.send('GET', 'resources/jobs')).body.data).to.deep.equal([]);
    expect((await tenant.send('GET', 'resources/jobs/none')).status).to.equal(404);
  });

  it('make no number that their caller may not', async () => {
    const { body } = await tenant.send('PUT', 'resources/jobs', order(['+14155550110']));
    expect(body.data.errors['+14155550110']).to.include({ reason: 'forbidden', code: 403 });
    expect((await tenant.send('GET', 'phone_numbers/+14155550110')).status).to.equal(404);
  });

  it('are of a carrier that the account has, or all have', async () => {
    const path = `accounts/${other.id}/resources/jobs`;
    for (const id of [resource, 'none', '_design/resources'])
      expect(
        (await master('PUT', path, order(['+14155550120'], { resource_id: id }))).body.data,
      ).to.have.nested.property('resource_id.not_found');
    const shared = await master('PUT', 'resources', { name: 'All', gateways: [{ server: 'sip.all.test' }] });
    const resource_id = shared.body.data.id;
    expect((await master('PUT', path, order(['+14155550120'], { resource_id }))).status).to.equal(201);
    const top = await master('PUT', 'resources/jobs', order(['+14155550121'], { resource_id }));
    expect(Object.keys(top.body.data.successes)).to.deep.equal(['+14155550121']);
    expect((await master('GET', `resources/jobs/${top.body.data.id}`)).status).to.equal(200);
    expect((await master('GET', 'resources/jobs')).body.data).to.have.length(1);
    expect((await rest.send('GET', 'resources/jobs', undefined, { token: tenant.token })).status).to.equal(
      403,
    );
  });

  it('take no list that is empty, too long or says a number twice', async () => {
    const many = Array.from({ length: 501 }, (_, n) => `+1415555${1000 + n}`);
    const wrong: readonly [object, string][] = [
      [order([]), 'numbers.minItems'],
      [order(many), 'numbers.maxItems'],
      [order(['+14155550101', '14155550101']), 'numbers.uniqueItems'],
      [{ numbers: ['+14155550101'] }, 'resource_id.required'],
      [order(['+14155550101'], { name: '' }), 'name.minLength'],
    ];
    for (const [data, violation] of wrong)
      expect((await tenant.send('PUT', 'resources/jobs', data)).body.data).to.have.nested.property(violation);
  });
});
