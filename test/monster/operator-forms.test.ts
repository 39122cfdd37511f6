// As forms.test.ts, with the apps of Monster UI for those who run a company or bring customers: ports, people of files, branding, apps.
import { expect } from 'chai';
import { outsider } from '../../core/testing/outsider.ts';
import type { Rest } from '../e2e/rest.ts';
import type { Zone } from '../e2e/zone.ts';
import {
  addAdmin,
  deleteAccount,
  forbidApp,
  hideSection,
  limitCalls,
  openAccount,
  promote,
  useResellersCarriers,
} from './apps/accounts-tabs.ts';
import { installApp, permitAdmins, removeApp } from './apps/appstore.ts';
import { createQueue, deleteQueue, openQueues } from './apps/callcenter.ts';
import { importPeople } from './apps/csv-onboarding.ts';
import {
  changeBillingContact,
  changeEmail,
  changeInboundTrunks,
  firstAdjustment,
  openMyAccount,
  openSection,
  sections,
} from './apps/myaccount.ts';
import { comment, createPortRequest, makePending, openPortRequest, openPortRequests } from './apps/ports.ts';
import { brand, changeMail, checkDomains } from './apps/whitelabel.ts';
import type { Ui } from './page.ts';
import { openShop } from './shop.ts';

describe('Monster UI by clicks, for operators', function () {
  this.timeout(120_000);
  let zone: Zone;
  let ui: Ui;
  let shop: Rest;
  const { inApp } = openShop((open) => {
    ({ zone, ui, shop } = open);
  });

  inApp('numbers', () => {
    const numbers = ['+14155550177', '+14155550178'];
    let phonebook: Awaited<ReturnType<typeof outsider>> | undefined;
    before(async () => {
      if (!zone) return;
      phonebook = await outsider();
      const settings = { default: { phonebook_url: phonebook.url } };
      await zone.rest.send('PATCH', '/system_configs/crossbar.phonebook', settings);
    });
    after(() => phonebook?.stop());

    it('orders numbers from another carrier with the wizard, comments, and says how far it is', async () => {
      const known = { losing_carrier: { name: 'Old' }, carriers: [{ name: 'New', portability: true }] };
      const found = Object.fromEntries(numbers.map((number) => [number, known]));
      const answer = { status: 'success', data: { numbers: found } };
      phonebook?.answers.push({ status: 200, body: JSON.stringify(answer) });
      await openPortRequests(ui);
      const { id } = await createPortRequest(ui, 'From the old carrier', numbers, 'New');
      const made = await shop.get(`port_requests/${id}`);
      expect(made).to.include({
        name: 'From the old carrier',
        port_state: 'submitted',
        winning_carrier: 'New',
      });
      expect(Object.keys(made.numbers)).to.have.members(numbers);
      expect(Object.keys(made.uploads)).to.have.members(['bill.pdf', 'form.pdf']);
      expect(made.bill).to.include({ carrier: 'Old', account_number: '4711', postal_code: '97477' });
      expect(made.notifications.email).to.deep.equal({ send_to: 'ann@shop.mirliton.test' });
      expect(await openPortRequest(ui, id)).to.include({ id, port_state: 'submitted' });
      await comment(ui, 'How long does it take');
      const [said] = (await shop.get(`port_requests/${id}/comments`)).comments;
      expect(said).to.include({ content: 'How long does it take', is_private: false });
      await makePending(ui, 'New', 'R-1');
      const pending = await shop.get(`port_requests/${id}`);
      expect(pending).to.include({ port_state: 'pending', winning_carrier: 'New', reference_number: 'R-1' });
    });
  });

  inApp('csv-onboarding', () => {
    it('makes people of a file, with extension, voicemail box and entry in the directory', async () => {
      const rows = [
        'first_name,last_name,password,email,extension',
        'Cleo,Clerk,Wonder-land-3,cleo@shop.mirliton.test,2101',
      ];
      expect(await importPeople(ui, 'users', rows)).to.include('1 user(s)');
      const [{ id }] = await shop.get('users?filter_username=cleo@shop.mirliton.test');
      const [callflow] = await shop.get('callflows?filter_numbers=2101');
      expect(callflow).to.include({ owner_id: id, type: 'mainUserCallflow' });
      expect((await shop.get('vmboxes?filter_mailbox=2101'))[0]).to.include({ owner_id: id });
      const [directory] = await shop.get('directories');
      expect((await shop.get(`users/${id}`)).directories).to.deep.equal({ [directory.id]: callflow.id });
    });

    it('makes their phones, too', async () => {
      const rows = [
        'first_name,last_name,password,email,extension,mac_address,brand,family,model,device_name',
        'Eli,Engineer,Wonder-land-5,eli@shop.mirliton.test,2102,12:12:13:14:15:60,yealink,t4x,t42g,Desk of Eli',
      ];
      expect(await importPeople(ui, 'users_devices', rows)).to.include('1 devices(s)');
      const [{ id }] = await shop.get('devices?filter_mac_address=121213141560');
      const phone = await shop.get(`devices/${id}`);
      expect(phone).to.include({ name: 'Desk of Eli', device_type: 'sip_device' });
      expect(phone.provision).to.include({ endpoint_brand: 'yealink', endpoint_model: 't42g' });
    });
  });

  inApp('whitelabel', () => {
    const pixel =
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const logo = Buffer.from(pixel, 'base64');

    it('gives what users see a name, a domain and a logo', async () => {
      const fields = {
        company_name: 'Shop Telecom',
        domain: 'ui.shop.mirliton.test',
        realm_suffix: 'sip.shop.mirliton.test',
      };
      await brand(ui, fields, logo);
      expect(await shop.get('whitelabel')).to.include(fields);
      const seen = await fetch(`${zone.facts.api}/whitelabel/${fields.domain}/logo`);
      expect(seen.headers.get('content-type')).to.equal('image/png');
      expect(Buffer.from(await seen.arrayBuffer())).to.deep.equal(logo);
      const [records] = await checkDomains(ui);
      expect(records).to.have.keys('A', 'CNAME', 'MX', 'NAPTR', 'SRV', 'TXT');
    });

    it('changes the words of a mail', async () => {
      await changeMail(ui, 'missed_call', 'You missed one', 'From {{caller_id.number}}');
      const mail = await shop.get('notifications/missed_call');
      expect(mail).to.include({ subject: 'You missed one', account_overridden: true });
      for (const type of ['text/html', 'text/plain']) {
        const { body } = await shop.send('GET', 'notifications/missed_call', undefined, { accept: type });
        expect(body).to.include('From {{caller_id.number}}');
      }
    });
  });

  inApp('callcenter', () => {
    it('makes a queue with its agents, and deletes it', async () => {
      const { id: agent } = await shop.put('users', { first_name: 'Ann', last_name: 'Agent' });
      await openQueues(ui);
      const [{ id }] = await createQueue(ui, 'Sales', [agent]);
      expect(await shop.get(`queues/${id}`)).to.deep.include({
        name: 'Sales',
        strategy: 'most_idle',
        agent_wrapup_time: 20,
        agents: [agent],
      });
      await deleteQueue(ui, id);
      expect((await shop.send('GET', `queues/${id}`)).status).to.equal(404);
    });
  });

  describe('accounts', () => {
    let branch: Rest;
    before(async () => {
      if (!ui) return;
      const { id } = await zone.rest.put('', { name: 'Branch', realm: 'branch.mirliton.test' });
      branch = zone.rest.on(id);
      await ui.enter('accounts', zone.rest.accountId);
      await openAccount(ui, id);
    });

    it('limits what an account may call, and what it sees', async () => {
      await limitCalls(ui, 4, 'international');
      const { inbound_trunks, call_restriction } = await branch.get('limits');
      expect(inbound_trunks).to.equal(4);
      expect(call_restriction).to.deep.include({
        international: { action: 'deny' },
        did_us: { action: 'inherit' },
      });
      expect((await branch.get('')).call_restriction.international).to.deep.equal({ action: 'deny' });
      await hideSection(ui, 'billing');
      const { myaccount } = (await branch.get('')).ui_restrictions;
      expect([myaccount.billing, myaccount.user]).to.deep.equal([{ show_tab: false }, { show_tab: true }]);
    });

    it('takes an app away from it, and gives it carriers', async () => {
      const [forbidden] = await forbidApp(ui, 'Webhooks');
      const apps = await branch.get('apps_store');
      expect(apps.map(({ id }: { id: string }) => id)).to.not.include(forbidden);
      const { flow } = await useResellersCarriers(ui);
      expect(flow).to.deep.include({
        module: 'resources',
        data: { hunt_account_id: zone.rest.accountId },
      });
    });

    it('makes an administrator, makes a reseller of it, and deletes it', async () => {
      const person = { first_name: 'Nina', last_name: 'New', email: 'nina@branch.mirliton.test' };
      const { id } = await addAdmin(ui, person);
      expect(await branch.get(`users/${id}`)).to.include({ ...person, priv_level: 'admin' });
      await promote(ui);
      expect(await branch.get('')).to.include({ is_reseller: true });
      await deleteAccount(ui, branch.accountId);
      const children = await zone.rest.get('children');
      expect(children.map((row: { id: string }) => row.id)).to.not.include(branch.accountId);
    });
  });

  describe('appstore', () => {
    it('says who may use an app', async () => {
      const { rest } = zone;
      await ui.enter('appstore', rest.accountId);
      const find = async () =>
        (await rest.get('apps_store')).find(({ name }: { name: string }) => name === 'webhooks');
      const { id } = await find();
      await permitAdmins(ui, id);
      expect(await find()).to.include({ allowed_users: 'admins' });
      await removeApp(ui, id);
      expect(await find()).to.not.have.property('allowed_users');
      await installApp(ui, id);
      expect(await find()).to.include({ allowed_users: 'all' });
    });
  });

  describe('myaccount', () => {
    before(async () => {
      if (!ui) return;
      const { rest } = zone;
      await rest.put('ledgers/credit', {
        amount: 20,
        description: 'A gift',
        source: { service: 'per-minute-voip', id: 'gift' },
        usage: { quantity: 0, type: 'credit', unit: 'USD' },
        metadata: { manual_bookkeeping_tool: true },
      });
      await ui.enter('appstore', rest.accountId);
      await openMyAccount(ui);
    });

    it('changes who is logged in', async () => {
      const { id } = await changeEmail(ui, 'ann@demo.mirliton.test');
      expect(await zone.rest.get(`users/${id}`)).to.include({ email: 'ann@demo.mirliton.test' });
    });

    it('changes whom bills are for', async () => {
      await changeBillingContact(ui);
      const { contact } = await zone.rest.get('');
      expect(contact.billing).to.include({ first_name: 'Bill', postal_code: '97477', country: 'US' });
    });

    it('changes how many calls may come in at once', async () => {
      await changeInboundTrunks(ui, 3);
      expect(await zone.rest.get('limits')).to.include({ inbound_trunks: 3 });
    });

    it('shows what was put on the account', async () => {
      expect(await firstAdjustment(ui))
        .to.include('A gift')
        .and.include('20');
    });

    for (const section of sections)
      it(`shows ${section}`, async () => {
        await openSection(ui, section);
      });
  });
});
