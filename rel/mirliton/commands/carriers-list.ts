// mirliton carriers list: the carriers of the cluster or of an account, as calls choose among them.
import { watchCarriers } from '../../../apps/trunkstore/carriers.ts';
import { logger } from '../../../core/log/index.ts';
import { findAccount } from '../accounts.ts';
import { command, text } from '../command.ts';

export const carriersListCommand = command({
  name: 'carriers list',
  summary: 'the carriers of the cluster or of an account, the cheapest first',
  details:
    'mirliton numbers lookup NUMBER says which of them a number would leave by, and why the others are passed over.',
  options: { account: text('ACCOUNT', "of this account (id, name or realm) instead of the cluster's") },
  run: async ({ options: { account } }, cli) => {
    const store = await cli.store();
    const accountId = account === undefined ? undefined : (await findAccount(store, account))._id;
    const carriers = watchCarriers({ store, log: logger('cli') });
    try {
      const rows = (await carriers.list(accountId)).map(({ id, document }) => ({
        id,
        name: document.name,
        enabled: document.enabled !== false,
        weight: document.weight_cost ?? 50,
        emergency: document.emergency === true,
        gateways: (document.gateways ?? []).map(({ enabled, server, port = 5060 }) => ({
          address: server === undefined ? '?' : `${server}:${port}`,
          enabled: enabled !== false,
        })),
      }));
      cli.table(
        rows.sort((a, b) => a.weight - b.weight),
        {
          id: (it) => it.id,
          name: (it) => it.name,
          state: (it) => (it.enabled ? 'enabled' : 'disabled'),
          weight: (it) => it.weight,
          emergency: (it) => (it.emergency ? 'yes' : ''),
          gateways: (it) => it.gateways.map((to) => (to.enabled ? to.address : `(${to.address})`)).join(' '),
        },
        'there is no carrier',
      );
    } finally {
      carriers.stop();
    }
  },
});
