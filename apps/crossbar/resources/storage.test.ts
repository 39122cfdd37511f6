// Where attachments go: settings of an account, of a user and of the system; plans; what is wrong with a handler's settings.
import { expect } from 'chai';
import { type Rest, startRest, type Tenant } from '../testing/rest.ts';

const id = 'c90d8ceabd4f4a5a8e2c0b7d1f6e3a21';
const s3 = { handler: 's3', settings: { bucket: 'recordings', key: 'KEY', secret: 'SECRET' } };
const untried = '?validate_settings=false';

describe('storage', () => {
  let rest: Rest;
  let tenant: Tenant;
  let other: Tenant;
  before(async () => {
    rest = await startRest();
    tenant = await rest.reseller('acme');
    other = await rest.reseller('other');
  });
  after(() => rest.stop());

  const master = (method: string, path: string, data?: unknown) =>
    rest.send(method, path, data, { token: rest.master.token });

  it('is stored untried, because nothing here could try it, and says that nothing uses it', async () => {
    expect((await tenant.send('GET', 'storage')).status).to.equal(404);
    const tried = await tenant.send('PUT', 'storage', { attachments: { [id]: s3 } });
    expect([tried.status, tried.body.message]).to.deep.equal([501, 'not_implemented']);
    const made = await tenant.send('PUT', `storage${untried}`, { attachments: { [id]: s3 } });
    expect([made.status, made.body.data.id]).to.deep.equal([201, tenant.id]);
    const changed = await tenant.send('PATCH', `storage${untried}`, {
      plan: { modb: { types: { fax: { attachments: { handler: id } } } } },
    });
    expect(changed.body.data).to.deep.include({ attachments: { [id]: s3 }, _read_only: { in_use: false } });
    expect(await rest.store.database('system_data').get(tenant.id)).to.include({
      pvt_type: 'storage',
      pvt_account_id: tenant.id,
    });
    const none = await tenant.send('POST', 'storage', { plan: {} });
    expect(none.body.data).to.include({ id: tenant.id }).and.not.have.property('attachments');
    expect((await tenant.send('DELETE', 'storage')).status).to.equal(200);
    expect((await tenant.send('GET', 'storage')).status).to.equal(404);
  });

  it('tells what is wrong with the settings of each handler', async () => {
    for (const [attachment, path, code] of [
      [{ handler: 'tape', settings: {} }, 'handler', 'enum'],
      [{ settings: {} }, 'handler', 'required'],
      [{ handler: 's3', settings: { bucket: 'recordings', key: 'KEY' } }, 'settings.secret', 'required'],
      [{ handler: 'http', settings: { url: 'none' } }, 'settings.url', 'wrong_format'],
      [{ handler: 'google_storage', settings: {} }, 'settings', 'not_one_schema_valid'],
    ] as const) {
      const answer = await tenant.send('PUT', `storage${untried}`, { attachments: { [id]: attachment } });
      expect(answer.status, answer.text).to.equal(400);
      expect(answer.body.data[`attachments.${id}.${path}`], answer.text).to.have.property(code);
    }
    const unknown = await tenant.send('PUT', 'storage', { plan: { elsewhere: {} } });
    expect(unknown.body.data).to.have.property('plan.elsewhere');
  });

  it('is a user’s own, of a user of the account', async () => {
    const path = `users/${tenant.userId}/storage`;
    const made = await tenant.send('PUT', `${path}${untried}`, { attachments: { [id]: s3 } });
    expect([made.status, made.body.data.id]).to.deep.equal([201, tenant.userId]);
    expect((await other.send('GET', path)).status).to.equal(404);
    expect((await tenant.send('GET', `users/${other.userId}/storage`)).status).to.equal(404);
  });

  it('of the system, and its plans, are for the master account', async () => {
    expect((await rest.send('GET', 'storage', undefined, { token: tenant.token })).status).to.equal(403);
    expect((await master('PUT', `storage${untried}`, { attachments: { [id]: s3 } })).body.data.id).to.equal(
      'system',
    );
    const plan = (await master('PUT', 'storage/plans', { name: 'All', attachments: { [id]: s3 } })).body.data;
    const own = (await tenant.send('PUT', 'storage/plans', { name: 'Own' })).body.data;
    const names = ({ body }: { body: { data: { name: string }[] } }) => body.data.map(({ name }) => name);
    expect(names(await master('GET', 'storage/plans'))).to.deep.equal(['All']);
    expect(names(await tenant.send('GET', 'storage/plans'))).to.deep.equal(['Own']);
    expect((await tenant.send('GET', `storage/plans/${plan.id}`)).status).to.equal(404);
    expect((await other.send('GET', `storage/plans/${own.id}`)).status).to.equal(404);
    expect((await master('PATCH', `storage/plans/${plan.id}`, { name: 'Every' })).body.data).to.include({
      name: 'Every',
    });
    expect((await master('DELETE', `storage/plans/${plan.id}`)).status).to.equal(200);
    expect(names(await master('GET', 'storage/plans'))).to.deep.equal([]);
  });

  it('has plans for resellers only, whoever asks', async () => {
    const customer = await rest.account('customer', tenant.id);
    const path = `accounts/${customer.id}/storage/plans`;
    const { id: plan } = (await tenant.send('PUT', 'storage/plans', { name: 'Of the seller' })).body.data;
    for (const token of [customer.token, tenant.token, rest.master.token])
      for (const [method, at] of [
        ['GET', path],
        ['PUT', path],
        ['GET', `${path}/${plan}`],
        ['POST', `${path}/${plan}`],
        ['PATCH', `${path}/${plan}`],
        ['DELETE', `${path}/${plan}`],
      ] as const) {
        const sent = method === 'GET' || method === 'DELETE' ? undefined : { name: 'X' };
        const { status, body } = await rest.send(method, at, sent, { token });
        expect([status, body.message], `${method} ${at}`).to.deep.equal([403, 'forbidden']);
      }
    expect((await customer.send('GET', 'storage')).status).to.equal(404);
    expect((await customer.send('PUT', 'storage', { plan: {} })).status).to.equal(201);
  });

  it('ends with its account', async () => {
    const gone = await rest.reseller('gone');
    await gone.send('PUT', 'storage', { plan: {} });
    const plan = (await gone.send('PUT', 'storage/plans', { name: 'P' })).body.data;
    expect((await gone.send('DELETE', '')).status).to.equal(200);
    const database = rest.store.database('system_data');
    expect(await database.find(gone.id, { fresh: true })).to.equal(undefined);
    expect(await database.find(plan.id, { fresh: true })).to.equal(undefined);
  });
});
