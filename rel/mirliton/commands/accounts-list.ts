// mirliton accounts list, accounts show: the accounts of the cluster, by id, name, realm or number.
import { accountRow, allAccounts, findAccount, namesAbove } from '../accounts.ts';
import { command, one } from '../command.ts';

export const accountsListCommand = command({
  name: 'accounts list',
  summary: 'every account, by name',
  run: async (_, cli) => {
    const rows = (await allAccounts(await cli.store())).map(accountRow);
    cli.table(
      rows,
      {
        id: ({ id }) => id,
        name: ({ name }) => name,
        realm: ({ realm }) => realm,
        state: ({ enabled }) => (enabled ? 'enabled' : 'disabled'),
        kind: ({ master, reseller }) => (master ? 'master' : reseller ? 'reseller' : ''),
        parents: ({ parents }) => parents,
      },
      'there is no account yet',
    );
  },
});

export const accountsShowCommand = command({
  name: 'accounts show',
  summary: 'one account, found by id, name, realm or number, and those above it',
  args: { account: one('id, name, realm or number') },
  run: async ({ args: { account } }, cli) => {
    const store = await cli.store();
    const found = await findAccount(store, account);
    const row = { ...accountRow(found), below: await namesAbove(store, found) };
    cli.show(row, () =>
      Object.entries(row)
        .map(([name, value]) => `${name.padEnd(16)}${String(value ?? '-')}`)
        .join('\n'),
    );
  },
});
