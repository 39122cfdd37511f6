// mirliton accounts promote, demote, enable, disable, allow-numbers, deny-numbers, move: what only an operator may change.
import { moveBelow } from '../../../apps/crossbar/accounts/tree.ts';
import { recount, updateAccount } from '../../../apps/crossbar/accounts/write.ts';
import { regFlush } from '../../../core/messages/registration.ts';
import { accountRow, allAccounts, findAccount } from '../accounts.ts';
import { type Command, command, one } from '../command.ts';

type Private = Readonly<Record<string, unknown>>;

/** A command that writes some private fields of an account. */
function change(name: string, summary: string, fields: Private, done: string, details?: string): Command {
  return command({
    name: `accounts ${name}`,
    summary,
    ...(details === undefined ? {} : { details }),
    args: { account: one('id, name, realm or number') },
    run: async ({ args: { account } }, cli) => {
      const store = await cli.store();
      const { _id } = await findAccount(store, account);
      const saved = await updateAccount(store, _id, (document) => ({ ...document, ...fields }));
      // Phones of an account that may not call any more are to be forgotten by the edges.
      if (fields['pvt_enabled'] === false && saved.realm !== undefined)
        await (await cli.bus()).publish(regFlush, { Realm: saved.realm });
      cli.done(`${String(saved.name)} (${_id}) ${done}`, accountRow({ ...saved }));
    },
  });
}

export const accountsPromoteCommand = change(
  'promote',
  'makes an account a master account: its administrators may do everything',
  { pvt_superduper_admin: true, pvt_reseller: true },
  'is a master account',
);
export const accountsDemoteCommand = change(
  'demote',
  'takes that away again',
  { pvt_superduper_admin: false },
  'is no master account any more',
);
export const accountsEnableCommand = change(
  'enable',
  'lets an account sign in and call again',
  { pvt_enabled: true },
  'is enabled',
);
export const accountsDisableCommand = change(
  'disable',
  'keeps an account from signing in and calling; calls that are going on go on',
  { pvt_enabled: false },
  'is disabled',
  'Its phones are forgotten by the edges. mirliton calls hangup --account ends its calls.',
);
export const accountsAllowNumbersCommand = change(
  'allow-numbers',
  'lets an account add numbers over REST',
  { pvt_wnm_allow_additions: true },
  'may add numbers',
);
export const accountsDenyNumbersCommand = change(
  'deny-numbers',
  'takes that away again',
  { pvt_wnm_allow_additions: false },
  'may not add numbers',
);

export const accountsMoveCommand = command({
  name: 'accounts move',
  summary: 'puts an account, with all that is below it, under another one',
  args: { account: one('id, name, realm or number'), parent: one('the account above it from now on') },
  run: async ({ args: { account, parent } }, cli) => {
    const store = await cli.store();
    const [moved, above] = [await findAccount(store, account), await findAccount(store, parent)];
    const saved = await moveBelow(store, moved, above);
    cli.done(
      `${String(saved.name)} (${saved._id}) stands below ${String(above['name'])}`,
      accountRow({ ...saved }),
    );
  },
});

export const accountsRecountCommand = command({
  name: 'accounts recount',
  summary: 'counts anew how many accounts stand below each',
  run: async (_, cli) => {
    const store = await cli.store();
    const accounts = await allAccounts(store);
    for (const [index, { _id }] of accounts.entries()) {
      await recount(store, [_id]);
      cli.progress(index + 1, accounts.length, 'accounts');
    }
    cli.done(`${accounts.length} accounts counted`, { accounts: accounts.length });
  },
});
