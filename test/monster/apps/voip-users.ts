// The tab of SmartPBX for users: makes one with extension and voicemail box.
import type { Ui } from '../page.ts';
import { dialog, flip, openTab, redrawn, takeFromList } from './voip.ts';

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
  /** A number of the account that is used for nothing, from the list that the last button opens. */
  readonly spare?: string;
  readonly fields?: Readonly<Record<string, string>>;
  /** Below its dialog the page says that an error happened: it asked for what no open Kazoo has (`external_numbers`). */
  readonly alerts?: boolean;
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

/** Those that need a number, a phone or a spare number. */
export const lineFeatures = (spare: string): readonly Feature[] => [
  { name: 'caller_id', alerts: true, switched: true, sends: ['POST users/*'] },
  {
    name: 'conferencing',
    switched: true,
    fields: { '#pin': '4711' },
    sends: ['PUT conferences', 'POST users/*'],
  },
  { name: 'music_on_hold', switched: true, sends: ['POST users/*'] },
  {
    name: 'find_me_follow_me',
    switched: true,
    pressed: ['.item-selector .monster-checkbox', '.distribute-button'],
    sends: ['POST callflows/*', 'POST users/*'],
  },
  {
    name: 'faxing',
    switched: true,
    pressed: ['.number-selector', '.number-selector-element[data-action="spare"]'],
    spare,
    sends: ['PUT faxboxes', 'PUT callflows'],
  },
];

/** Sets one feature of the user in its dialog. */
export async function setFeature(ui: Ui, id: string, feature: Feature): Promise<void> {
  const { page, writes } = ui;
  const { name, alerts = false, switched = false, pressed = [], spare, fields = {}, sends } = feature;
  const tile = `${rowOf(id)} .edit-user .feature[data-feature="${name}"]`;
  await page.click(`${rowOf(id)} .features`);
  await page.click(tile);
  const form = `${dialog} [data-feature="${name}"]`;
  if (switched) await flip(ui);
  for (const button of pressed) await page.click(`${form} ${button}`);
  if (spare !== undefined) await takeFromList(ui, spare);
  for (const [field, text] of Object.entries(fields)) await page.fill(`${form} ${field}`, text);
  // The app draws all users anew then, with a tab of this one open: what is clicked before that is lost.
  await page.evaluate(`$('${rowOf(id)}').addClass('old-row')`);
  await writes(() => page.click(`${form} .save`), ...sends);
  if (alerts) await page.click('.api-error-dialog #close_button');
  await page.waitForSelector(`${rowOf(id)}:not(.old-row) .edit-user > *`);
  await page.click(`${rowOf(id)} .grid-cell.active`);
  await page.waitForFunction(`$('#users_container .edit-user > *').length === 0`);
}

/** Gives the user a number that is used for nothing yet. Resolves to the callflow. */
export async function addUserNumber(ui: Ui, id: string, number: string) {
  await openCell(ui, id, 'phone-number');
  await ui.page.click(`${rowOf(id)} .spare-link`);
  await takeFromList(ui, number);
  return save(ui, id, '.save-numbers', 'POST callflows/*');
}

/** Resolves to the callflow. */
export async function addUserExtension(ui: Ui, id: string, extension: string) {
  await openCell(ui, id, 'extension');
  await ui.page.click(`${rowOf(id)} #add_extensions`);
  await ui.page.fill(`${rowOf(id)} .input-extension`, extension);
  return save(ui, id, '.save-extensions', 'POST callflows/*');
}

/** Gives the user a phone that belongs to nobody. Resolves to the device. */
export async function addUserDevice(ui: Ui, id: string, device: string) {
  await openCell(ui, id, 'devices');
  await ui.page.click(`${rowOf(id)} .spare-devices`);
  await takeFromList(ui, device);
  return save(ui, id, '.save-devices', 'PATCH devices/*');
}

/** What the tab says about the user, and the number of features that it shows as icons. */
export async function readUser(ui: Ui, id: string) {
  const { page } = ui;
  await openTab(ui, 'users', '#users_container');
  const text = await page.textContent(rowOf(id));
  return { text, icons: await page.locator(`${rowOf(id)} .features i`).count() };
}

async function openCell(ui: Ui, id: string, cell: string): Promise<void> {
  await openTab(ui, 'users', '#users_container');
  await ui.page.click(`${rowOf(id)} .grid-cell.${cell}`);
}

/** Saves what was changed in a cell, after which the tab is drawn anew. */
async function save({ page, writes }: Ui, id: string, button: string, request: string) {
  let saved: unknown[] = [];
  await redrawn(page, rowOf(id), async () => {
    saved = await writes(() => page.click(`${rowOf(id)} ${button}`), request);
  });
  return saved[0];
}

const rowOf = (id: string): string => `#users_container .grid-row[data-id="${id}"]`;
