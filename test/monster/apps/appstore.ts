// The app exchange of Monster UI: who of an account may use which app.
import type { Ui } from '../page.ts';

/** Lets only administrators use it; resolves to what the account keeps of the app. */
export async function permitAdmins(ui: Ui, id: string) {
  const { page, writes } = ui;
  await openApp(ui, id);
  await page.click('.permissions-bloc label:has(#app_popup_admin_only_radiobtn)');
  const [app] = await writes(() => page.click('#appstore_popup_save'), 'POST apps_store/*');
  await closed(ui);
  return app;
}

/** Lets nobody use it. */
export async function removeApp(ui: Ui, id: string): Promise<void> {
  const { page, writes } = ui;
  await openApp(ui, id);
  await page.click('.toggle-button-bloc .monster-switch');
  await writes(() => page.click('#appstore_popup_save'), 'DELETE apps_store/*');
  await closed(ui);
}

/** Lets all use it, when nobody may yet. */
export async function installApp(ui: Ui, id: string) {
  const { page, writes } = ui;
  await openApp(ui, id);
  await page.click('.toggle-button-bloc .monster-switch');
  const [app] = await writes(() => page.click('#appstore_popup_save'), 'PUT apps_store/*');
  await closed(ui);
  return app;
}

async function openApp({ page }: Ui, id: string): Promise<void> {
  await page.click(`#appstore_container .app-element[data-id="${id}"]`);
  await page.waitForSelector('#appstore_popup_container');
}

const closed = ({ page }: Ui) => page.waitForSelector('#appstore_popup_container', { state: 'detached' });
