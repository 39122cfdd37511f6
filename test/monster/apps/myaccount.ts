// What Monster UI shows behind the name of who is logged in: profile, contact, balance, trunks.
import type { Ui } from '../page.ts';

/** Sections that only show something. */
export const sections = ['balance', 'servicePlan', 'transactions', 'errorTracker'];

const billing: Readonly<Record<string, string>> = {
  first_name: 'Bill',
  last_name: 'Payer',
  email: 'bills@demo.mirliton.test',
  number: '+14155550123',
  street_address: '1 High Street',
  locality: 'Springfield',
  postal_code: '97477',
};

/** Opens it over the app that is shown. */
export async function openMyAccount({ page }: Ui): Promise<void> {
  await page.click('#main_topbar_myaccount a');
  await page.waitForSelector('#myaccount.myaccount-open .myaccount-content > *');
}

/** Shows a section; `key` is the kind of trunks. */
export async function openSection({ page }: Ui, module: string, key?: string): Promise<void> {
  await page.evaluate(`$('#myaccount .myaccount-content > *').addClass('old-section')`);
  await page.click(`#myaccount [data-module="${module}"]${key === undefined ? '' : `[data-key="${key}"]`} a`);
  await page.waitForSelector('#myaccount .myaccount-content > :not(.old-section)');
}

/** Gives who is logged in a mail address; resolves to the user. */
export async function changeEmail(ui: Ui, email: string) {
  const { page, writes } = ui;
  await openSection(ui, 'user');
  await page.click('#myaccount [data-name="email"] .settings-link');
  await page.fill('#form_email #email', email);
  const [user] = await writes(() => page.click('#form_email .change'), 'POST users/*');
  return user;
}

/** Says how many calls may come in at once; resolves to the limits. */
export async function changeInboundTrunks(ui: Ui, trunks: number) {
  const { page, writes } = ui;
  await openSection(ui, 'trunks', 'inbound');
  await page.click('#slider_trunks .ui-slider-handle');
  for (let steps = trunks; steps > 0; steps -= 1) await page.keyboard.press('ArrowRight');
  const [limits] = await writes(() => page.click('.update-limits'), 'POST limits');
  return limits;
}

/** Says whom bills are for; resolves to the account. */
export async function changeBillingContact(ui: Ui) {
  const { page, choose, writes } = ui;
  await openSection(ui, 'billing');
  for (const [name, text] of Object.entries(billing))
    await page.fill(`#form_billing [name="contact.billing.${name}"]`, text);
  await choose('#billing_contact_country', 'US');
  await choose('#billing_contact_state_select', 'OR');
  const [account] = await writes(() => page.click('#myaccount_billing_save'), 'POST');
  return account;
}

/** Shows what was put on the account by hand, and taken from it: the text of the first entry. */
export async function firstAdjustment(ui: Ui): Promise<string> {
  const { page } = ui;
  await openSection(ui, 'balance');
  await page.click('.ledger-tabs [data-bookkeeping-tool] a');
  await page.waitForSelector('.ledger-tabs [data-bookkeeping-tool].active');
  const entry = '#transactions_grid tbody tr:not(.footable-empty) >> nth=0';
  return ((await page.textContent(entry)) ?? '').replace(/\s+/g, ' ').trim();
}
