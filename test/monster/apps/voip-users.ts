// The tab of SmartPBX for users: makes one with extension and voicemail box.
import type { Ui } from '../page.ts';
import { openTab } from './voip.ts';

export const employee = {
  first_name: 'Bob',
  last_name: 'Builder',
  username: 'bob@corner.mirliton.test',
  password: 'Wonder-land-2',
  extension: '2001',
};

/** Makes a user in the dialog of the tab; resolves to user, voicemail box and callflow. */
export async function createUser(ui: Ui) {
  const { page, writes } = ui;
  await openTab(ui, 'users', '#users_container');
  await page.click('.add-user');
  for (const [name, value] of Object.entries(employee))
    await page.fill(`#form_user_creation #${name}`, value);
  const [user, vmbox, callflow] = await writes(
    () => page.click('.add-user-actions .create_user:not([data-action])'),
    'PUT users',
    'PUT vmboxes',
    'PUT callflows',
  );
  await page.waitForSelector(rowOf(user.id));
  return { user, vmbox, callflow };
}

const rowOf = (id: string): string => `#users_container .grid-row[data-id="${id}"]`;
