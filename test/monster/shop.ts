// What tests that click through the apps of Monster UI share: a zone, a page, and an account that the apps work for.
import { expect } from 'chai';
import { accountOf, type TestAccount } from '../e2e/account.ts';
import type { Rest } from '../e2e/rest.ts';
import { refused } from './absent.ts';
import { type Started, startMonster } from './start.ts';

export interface Shop extends Started {
  /** A client of the account. */
  readonly shop: Rest;
  readonly account: TestAccount;
}

/**
 * Starts it for the tests of a block, and gives it to `take` before the first; without a build or a browser the tests are skipped.
 * After each of them the page was refused nothing that it was promised.
 */
export function openShop(take: (shop: Shop) => void | Promise<void>) {
  let open: Shop | undefined;
  before(async function () {
    const started = await startMonster();
    if (typeof started === 'string') {
      console.log(`    ${started}: not run`);
      return this.skip();
    }
    const { ui, zone } = started;
    const { rest, facts } = zone;
    for (const { id } of await rest.get('apps_store'))
      await rest.put(`apps_store/${id}`, { allowed_users: 'all', users: [] });
    await ui.logIn(facts.login);
    const realm = 'shop.mirliton.test';
    const { id } = await rest.put('', { name: 'Shop', realm });
    const shop = rest.on(id);
    open = { ...started, shop, account: accountOf(shop, realm, facts.phones[0]?.proxy ?? '') };
    await take(open);
  });
  after(() => open?.stop());
  afterEach(() => {
    if (open) expect(refused(open.ui.exchanges)).to.deep.equal([]);
  });

  /** Each app on a page of its own, so that none is in the way of the next. */
  const inApp = (app: string, tests: () => void): void => {
    describe(app, () => {
      before(() => open?.ui.enter(app, open.shop.accountId));
      tests();
    });
  };
  return { inApp };
}
