// Resources that Kazoo loads only when it is told to: calling cards, migrations, attachments that could not be stored outside.
import { expect } from 'chai';
import { accountDatabase, gregorian, monthDatabase, monthOf } from '../../../core/couch/index.ts';
import type { Tenant } from '../testing/rest.ts';
import { tenants } from '../testing/tenants.ts';

describe('optional resources', () => {
  const { rest, tenant, other } = tenants();
  let below: Tenant;
  before(async () => {
    below = await rest.account('below', tenant.id);
  });

  const master = (method: string, path: string, data?: unknown) =>
    rest.send(method, path, data, { token: rest.master.token });

  it('keep calling cards that no other account has, with their copies', async () => {
    const made = await tenant.send('PUT', 'cccps', { active: true, pin: '77', cid: '(415) 555-0177' });
    expect(made.body.data, made.text).to.include({ cid: '+14155550177' });
    const { id } = made.body.data;
    expect(await rest.store.database('cccps').get(id)).to.include({ pin: '77', pvt_account_id: tenant.id });
    for (const [card, field] of [
      [{ active: true, pin: '77' }, 'pin.unique'],
      [{ active: true, cid: '+14155550177' }, 'cid.unique'],
      [{ active: true, cid: 'nobody' }, 'cid.pattern'],
    ] as const)
      expect((await other.send('PUT', 'cccps', card)).body.data).to.have.nested.property(field);
    const off = await tenant.send('POST', `cccps/${id}`, { active: false, pin: '77' });
    expect(off.status, off.text).to.equal(200);
    expect((await other.send('PUT', 'cccps', { active: true, pin: '77' })).status).to.equal(201);
    expect((await tenant.send('DELETE', `cccps/${id}`)).status).to.equal(200);
    expect(await rest.store.database('cccps').find(id, { fresh: true })).to.equal(undefined);
    const dialled = await tenant.send('PUT', 'cccps/autodial', { a: '+14155550101', b: '+14155550102' });
    expect([dialled.status, dialled.body.message]).to.deep.equal([501, 'not_implemented']);
  });

  it('migrate an account, and those below it, and keep who did it', async () => {
    const path = 'migrations/notify_to_teletype';
    const all = [tenant, below];
    const own = { notifications: { voicemail_to_email: { email_text_template: 'x' }, kept: 1 } };
    for (const it of all) await it.send('PATCH', '', own);
    expect((await tenant.send('GET', 'migrations')).status).to.equal(403);
    const list = await master('GET', `accounts/${tenant.id}/migrations`);
    expect(list.body.data).to.have.property('notify_to_teletype');
    expect((await master('GET', `accounts/${tenant.id}/migrations/none`)).status).to.equal(404);
    const state = async (it: Tenant) => (await master('GET', `accounts/${it.id}/${path}`)).body.data;
    expect(await state(tenant)).to.include({ performed: false });
    expect(
      (await master('POST', `accounts/${tenant.id}/${path}`, { perform_migration: 'later' })).status,
    ).to.equal(400);
    const done = await master('POST', `accounts/${tenant.id}/${path}`, {
      perform_migration: 'now',
      include_descendants: true,
    });
    expect(done.body.data, done.text).to.deep.equal({ performed_on: all.map(({ id }) => id) });
    for (const it of all) {
      expect(await state(it))
        .to.include({ performed: true })
        .and.have.property('performed_time');
      expect((await it.send('GET', '')).body.data.notifications).to.deep.equal({ kept: 1 });
    }
  });

  it('tell which attachments could not be stored outside, of all handlers and of one', async () => {
    const now = new Date();
    const id = `${monthOf(now)}-${'a'.repeat(32)}`;
    const month = rest.store.database(monthDatabase(tenant.id, now));
    for (const [_id, handler_id] of [
      [id, 's3'],
      [`${monthOf(now)}-${'b'.repeat(32)}`, 'http'],
    ] as const)
      await month.save({
        _id,
        pvt_type: 'attachment_handler_error',
        handler_id,
        attachment_name: 'fax.pdf',
        resp_code: 403,
        reason: 'no',
        pvt_created: gregorian(now) - 1,
      });
    const ids = async (at: string) =>
      (await tenant.send('GET', `att_handlers_errors${at}`)).body.data.map((row: { id: string }) => row.id);
    expect(await ids('')).to.have.length(2);
    expect(await ids('/handler/s3')).to.deep.equal([id]);
    expect((await tenant.send('GET', `att_handlers_errors/${id}`)).body.data).to.include({ reason: 'no' });
    expect((await other.send('GET', `att_handlers_errors/${id}`)).status).to.equal(404);
  });

  it('list the sounds of a language and of a prompt', async () => {
    const make = async (data: object) => (await tenant.send('PUT', 'media', data)).body.data.id;
    const greeting = await make({ name: 'Hi', language: 'en-GB', prompt_id: 'hello' });
    // As Kazoo stores what a call recorded.
    const { _id: tune } = await rest.store
      .database(accountDatabase(tenant.id))
      .save({ _id: 'c'.repeat(32), pvt_type: 'media', name: 'Tune' });
    const get = async (path: string) => (await tenant.send('GET', `media/${path}`)).body.data;
    expect(await get('languages/en-gb')).to.deep.equal([greeting]);
    expect(await get('languages/EN-GB')).to.deep.equal([greeting]);
    expect(await get('languages/missing')).to.deep.equal([tune]);
    expect(await get('prompts/hello')).to.deep.equal([{ id: greeting, has_attachments: false }]);
    expect(
      (await rest.send('GET', 'media/prompts/hello', undefined, { token: tenant.token })).body.data,
    ).to.deep.equal([]);
  });

  it('show samples of functions to everybody, and what is on offer: nothing yet', async () => {
    expect((await rest.send('GET', 'functions')).body.data).to.deep.equal([]);
    const samples = (await rest.send('GET', 'functions/samples')).body.data;
    expect(samples).to.have.length.above(1);
    expect((await tenant.send('GET', 'functions/samples')).body.data).to.deep.equal(samples);
    for (const sample of samples) {
      expect(() => new Function('call', sample.function_js), sample.name).not.to.throw();
      expect((await tenant.send('PUT', 'functions', sample)).status).to.equal(201);
    }
    expect((await rest.send('PUT', 'functions', samples[0])).status).to.equal(405);
    expect((await rest.send('GET', `accounts/${tenant.id}/functions`)).status).to.equal(401);
  });

  it('list multimedia messages, and say that nobody sends one', async () => {
    const now = new Date();
    const id = `${monthOf(now)}-${'d'.repeat(32)}`;
    await rest.store.database(monthDatabase(tenant.id, now)).save({
      _id: id,
      pvt_type: 'mms',
      pvt_owner_id: tenant.userId,
      from: '1001',
      to: '1002',
      direction: 'outbound',
    });
    for (const path of ['mms', `users/${tenant.userId}/mms`]) {
      const [row] = (await tenant.send('GET', path)).body.data;
      expect(row, path).to.include({ id, from: '1001', direction: 'outbound' });
    }
    expect((await tenant.send('GET', `mms/${id}`)).body.data).to.include({ id, to: '1002' });
    expect((await other.send('GET', `mms/${id}`)).status).to.equal(404);
    const send = (data: object) => tenant.send('PUT', 'mms', data);
    expect((await send({ from: '1', to: '2' })).body.data).to.have.nested.property('body.required');
    expect((await send({ to: '2', body: 'x' })).body.data).to.have.nested.property('from.required');
    expect((await send({ from: '1', body: 'x' })).body.data).to.have.nested.property('to.required');
    const nobody = await send({ from: '1', to: '2', body: 'x' });
    expect([nobody.status, nobody.body.message]).to.deep.equal([503, 'nobody_listens']);
    expect((await tenant.send('GET', 'mms')).body.data).to.have.length(1);
    expect((await tenant.send('DELETE', `mms/${id}`)).status).to.equal(200);
    expect((await tenant.send('GET', 'mms')).body.data).to.deep.equal([]);
  });
});
