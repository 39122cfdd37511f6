// The tabs of the accounts app of Monster UI: what an account may do and see, which apps and carriers it has, who runs it.
import type { Ui } from '../page.ts';

/** Shows an account that is directly below the one that is acted for. */
export async function openAccount({ page, open }: Ui, id: string): Promise<void> {
  await open('accounts');
  await page.click(`${rowOf(id)} .account-link`);
  await page.waitForSelector('.account-tabs');
}

/** Lets some calls come in at once and forbids calls of a class, e.g. `international`. Resolves to the limits. */
export async function limitCalls(ui: Ui, inbound: number, forbidden: string) {
  const { page } = ui;
  await openTab(ui, 'limits');
  await page.click(
    `#accountsmanager_limits_tab label:has([name="limits.call_restriction.${forbidden}.action"])`,
  );
  await page.focus('#accountsmanager_limits_tab .trunks-div.inbound .ui-slider-handle');
  for (let trunk = 0; trunk < inbound; trunk += 1) await page.keyboard.press('ArrowRight');
  const [limits] = await save(ui, '#accountsmanager_limits_save', 'POST limits', 'POST');
  return limits;
}

/** Hides a section of what is behind the name of who is logged in. Resolves to the account. */
export async function hideSection(ui: Ui, section: string) {
  await openTab(ui, 'restrictions');
  const box = `[name="account.ui_restrictions.myaccount.${section}.show_tab"]`;
  await ui.page.click(`#accountsmanager_restrictions_tab label:has(${box})`);
  const [account] = await save(ui, '#accountsmanager_uirestrictions_save', 'POST');
  return account;
}

/** Takes an app away from the account, by its label. Resolves to what it may not have. */
export async function forbidApp(ui: Ui, label: string) {
  await openTab(ui, 'appstore');
  await ui.page.click(`#accountsmanager_appstore_tab .app-row:has-text("${label}") .monster-switch`);
  const [{ blacklist }] = await save(ui, '#accountsmanager_appstore_save', 'POST apps_store/blacklist');
  return blacklist;
}

/** Has the account call by the carriers of the account above. Resolves to the callflow of unknown numbers. */
export async function useResellersCarriers(ui: Ui) {
  await openTab(ui, 'carrier');
  await ui.page.click('.carrier-choice[data-type="useReseller"]');
  const [callflow] = await save(ui, '#accountsmanager_carrier_save', 'POST callflows/*');
  return callflow;
}

/** Makes an administrator, who is told the password by mail. Resolves to the user. */
export async function addAdmin(ui: Ui, person: Readonly<Record<string, string>>) {
  const { page, writes } = ui;
  await openSetting(ui, 'account_admins');
  await page.click('#accountsmanager_new_admin_btn');
  const form = '#accountsmanager_add_admin_form';
  for (const [name, value] of Object.entries(person)) await page.fill(`${form} [name="${name}"]`, value);
  const [user] = await writes(() => page.click(`${form} .admin-add-btn`), 'PUT users');
  await page.click('.ui-dialog:visible #close_button');
  return user;
}

/** Makes a reseller of it. */
export async function promote(ui: Ui): Promise<void> {
  const { page } = ui;
  await openSetting(ui, 'account_status');
  await page.click('.resellerAction[data-action="promote"]');
  await save(ui, '#confirm_button', 'PUT reseller');
}

/** Deletes it, as who has typed that it is meant. */
export async function deleteAccount(ui: Ui, id: string): Promise<void> {
  const { page, writes } = ui;
  await openSetting(ui, 'account_status');
  await page.click('#accountsmanager_delete_account_btn');
  await page.locator('#delete_input').pressSequentially('DELETE');
  await writes(() => page.click('#confirm_button'), 'DELETE');
  await page.waitForSelector(rowOf(id), { state: 'detached' });
}

async function openSetting(ui: Ui, setting: string): Promise<void> {
  await openTab(ui, 'overview');
  await ui.page.click(`[data-name="accountsmanager_${setting}"] .settings-link`);
}

const openTab = ({ page }: Ui, tab: string): Promise<void> => page.click(`.account-tabs .tab-${tab} a`);

/** The account is drawn anew after it. */
async function save({ page, writes }: Ui, button: string, ...requests: readonly string[]) {
  await page.evaluate(`$('.account-tabs').addClass('old-tabs')`);
  const saved = await writes(() => page.click(button), ...requests);
  await page.waitForSelector('.account-tabs:not(.old-tabs)');
  return saved;
}

const rowOf = (id: string): string => `.account-list-element[data-id="${id}"]`;
