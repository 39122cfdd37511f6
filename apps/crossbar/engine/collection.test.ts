// Many documents at once, tried with carriers: all are written, or none.
import { expect } from 'chai';
import type { Answer } from '../testing/rest.ts';
import { tenants } from '../testing/tenants.ts';

const carrier = (n: number) => ({ name: `Carrier ${n}`, gateways: [{ server: `sip${n}.carrier.test` }] });

describe('a collection', () => {
  const { rest, tenant, other } = tenants();

  const send = (verb: string, data: unknown, who = tenant): Promise<Answer> =>
    who.send(verb, 'resources/collection', data);
  const names = async (who = tenant): Promise<string[]> =>
    (await who.send('GET', 'resources?ascending=true')).body.data.map(({ name }: { name: string }) => name);

  it('is created and merged into', async () => {
    const id = 'a'.repeat(32);
    const made = await send('PUT', [{ ...carrier(1), id }, carrier(2)]);
    expect(made.status, made.text).to.equal(201);
    expect(Object.keys(made.body.data.success)).to.have.length(2).and.include(id);
    expect(await names()).to.have.members(['Carrier 1', 'Carrier 2']);
    const changed = await send('POST', [{ id, enabled: false, flags: ['x'] }]);
    expect(changed.body.data.success[id]).to.deep.include({
      name: 'Carrier 1',
      enabled: false,
      flags: ['x'],
    });
  });

  it('is not written when one of it is wrong', async () => {
    const before = await names();
    const id = 'b'.repeat(32);
    const { status, body } = await send('PUT', [carrier(3), { ...carrier(4), id, weight_cost: 101 }]);
    expect([status, Object.keys(body.data), Object.keys(body.data.errors)]).to.deep.equal([
      400,
      ['errors'],
      [id],
    ]);
    expect(body.data.errors[id]).to.have.nested.property('weight_cost.maximum');
    const [first] = (await tenant.send('GET', 'resources')).body.data;
    const missing = await send('POST', [
      { id: first.id, name: 'changed' },
      { id, name: 'none' },
    ]);
    expect([missing.status, Object.keys(missing.body.data.errors)]).to.deep.equal([400, [id]]);
    expect(await names()).to.deep.equal(before);
  });

  it('of another account is none', async () => {
    const [{ id }] = (await tenant.send('GET', 'resources')).body.data;
    const theirs = await send('POST', [{ id, name: 'mine' }], other);
    const none = await send('POST', [{ id: 'c'.repeat(32), name: 'mine' }], other);
    expect(theirs.status).to.equal(400);
    expect(JSON.stringify(theirs.body.data).replaceAll(id, 'ID')).to.equal(
      JSON.stringify(none.body.data).replaceAll('c'.repeat(32), 'ID'),
    );
  });

  it('at the top is for superdupers', async () => {
    const top = (token: string) => rest.send('PUT', 'resources/collection', [carrier(9)], { token });
    expect((await top(tenant.token)).status).to.equal(403);
    expect((await top(rest.master.token)).status).to.equal(201);
    expect(await names()).to.not.include('Carrier 9');
  });

  for (const data of [
    {},
    [],
    [1],
    ['x'],
    [{ id: 5 }],
    [{ id: '' }],
    Array.from({ length: 101 }, () => carrier(1)),
  ])
    it(`is refused as ${JSON.stringify(data).slice(0, 20)}`, async () => {
      expect((await send('PUT', data)).status).to.equal(400);
    });

  it('has each document once', async () => {
    const id = 'd'.repeat(32);
    const twice = [
      { id, ...carrier(5) },
      { id, ...carrier(6) },
    ];
    expect((await send('PUT', twice)).body.data).to.have.nested.property('id.uniqueItems');
  });
});
