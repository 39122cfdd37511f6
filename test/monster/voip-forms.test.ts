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
import type { Ui } from './page.ts';
import { openShop } from './shop.ts';

describe('Monster UI by clicks, for a company', function () {
  this.timeout(120_000);
  let ui: Ui;
  let account: TestAccount;
  let shop: Rest;
  const numbers = ['+14155550120', '+14155550121', '+14155550122', '+14155550123'];
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
  });
});
