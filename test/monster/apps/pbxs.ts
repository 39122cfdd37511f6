// The PBX connector of Monster UI: makes a server that calls are carried to, and deletes it.
import type { Ui } from '../page.ts';

/** Makes the first one, for which the app opens its wizard by itself, and which signs in with a password; resolves to the document of all servers. */
export async function createPbx(ui: Ui, name: string, username: string) {
  const { page, writes } = ui;
  await page.click('.pbx-brand-list .pbx.freeswitch');
  await page.fill('#server_name', name);
  await page.click('#edit_server .next-step');
  await page.check('[name="auth.auth_method"][value="Password"]');
  await page.fill('[name="auth.auth_user"]', username);
  await page.click('#edit_server .next-step');
  const [servers] = await writes(() => page.click('#edit_server .submit-btn'), 'POST connectivity/*');
  await page.waitForSelector(`.pbx-title:has-text("${name}")`);
  return servers;
}

export async function deletePbx(ui: Ui) {
  const { page, writes } = ui;
  await page.click('.pbx-title .dropdown-toggle');
  await page.click('#delete_pbx');
  const [servers] = await writes(() => page.click('#confirm_button'), 'POST connectivity/*');
  return servers;
}
