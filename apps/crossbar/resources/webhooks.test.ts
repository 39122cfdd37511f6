// webhooks: what beside the life of a plain resource: kinds, choices, attempts, and turning on again.
import { expect } from 'chai';
import { gregorian, monthDatabase, monthOf, type StoredDocument } from '../../../core/couch/index.ts';
import type { Tenant } from '../testing/rest.ts';
import { tenants } from '../testing/tenants.ts';

describe('webhooks over REST', () => {
  const { rest, tenant } = tenants();
  let below: Tenant;
  before(async () => {
    below = await rest.account('below', tenant.id);
  });

  const make = async (who: Tenant, more: object = {}): Promise<string> => {
    const data = { name: 'a hook', hook: 'channel_create', uri: 'https://crm.example/', ...more };
    return (await who.send('PUT', 'webhooks', data)).body.data.id;
  };
  const turnOff = (id: string, reason?: string) =>
    rest.store.database('webhooks').update(id, (document) => ({
      ...document,
      enabled: false,
      ...(reason !== undefined && { pvt_disabled_message: reason }),
    }));

  it('lists the kinds of hooks to everybody, but for those that only operators may choose', async () => {
    const { body } = await rest.send('GET', 'webhooks');
    const ids = body.data.map(({ id }: { id: string }) => id);
    expect(ids).to.include.members(['channel_create', 'object', 'notifications', 'parking', 'sms']);
    const choices = async () =>
      Object.keys(
        (await rest.send('GET', 'webhooks')).body.data.find(
          ({ id }: { id: string }) => id === 'notifications',
        ).modifiers.type.items,
      );
    expect(await choices())
      .to.include('voicemail_new')
      .and.not.to.include('system_alert');
  });

  it('has samples of what each kind is told', async () => {
    const { body } = await rest.send('GET', 'webhooks/samples');
    expect(body.data).to.include('webhooks_channel_destroy');
    for (const name of body.data) {
      const sample = await rest.send('GET', `webhooks/samples/${name}`);
      expect(sample.body.data[0], name).to.have.property('account_id');
    }
    for (const name of ['none', 'constructor'])
      expect((await tenant.send('GET', `webhooks/samples/${name}`)).status).to.equal(404);
  });

  it('wants a choice of documents and notifications, and an address of HTTP', async () => {
    const wrong = async (data: object) =>
      (await tenant.send('PUT', 'webhooks', { name: 'x', uri: 'https://a.example', ...data })).body.data;
    expect(await wrong({ hook: 'object' })).to.have.nested.property('custom_data\\.type.required');
    expect(
      await wrong({ hook: 'object', custom_data: { type: 'none', action: 'all' } }),
    ).to.have.nested.property('custom_data\\.type.enum');
    expect(
      await wrong({ hook: 'notifications', custom_data: { type: 'system_alert' } }),
    ).to.have.nested.property('custom_data\\.type.enum');
    expect(await wrong({ hook: 'all', uri: 'ftp://a.example/' })).to.have.nested.property('uri.format');
    const fine = { hook: 'object', custom_data: { type: 'user', action: 'all' } };
    expect((await wrong(fine)).custom_data).to.deep.equal(fine.custom_data);
  });

  it('turns on again what failed, of the account or of those below, and nothing else', async () => {
    const [failed, off, deep] = [await make(tenant), await make(tenant), await make(below)];
    await turnOff(failed, 'too many failed attempts');
    await turnOff(off);
    await turnOff(deep, 'too many failed attempts');
    const shown = await tenant.send('GET', `webhooks/${failed}`);
    expect(shown.body.data).to.include({ enabled: false, disable_reason: 'too many failed attempts' });
    expect((await tenant.send('PATCH', 'webhooks', {})).body.data).to.have.nested.property(
      're-enable.required',
    );
    expect((await tenant.send('PATCH', 'webhooks', { 're-enable': true })).body.data).to.equal(
      'hooks updated',
    );
    const state = async () =>
      Promise.all(
        [failed, off, deep].map(async (id) => (await rest.store.database('webhooks').get(id))['enabled']),
      );
    expect(await state()).to.deep.equal([true, false, false]);
    expect((await tenant.send('PATCH', 'descendants/webhooks', { 're-enable': true })).status).to.equal(200);
    expect(await state()).to.deep.equal([true, false, true]);
    await turnOff(failed, 'too many failed attempts');
    const on = await tenant.send('PATCH', `webhooks/${failed}`, { enabled: true });
    expect(on.body.data).to.include({ enabled: true }).and.not.have.property('disable_reason');
  });

  it('lists attempts, of all hooks and of one', async () => {
    const [one, two] = [await make(tenant), await make(tenant)];
    const now = new Date();
    for (const [n, hook_id] of [one, two, one].entries())
      await rest.store.database(monthDatabase(tenant.id, now)).save({
        _id: `${monthOf(now)}-${n}`,
        pvt_type: 'webhook_attempt',
        pvt_account_id: tenant.id,
        pvt_created: gregorian(now) - n,
        hook_id,
        result: 'success',
      } as StoredDocument);
    const rows = async (path: string) =>
      (await tenant.send('GET', path)).body.data.map(({ hook_id }: { hook_id: string }) => hook_id);
    expect(await rows('webhooks/attempts')).to.deep.equal([one, two, one]);
    expect(await rows(`webhooks/${two}/attempts`)).to.deep.equal([two]);
    expect((await tenant.send('GET', 'webhooks/attempts')).body.data[0]).to.have.property('timestamp');
    const elsewhere = await make(below);
    expect((await tenant.send('GET', `webhooks/${elsewhere}/attempts`)).status).to.equal(404);
  });
});
