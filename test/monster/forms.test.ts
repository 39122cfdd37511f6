// An unmodified Monster UI with its apps, worked by clicks as a person does; what it wrote is read back over REST. Run as browser.test.ts.
import { expect } from 'chai';
import type { TestAccount } from '../e2e/account.ts';
import { eventually } from '../e2e/eventually.ts';
import { call } from '../e2e/fixtures.ts';
import type { Rest } from '../e2e/rest.ts';
import type { Zone } from '../e2e/zone.ts';
import { createAccount, editAccount, masquerade, shopkeeper } from './apps/accounts.ts';
import { addResponse, createCallflow, deleteCallflow, nameAccount } from './apps/callflows.ts';
import { actions, drawAction, openCallflow } from './apps/callflows-actions.ts';
import { createEntity, deleteEntity, entities, renameEntity } from './apps/entities.ts';
import { addNumbers, locate, nameCaller, prependName } from './apps/numbers.ts';
import { createPbx, deletePbx } from './apps/pbxs.ts';
import { deleteMessage, moveMessage, openFaxbox, openVoicemailBox, playMessage } from './apps/voicemails.ts';
import { openTab, tabs } from './apps/voip.ts';
import { calledNumbers, downloadCalls, readLegs } from './apps/voip-calllogs.ts';
import { createDevice, deleteDevice, editDevice, secureDevice, toggleDevice } from './apps/voip-devices.ts';
import { createUser, employee, features, setFeature } from './apps/voip-users.ts';
import { createVmbox, deleteVmbox } from './apps/voip-vmboxes.ts';
import { createWebhook, deleteWebhook, toggleWebhook } from './apps/webhooks.ts';
import type { Ui } from './page.ts';
import { openShop } from './shop.ts';

describe('Monster UI by clicks', function () {
  this.timeout(120_000);
  let zone: Zone;
  let ui: Ui;
  /** The account that every app but the one for accounts works for, and a client of it. */
  let account: TestAccount;
  let shop: Rest;
  const { inApp } = openShop(async (open) => {
    ({ zone, ui, account, shop } = open);
    // Without a carrier a number has no name, unless the operator says so.
    const features = { local_feature_override: true };
    await zone.rest.send('PATCH', '/system_configs/number_manager', { default: { features } });
  });

  describe('accounts', () => {
    let made: Rest;

    it('makes an account with its wizard, limits, credit and an admin', async () => {
      const { id } = await createAccount(ui);
      made = zone.rest.on(id);
      expect(await made.get('')).to.deep.include({ name: 'Corner Shop', realm: 'corner.mirliton.test' });
      expect(await made.get('limits')).to.include({ inbound_trunks: 3 });
      expect(await made.get('ledgers/total')).to.include({ amount: 12.5 });
      expect((await made.get('users'))[0]).to.include({ username: shopkeeper.email, priv_level: 'admin' });
      expect((await made.get('callflows'))[0].numbers).to.deep.equal(['no_match']);
    });

    it('changes it', async () => {
      await editAccount(ui, made.accountId);
      const { contact } = await made.get('');
      expect(contact.technical).to.include({ name: 'Tim Tech', email: 'tim@corner.mirliton.test' });
    });

    it('acts for it', async () => {
      await masquerade(ui, made.accountId);
    });
  });

  inApp('voip', () => {
    it('makes a user with extension and voicemail box', async () => {
      const { user, vmbox, callflow } = await createUser(ui);
      const { extension, username, first_name } = employee;
      expect(await shop.get(`users/${user.id}`)).to.include({ username, first_name, presence_id: extension });
      expect(await shop.get(`vmboxes/${vmbox.id}`)).to.include({ mailbox: extension, owner_id: user.id });
      const { numbers, flow } = await shop.get(`callflows/${callflow.id}`);
      expect(numbers).to.deep.equal([extension]);
      expect([flow.module, flow.data.id]).to.deep.equal(['user', user.id]);
      expect(flow.children._).to.deep.include({ module: 'voicemail' });
      expect(flow.children._.data.id).to.equal(vmbox.id);
      for (const feature of features) await setFeature(ui, user.id, feature);
      const set = await shop.get(`users/${user.id}`);
      expect(set.call_forward).to.include({ enabled: true, number: '+14155550177' });
      expect(set.hotdesk).to.include({ enabled: true, id: '20010' });
      expect(set.do_not_disturb).to.include({ enabled: true });
      expect(set.call_recording.inbound.onnet).to.include({
        enabled: true,
        url: 'http://records.mirliton.test/',
      });
      expect(await shop.get(`vmboxes/${vmbox.id}`)).to.include({ delete_after_notify: true });
    });

    it('shows a call that was made', async () => {
      await account.callflow('1900', { module: 'response', data: { code: 486 }, children: {} });
      await call(await account.device(), '1900', 'call-fails', { status: 486 });
      await eventually(async () => expect(await shop.get('cdrs')).to.have.length(1));
      expect(await calledNumbers(ui)).to.deep.equal(['1900']);
      const [{ id, call_id }] = await shop.get('cdrs');
      const { ids, details } = await readLegs(ui);
      expect(ids).to.deep.equal([id]);
      expect(details).to.include(call_id);
      expect(await downloadCalls(ui)).to.include(call_id);
    });

    it('sets the account up, with menus for the hours of the day and codes for features', async () => {
      for (const [tab, content] of tabs) await openTab(ui, tab, content);
      await eventually(async () => {
        const [main] = await shop.get('callflows?filter_numbers=undefinedMainNumber');
        expect(main).to.deep.include({ name: 'MainCallflow', modules: ['temporal_route', 'callflow'] });
      });
      expect(await shop.get('menus?filter_type=main')).to.have.length(4);
      const codes = await shop.get('callflows?has_key=featurecode&paginate=false');
      const numbers = codes.map(({ featurecode }: { featurecode: { number: string } }) => featurecode.number);
      expect(numbers).to.include.members(['3', '11', '72', '97']);
    });

    it('makes and deletes a voicemail box', async () => {
      const { id } = await createVmbox(ui, 'General', '2300');
      expect(await shop.get(`vmboxes/${id}`)).to.include({ name: 'General', mailbox: '2300' });
      await deleteVmbox(ui, id);
      expect((await shop.send('GET', `vmboxes/${id}`)).status).to.equal(404);
    });

    it('makes, renames, disables and deletes devices', async () => {
      const phone = await createDevice(ui, 'sip_device', { name: 'Desk', 'sip.username': 'desk1' });
      await editDevice(ui, phone.id, { name: 'Counter' });
      await secureDevice(ui, phone.id, { forbidden: 'international', codec: 'OPUS' });
      await toggleDevice(ui, phone.id);
      const stored = await shop.get(`devices/${phone.id}`);
      expect(stored).to.include({ name: 'Counter', enabled: false, device_type: 'sip_device' });
      expect(stored.sip).to.include({ username: 'desk1' });
      expect(stored.call_restriction.international).to.deep.equal({ action: 'deny' });
      expect(stored.media.audio).to.deep.equal({ codecs: ['OPUS'] });
      expect(stored.media.encryption).to.deep.equal({ enforce_security: true, methods: ['srtp'] });
      expect(stored.caller_id_options).to.deep.equal({ outbound_privacy: 'number' });
      const cell = { name: 'Cell', 'call_forward.number': '+14155550199' };
      const { id } = await createDevice(ui, 'cellphone', cell);
      expect((await shop.get(`devices/${id}`)).call_forward).to.include({
        enabled: true,
        number: '+14155550199',
      });
      await deleteDevice(ui, id);
      const left = (await shop.get('devices')).map((row: { id: string }) => row.id);
      expect(left).to.include(phone.id).and.not.include(id);
    });
  });

  inApp('numbers', () => {
    const numbers = ['+14155550100', '+14155550101'];
    const number = '+14155550101';
    const path = `phone_numbers/${encodeURIComponent(number)}`;

    it('adds numbers', async () => {
      const { success } = await addNumbers(ui, numbers);
      expect(Object.keys(success)).to.have.members(numbers);
      expect(await shop.get(path)).to.include({ id: number, state: 'in_service' });
    });

    it('prepends a name to who calls it, shows one to who is called, and says where help is needed', async () => {
      await prependName(ui, number, 'Sales');
      await nameCaller(ui, number, 'Corner Shop');
      const address = { postal_code: '97477', street_address: '1 High Street', locality: 'Springfield' };
      await locate(ui, number, { ...address, region: 'OR' });
      const { prepend, cnam, e911 } = await shop.get(path);
      expect(e911).to.include({ ...address, region: 'OR', country: 'US' });
      expect(prepend).to.deep.include({ enabled: true, name: 'Sales' });
      expect(cnam).to.deep.include({ display_name: 'Corner Shop' });
    });
  });

  inApp('callflows', () => {
    it('draws a callflow by dragging actions, changes and deletes it', async () => {
      const userId = await account.user();
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

    describe('with one of its actions', () => {
      let pivot = '';
      before(async () => {
        if (!ui) return;
        const user = await account.user();
        await account.device({ name: 'Desk' });
        await account.create('vmboxes', { name: 'Desk', mailbox: '4900' });
        for (const path of ['menus', 'conferences', 'faxboxes', 'directories'])
          await account.create(path, { name: 'Desk' });
        await account.callflow('4999', { module: 'user', data: { id: user }, children: {} });
        await ui.enter('callflows', shop.accountId);
        await ui.page.click('.callflow-element');
      });
      actions.forEach((action, index) => {
        it(`draws ${action.name}`, async () => {
          const [module] = action.name.split('[');
          const { id } = await drawAction(ui, String(4001 + index), action);
          const { flow } = await shop.get(`callflows/${id}`);
          expect(flow).to.include({ module });
          expect(flow.data).to.deep.include({ ...action.stored });
          if (module === 'pivot') pivot = id;
          else await shop.send('DELETE', `callflows/${id}`);
        });
      });

      it('draws one again that was stored', async () => {
        await ui.enter('callflows', shop.accountId);
        expect(await openCallflow(ui, pivot)).to.deep.equal(['pivot[]']);
        await deleteCallflow(ui);
        expect((await shop.send('GET', `callflows/${pivot}`)).status).to.equal(404);
      });
    });

    it('says who the people of the account are to those they call', async () => {
      const number = '+14155550100';
      expect(await nameAccount(ui, { name: 'Corner Shop', number })).to.have.nested.property(
        'caller_id.external.number',
        number,
      );
      const { caller_id } = await shop.get('');
      expect(caller_id.internal).to.deep.equal({ name: 'Corner Shop' });
      expect(caller_id.external).to.deep.equal({ name: 'Corner Shop', number });
      expect(caller_id.emergency).to.deep.equal({ number });
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

  inApp('webhooks', () => {
    it('makes, switches off and deletes a webhook', async () => {
      const uri = 'http://hooks.mirliton.test/calls';
      const { id } = await createWebhook(ui, 'Calls', uri);
      const made = await shop.get(`webhooks/${id}`);
      expect(made).to.include({
        name: 'Calls',
        uri,
        hook: 'channel_create',
        http_verb: 'get',
        enabled: true,
      });
      await toggleWebhook(ui, id);
      expect(await shop.get(`webhooks/${id}`)).to.include({ enabled: false });
      await deleteWebhook(ui, id);
      expect(await shop.get('webhooks')).to.deep.equal([]);
    });
  });

  inApp('pbxs', () => {
    it('makes and deletes a server with its wizard', async () => {
      await createPbx(ui, 'Basement', 'basement');
      const [id] = await shop.get('connectivity');
      const { servers } = await shop.get(`connectivity/${id}`);
      expect(servers[0]).to.include({ server_name: 'Basement', server_type: 'FreeSWITCH' });
      expect(servers[0].auth).to.include({ auth_method: 'Password', auth_user: 'basement' });
      await deletePbx(ui);
      expect((await shop.get(`connectivity/${id}`)).servers).to.deep.equal([]);
    });
  });

  inApp('voicemails', () => {
    it('plays, moves and deletes what is in a box', async () => {
      const box = await account.create('vmboxes', { name: 'Counter', mailbox: '1901' });
      const other = await account.create('vmboxes', { name: 'Attic', mailbox: '1902' });
      const [moved, deleted] = [await leaveMessage(shop, box), await leaveMessage(shop, box)];
      await ui.enter('voicemails', shop.accountId);
      expect(await openVoicemailBox(ui, box)).to.have.length(2);
      const { status, changed } = await playMessage(ui, moved);
      expect(status).to.be.oneOf([200, 206]);
      expect(changed.succeeded).to.deep.equal([moved]);
      await moveMessage(ui, moved, other);
      await deleteMessage(ui, deleted);
      const { folders } = (await shop.get('vmboxes')).find(({ id }: { id: string }) => id === box);
      expect(folders).to.include({ new: 0, saved: 0 });
      const [kept] = await shop.get(`vmboxes/${other}/messages`);
      expect(kept).to.include({ folder: 'saved', caller_id_number: '+14155550150' });
    });
  });

  inApp('fax', () => {
    it('shows what is in a box', async () => {
      const box = await account.create('faxboxes', { name: 'Counter' });
      await ui.enter('fax', shop.accountId);
      expect(await openFaxbox(ui, box)).to.deep.equal([]);
    });
  });
});

/** Leaves a message in a box as another system would; resolves to its id. */
async function leaveMessage(rest: Rest, box: string): Promise<string> {
  const uri = {
    from: '14155550150@carrier.test',
    to: '1901@shop.mirliton.test',
    caller_id_number: '+14155550150',
  };
  const body = [
    '--b\r\ncontent-type: application/json\r\n\r\n',
    JSON.stringify({ data: { ...uri, caller_id_name: 'Ann', length: 3000, call_id: 'left@carrier.test' } }),
    '\r\n--b\r\ncontent-disposition: form-data; name="f"; filename="a.mp3"\r\ncontent-type: audio/mpeg\r\n\r\n',
    'sound\r\n--b--\r\n',
  ].join('');
  const type = { 'content-type': 'multipart/mixed; boundary=b' };
  const { body: answer } = await rest.send('PUT', `vmboxes/${box}/messages`, body, type);
  return answer.data.media_id;
}
