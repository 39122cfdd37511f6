// An unmodified Monster UI with its apps, worked by clicks as a person does; what it wrote is read back over REST. Run as browser.test.ts.
import { expect } from 'chai';
import type { Rest } from '../e2e/rest.ts';
import { refused } from './absent.ts';
import { createAccount, editAccount, masquerade, shopkeeper } from './apps/accounts.ts';
import { addResponse, createCallflow, deleteCallflow } from './apps/callflows.ts';
import { createEntity, deleteEntity, entities, renameEntity } from './apps/entities.ts';
import { addNumbers, nameCaller, prependName } from './apps/numbers.ts';
import { createDevice, deleteDevice, editDevice, toggleDevice } from './apps/voip-devices.ts';
import { createUser, employee } from './apps/voip-users.ts';
import type { Ui } from './page.ts';
import { type Started, startMonster } from './start.ts';

describe('Monster UI by clicks', function () {
  this.timeout(300_000);
  let started: Started;
  let ui: Ui;
  /** A client of the account that is made. */
  let shop: Rest;
  let userId: string;

  before(async function () {
    const monster = await startMonster();
    if (typeof monster === 'string') {
      console.log(`    ${monster}: not run`);
      return this.skip();
    }
    started = monster;
    ({ ui } = monster);
    const { rest, facts } = monster.zone;
    for (const { id } of await rest.get('apps_store'))
      await rest.put(`apps_store/${id}`, { allowed_users: 'all', users: [] });
    // Without a carrier a number has no name, unless the operator says so.
    const features = { local_feature_override: true };
    await rest.send('PATCH', '/system_configs/number_manager', { default: { features } });
    await ui.logIn(facts.login);
  });
  after(() => started?.stop());
  // Whatever a test did: the page was refused nothing that it was promised.
  afterEach(() => {
    if (ui) expect(refused(ui.exchanges)).to.deep.equal([]);
  });

  describe('accounts', () => {
    it('makes an account with its wizard, limits, credit and an admin', async () => {
      const { id } = await createAccount(ui);
      shop = started.zone.rest.on(id);
      expect(await shop.get('')).to.deep.include({ name: 'Corner Shop', realm: 'corner.mirliton.test' });
      expect(await shop.get('limits')).to.include({ inbound_trunks: 3 });
      expect(await shop.get('ledgers/total')).to.include({ amount: 12.5 });
      expect((await shop.get('users'))[0]).to.include({ username: shopkeeper.email, priv_level: 'admin' });
      expect((await shop.get('callflows'))[0].numbers).to.deep.equal(['no_match']);
    });

    it('changes it', async () => {
      await editAccount(ui, shop.accountId);
      const { contact } = await shop.get('');
      expect(contact.technical).to.include({ name: 'Tim Tech', email: 'tim@corner.mirliton.test' });
    });

    it('acts for it', async () => {
      await masquerade(ui, shop.accountId);
    });
  });

  describe('voip', () => {
    it('makes a user with extension and voicemail box', async () => {
      const { user, vmbox, callflow } = await createUser(ui);
      userId = user.id;
      const { extension, username, first_name } = employee;
      expect(await shop.get(`users/${user.id}`)).to.include({ username, first_name, presence_id: extension });
      expect(await shop.get(`vmboxes/${vmbox.id}`)).to.include({ mailbox: extension, owner_id: user.id });
      const { numbers, flow } = await shop.get(`callflows/${callflow.id}`);
      expect(numbers).to.deep.equal([extension]);
      expect([flow.module, flow.data.id]).to.deep.equal(['user', user.id]);
      expect(flow.children._).to.deep.include({ module: 'voicemail' });
      expect(flow.children._.data.id).to.equal(vmbox.id);
    });

    it('makes, renames, disables and deletes devices', async () => {
      const phone = await createDevice(ui, 'sip_device', { name: 'Desk', 'sip.username': 'desk1' });
      await editDevice(ui, phone.id, { name: 'Counter' });
      await toggleDevice(ui, phone.id);
      const stored = await shop.get(`devices/${phone.id}`);
      expect(stored).to.include({ name: 'Counter', enabled: false, device_type: 'sip_device' });
      expect(stored.sip).to.include({ username: 'desk1' });
      const cell = { name: 'Cell', 'call_forward.number': '+14155550199' };
      const { id } = await createDevice(ui, 'cellphone', cell);
      expect((await shop.get(`devices/${id}`)).call_forward).to.include({
        enabled: true,
        number: '+14155550199',
      });
      await deleteDevice(ui, id);
      expect((await shop.get('devices')).map((row: { id: string }) => row.id)).to.deep.equal([phone.id]);
    });
  });

  describe('numbers', () => {
    const numbers = ['+14155550100', '+14155550101'];
    const number = '+14155550101';
    const path = `phone_numbers/${encodeURIComponent(number)}`;

    it('adds numbers', async () => {
      const { success } = await addNumbers(ui, numbers);
      expect(Object.keys(success)).to.have.members(numbers);
      expect(await shop.get(path)).to.include({ id: number, state: 'in_service' });
    });

    it('prepends a name to who calls it, and shows one to who is called', async () => {
      await prependName(ui, number, 'Sales');
      await nameCaller(ui, number, 'Corner Shop');
      const { prepend, cnam } = await shop.get(path);
      expect(prepend).to.deep.include({ enabled: true, name: 'Sales' });
      expect(cnam).to.deep.include({ display_name: 'Corner Shop' });
    });
  });

  describe('callflows', () => {
    it('draws a callflow by dragging actions, changes and deletes it', async () => {
      const { id } = await createCallflow(ui, '3001', userId);
      const made = await shop.get(`callflows/${id}`);
      expect(made.numbers).to.deep.equal(['3001']);
      expect(made.flow).to.deep.include({ module: 'user' });
      expect(made.flow.data).to.include({ id: userId, timeout: 25 });
      await addResponse(ui, '486');
      const { flow } = await shop.get(`callflows/${id}`);
      expect(flow.children._).to.deep.include({ module: 'response', children: {} });
      await deleteCallflow(ui);
      expect((await shop.send('GET', `callflows/${id}`)).status).to.equal(404);
    });

    for (const entity of entities)
      it(`makes, renames and deletes ${entity.path}`, async () => {
        const { id } = await createEntity(ui, entity, 'First');
        expect(await shop.get(`${entity.path}/${id}`)).to.include({ name: 'First' });
        await renameEntity(ui, entity, id, 'Second');
        expect(await shop.get(`${entity.path}/${id}`)).to.include({ name: 'Second' });
        await deleteEntity(ui, entity, id);
        expect((await shop.send('GET', `${entity.path}/${id}`)).status).to.equal(404);
      });
  });
});
