// The accounts app of Monster UI: its wizard makes an account, its tabs change it.
import type { Ui } from '../page.ts';

/** What the first page of the wizard wants to know. */
const address: Readonly<Record<string, string>> = {
  account_name: 'Corner Shop',
  account_realm: 'corner.mirliton.test',
  address_line_1: '1 High Street',
  city: 'Springfield',
  state: 'Oregon',
  zip: '97477',
};

/** The admin that the wizard makes with the account. */
export const shopkeeper = {
  first_name: 'Eve',
  last_name: 'Shop',
  email: 'eve@corner.mirliton.test',
  password: 'Wonder-land-1',
};

/** Makes an account page by page of the wizard; resolves to its document. */
export async function createAccount({ page, open, choose, writes }: Ui) {
  await open('accounts');
  await page.click('.account-list-add');
  for (const [name, value] of Object.entries(address)) await page.fill(`#account_info_${name}`, value);
  await choose('#account_info_country', 'US');
  await choose('#account_info_language', 'en-US');
  await choose('#account_info_timezone', 'America/Los_Angeles');
  await page.click('.admin-user-add');
  for (const [name, value] of Object.entries(shopkeeper)) await page.fill(`#account_admins_0_${name}`, value);
  await next('#form_account_contacts');
  await page.fill('#technical_contact_full_name', 'Tim Tech');
  await page.fill('#billing_contact_email', 'bills@corner.mirliton.test');
  await next('#form_usage_and_call_restrictions');
  await page.fill('#trunk_limits_inbound', '3');
  await next('#form_credit_balance_and_features');
  await page.fill('#account_credit_initial_balance', '12.50');
  await next('#form_app_restrictions');
  await next('#step_review');
  const [account] = await writes(
    () => page.click('#done'),
    'PUT',
    'PUT users',
    'POST limits',
    'PUT ledgers/credit',
  );
  return account;
  async function next(form: string): Promise<void> {
    await page.click('#next');
    await page.waitForSelector(form);
  }
}

/** Changes it in two of its tabs; resolves to the document of the last answer. */
export async function editAccount({ page, writes }: Ui, accountId: string) {
  await page.click(`.account-list-element[data-id="${accountId}"] .account-link`);
  await page.click('[data-name="accountsmanager_technical_contact"] .settings-link');
  await page.fill('#accountsmanager_technical_contact_email', 'tim@corner.mirliton.test');
  await writes(() => page.click('[data-field="accountsmanager_technical_contact"].change'), 'POST');
  await page.click('.tab-restrictions a');
  const [account] = await writes(() => page.click('#accountsmanager_uirestrictions_save'), 'POST');
  return account;
}

/** Acts as the account from now on, until it logs out. */
export async function masquerade({ page }: Ui, accountId: string): Promise<void> {
  await page.click('#accountsmanager_use_account_btn');
  await page.waitForFunction(`window.monster.apps.auth.currentAccount.id === '${accountId}'`);
  // It draws itself anew as that account: it would do so over an app that is opened before.
  await page.waitForSelector('#accountsmanager_use_account_btn', { state: 'detached' });
}
