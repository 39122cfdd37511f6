// As forms.test.ts, with what SmartPBX has beyond people and phones: groups, and what happens with calls of the company's number.
import { expect } from 'chai';
import type { TestAccount } from '../e2e/account.ts';
import type { Rest } from '../e2e/rest.ts';
import {
  addExtension,
  addMember,
  addNumber,
  createGroup,
  deleteGroup,
  groupFeatures,
  readGroup,
  renameGroup,
  setGroupFeature,
  setNextAction,
} from './apps/voip-groups.ts';
import {
  addConferenceNumber,
  addFaxNumber,
  addHoliday,
  addMainNumber,
  answerWith,
  greetConference,
  openOffice,
  openStrategy,
  readFeatureCodes,
  setMenu,
  silenceConference,
} from './apps/voip-strategy.ts';
import {
  addUserDevice,
  addUserExtension,
  addUserNumber,
  createUser,
  employee,
  lineFeatures,
  readUser,
  setFeature,
} from './apps/voip-users.ts';
import type { Ui } from './page.ts';
import { openShop } from './shop.ts';

describe('Monster UI by clicks, for a company', function () {
  this.timeout(120_000);
  let ui: Ui;
  let account: TestAccount;
  let shop: Rest;
  const numbers = ['+14155550120', '+14155550121', '+14155550122', '+14155550123', '+14155550124'];
  const { inApp } = openShop(async (open) => {
    ({ ui, account, shop } = open);
    await shop.put('phone_numbers/collection', { numbers });
  });
  const callflows = async (filter: string) => {
    const rows: { id: string }[] = await shop.get(`callflows?${filter}&paginate=false`);
    return Promise.all(rows.map(({ id }) => shop.get(`callflows/${id}`)));
  };

  inApp('voip', () => {
    let group: string;
    let users: string[];
    before(async () => {
      if (!ui) return;
      users = [await account.user(), await account.user(), await account.user()];
    });

    it('makes a group of people that has an extension, and rings all of them', async () => {
      ({ id: group } = await createGroup(ui, 'Sales', '2200', users.slice(0, 2)));
      const { endpoints } = await shop.get(`groups/${group}`);
      expect(Object.keys(endpoints)).to.have.members(users.slice(0, 2));
      const [entry] = await callflows(`filter_group_id=${group}&filter_type=userGroup`);
      const [base] = await callflows(`filter_group_id=${group}&filter_type=baseGroup`);
      expect(entry.numbers).to.deep.equal(['2200']);
      expect(entry.flow).to.deep.include({ module: 'callflow', data: { id: base.id } });
      expect(base.flow.data.endpoints.map(({ id }: { id: string }) => id)).to.have.members(users.slice(0, 2));
    });

    it('changes its name, members, extensions and numbers', async () => {
      await renameGroup(ui, group, 'Support', 2);
      await addMember(ui, group, users[2] ?? '');
      await addExtension(ui, group, '2201');
      await addNumber(ui, group, numbers[0] ?? '');
      expect((await shop.get(`groups/${group}`)).name).to.equal('Support');
      const [base] = await callflows(`filter_group_id=${group}&filter_type=baseGroup`);
      expect(base.flow.data.repeats).to.equal(2);
      expect(base.flow.data.endpoints).to.have.length(3);
      const [entry] = await callflows(`filter_group_id=${group}&filter_type=userGroup`);
      expect(entry.numbers).to.have.members(['2200', '2201', numbers[0]]);
      expect(await shop.get(`phone_numbers/${encodeURIComponent(numbers[0] ?? '')}`)).to.include({
        used_by: 'callflow',
      });
    });

    it('records it, plays while it rings, and says what comes after it', async () => {
      const box = await account.create('vmboxes', { name: 'Sales', mailbox: '2200' });
      for (const feature of groupFeatures) await setGroupFeature(ui, group, feature);
      await setNextAction(ui, group, box);
      const [entry] = await callflows(`filter_group_id=${group}&filter_type=userGroup`);
      const prefixes = { caller_id_name_prefix: 'Sales: ', caller_id_number_prefix: '9' };
      expect(entry.flow).to.deep.include({ module: 'prepend_cid', data: { action: 'prepend', ...prefixes } });
      const record = entry.flow.children._;
      expect(record.module).to.equal('record_call');
      expect(record.data).to.include({ action: 'start', time_limit: 600 });
      expect(record.children._.children._).to.deep.include({ module: 'voicemail', data: { id: box } });
      const [base] = await callflows(`filter_group_id=${group}&filter_type=baseGroup`);
      expect(base.flow.data).to.include({ ringback: 'silence_stream://300000', ignore_forward: false });
    });

    it('reads it back, and deletes it with its callflows', async () => {
      await ui.enter('voip', shop.accountId);
      const { text, icons } = await readGroup(ui, group);
      expect(text).to.include('Support').and.include('2200').and.include('415 555 0120');
      expect(icons).to.equal(groupFeatures.length + 1);
      await deleteGroup(ui, group);
      expect(await callflows(`filter_group_id=${group}`)).to.deep.equal([]);
    });

    it('opens the company on the days of work, and closes it on a holiday', async () => {
      await openStrategy(ui);
      expect((await addMainNumber(ui, numbers[0] ?? '')).numbers).to.include(numbers[0]);
      const weekly = (await openOffice(ui)).flow.data.rules;
      const rules = await Promise.all(weekly.map((id: string) => shop.get(`temporal_rules/${id}`)));
      const hours = rules.map((rule) => [
        rule.type,
        rule.time_window_start / 3600,
        rule.time_window_stop / 3600,
      ]);
      expect(hours).to.have.deep.members([
        ['main_weekdays', 9, 12],
        ['main_lunchbreak', 12, 13],
        ['main_weekdays', 13, 17],
      ]);
      const [holiday, callflow] = await addHoliday(ui, 'Christmas', 11, 25);
      const yearly = { cycle: 'yearly', month: 12, days: [25], type: 'main_holidays', name: 'Christmas' };
      expect(await shop.get(`temporal_rules/${holiday.id}`)).to.deep.include(yearly);
      expect(callflow.flow.data.rules).to.have.members([...weekly, holiday.id]);
      expect(Object.keys(callflow.flow.children)).to.have.members([...weekly, holiday.id, '_']);
    });

    it('gives the conference server a number and a greeting, and takes faxes at another', async () => {
      const conference = await addConferenceNumber(ui, numbers[1] ?? '');
      expect(conference).to.deep.include({ type: 'conference', numbers: [numbers[1]] });
      const [media] = await greetConference(ui, 'Welcome');
      expect((await shop.get(`media/${media.id}`)).tts).to.include({ text: 'Welcome' });
      const path = `callflows/${conference.id}`;
      expect((await shop.get(path)).flow.data).to.deep.equal({ welcome_prompt: { media_id: media.id } });
      await silenceConference(ui);
      expect((await shop.get(path)).flow.data).to.deep.equal({});
      const [box, faxing] = await addFaxNumber(ui, numbers[2] ?? '', 'fax@shop.mirliton.test');
      expect(faxing.numbers).to.deep.equal([numbers[2]]);
      expect(faxing.flow).to.deep.include({ module: 'faxbox', data: { id: box.id } });
      const { notifications } = await shop.get(`faxboxes/${box.id}`);
      expect(notifications.inbound.email).to.deep.equal({ send_to: 'fax@shop.mirliton.test' });
    });

    it('speaks a menu to callers, or rings somebody who has a voicemail box', async () => {
      const [user = ''] = users;
      const box = await account.create('vmboxes', { name: 'Office', mailbox: '2300' });
      await openStrategy(ui);
      const { flow } = await setMenu(ui, 'Press one', '1', user);
      expect(flow.children['1']).to.deep.equal({ module: 'user', data: { id: user }, children: {} });
      const { media } = await shop.get(`menus/${flow.data.id}`);
      expect((await shop.get(`media/${media.greeting}`)).tts).to.include({ text: 'Press one' });
      await answerWith(ui, user, box);
      const [hours] = await callflows('filter_numbers=MainOpenHours');
      expect(hours.flow).to.deep.include({ module: 'user', data: { id: user } });
      expect(hours.flow.children._).to.deep.include({ module: 'voicemail', data: { id: box } });
      expect(await readFeatureCodes(ui)).to.include.members(['*72', '*97', '*3']);
    });

    it('gives somebody a number, a second extension and a phone, and what these are good for', async () => {
      const { user, callflow } = await createUser(ui);
      const { id: device } = await account.device({ name: 'Desk' });
      const [number = '', faxNumber = ''] = numbers.slice(3);
      await addUserNumber(ui, user.id, number);
      await addUserExtension(ui, user.id, '2002');
      await addUserDevice(ui, user.id, device);
      for (const feature of lineFeatures(faxNumber)) await setFeature(ui, user.id, feature);
      const path = `callflows/${callflow.id}`;
      const { numbers: dialled, flow } = await shop.get(path);
      expect(dialled).to.have.members([employee.extension, '2002', number]);
      expect(flow.module).to.equal('ring_group');
      expect(flow.data.endpoints[0]).to.include({ id: device, endpoint_type: 'device' });
      expect(await shop.get(`devices/${device}`)).to.include({ owner_id: user.id });
      const set = await shop.get(`users/${user.id}`);
      expect(set.caller_id.external).to.deep.equal({ number });
      expect(set.music_on_hold).to.deep.equal({ media_id: 'silence_stream://300000' });
      const [{ id: room }] = await shop.get(`conferences?filter_owner_id=${user.id}`);
      expect((await shop.get(`conferences/${room}`)).conference_numbers).to.deep.equal(['4711']);
      const [{ id: box }] = await shop.get(`faxboxes?filter_owner_id=${user.id}`);
      expect(await shop.get(`faxboxes/${box}`)).to.include({ caller_id: faxNumber });
      const [faxing] = await callflows(`filter_numbers=${encodeURIComponent(faxNumber)}`);
      expect(faxing.flow).to.deep.include({ module: 'faxbox', data: { id: box } });
      await ui.enter('voip', shop.accountId);
      expect((await readUser(ui, user.id)).text).to.include('415 555 0123');
    });
  });
});
