// mirliton accounts create: an account with its administrator; the first one of a cluster is the master account.
import { randomBytes } from 'node:crypto';
import { createAccountWithAdmin } from '../../../apps/crossbar/bootstrap.ts';
import { allAccounts, findAccount } from '../accounts.ts';
import { command, maybe, one, text } from '../command.ts';

export const accountsCreateCommand = command({
  name: 'accounts create',
  summary: 'makes an account with its administrator; the first of a cluster is the master account',
  details:
    'Without PASSWORD one is made up and shown. Without --parent a further account stands below the master account.',
  args: {
    name: one('of the account'),
    realm: one('SIP domain of its phones'),
    user: one('name of the administrator'),
    password: maybe('of the administrator'),
  },
  options: { parent: text('ACCOUNT', 'the account above it (id, name or realm)') },
  examples: ['mirliton accounts create master sip.example.com admin'],
  run: async ({ args: { name, realm, user, password = secret() }, options: { parent } }, cli) => {
    const store = await cli.store();
    await store.ensure('accounts', 'accounts');
    await store.ensure('sip_auth', 'sip_auth');
    const existing = await allAccounts(store);
    const master = existing.find((it) => it['pvt_superduper_admin'] === true);
    const above = parent === undefined ? master : await findAccount(store, parent);
    const { accountId } = await createAccountWithAdmin(store, {
      name,
      realm,
      username: user,
      password,
      ...(above ? { parent: above } : {}),
      master: existing.length === 0,
    });
    const what = existing.length === 0 ? 'master account' : 'account';
    cli.done(`${what} ${name} (${accountId}) was made; log in as ${user} / ${password}`, {
      id: accountId,
      name,
      realm,
      master: existing.length === 0,
      login: { username: user, password, account_name: name },
    });
  },
});

const secret = (): string => randomBytes(12).toString('base64url');
