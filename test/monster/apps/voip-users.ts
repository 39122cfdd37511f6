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
  // The dialog moves the focus there when it is open: text that is typed before that lands in the wrong field.
  await page.waitForSelector('#form_user_creation #first_name:focus');
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

/** What the dialog of a feature is given: `switched` turns it on, `fields` are texts by selector, `pressed` are buttons in turn. */
interface Feature {
  readonly name: string;
  readonly switched?: boolean;
  readonly pressed?: readonly string[];
  readonly fields?: Readonly<Record<string, string>>;
  /** What saving it sends. */
  readonly sends: readonly string[];
}

/** The features of a user that need nothing but a form. */
export const features: readonly Feature[] = [
  {
    name: 'call_forward',
    pressed: ['.feature-popup-title .popup-action [data-value="on"]'],
    fields: { '#number': '+14155550177' },
    sends: ['POST users/*'],
  },
  {
    name: 'hotdesk',
    switched: true,
    fields: { '[name="id"]': '20010' },
    sends: ['POST users/*'],
  },
  { name: 'do_not_disturb', switched: true, sends: ['POST users/*'] },
  {
    name: 'vmbox',
    pressed: ['.monster-checkbox:has([name="delete_after_notify"])'],
    sends: ['PATCH vmboxes/*'],
  },
  {
    name: 'call_recording',
    switched: true,
    pressed: ['[data-type="inbound-onnet"] [data-value="on"]'],
    fields: { '[name="url"]': 'http://records.mirliton.test/', '[name="time_limit"]': '1200' },
    sends: ['POST users/*'],
  },
];

/** Sets one feature of the user in its dialog. */
export async function setFeature(ui: Ui, id: string, feature: Feature): Promise<void> {
  const { page, writes } = ui;
  const { name, switched = false, pressed = [], fields = {}, sends } = feature;
  const tile = `${rowOf(id)} .edit-user .feature[data-feature="${name}"]`;
  await page.click(`${rowOf(id)} .features`);
  await page.click(tile);
  if (switched) await page.click(`${dialog} .switch label, ${dialog} .switch .monster-switch`);
  for (const button of pressed) await page.click(`${dialog} ${button}`);
  for (const [field, text] of Object.entries(fields)) await page.fill(`${dialog} ${field}`, text);
  // The app draws all users anew then, with a tab of this one open: what is clicked before that is lost.
  await page.evaluate(`$('${rowOf(id)}').addClass('old-row')`);
  await writes(() => page.click(`${dialog} .save`), ...sends);
  await page.waitForSelector(`${rowOf(id)}:not(.old-row) .edit-user > *`);
  await page.click(`${rowOf(id)} .grid-cell.active`);
  await page.waitForFunction(`$('#users_container .edit-user > *').length === 0`);
}

const dialog = '.ui-dialog:visible';

const rowOf = (id: string): string => `#users_container .grid-row[data-id="${id}"]`;
