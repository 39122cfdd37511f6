// The tab of SmartPBX for groups: makes one of people, and changes its name, members, extensions, numbers and features.
import { drag, type Ui } from '../page.ts';
import { dialog, flip, openTab, redrawn, takeFromList } from './voip.ts';

/** Makes a group of some users; resolves to it. */
export async function createGroup(ui: Ui, name: string, extension: string, users: readonly string[]) {
  const { page, writes } = ui;
  await openTab(ui, 'groups', '#groups_container');
  await page.click('.groups-header .add-group');
  await page.fill(`${dialog} #inputName`, name);
  await page.fill(`${dialog} #inputExtension`, extension);
  for (const user of users) await dragUser(ui, user);
  const [group] = await writes(() => page.click('#create_group'), 'PUT groups', 'PUT callflows');
  // Drawn when the callflow of the extension is there, too.
  await page.waitForSelector(rowOf(group.id));
  return group;
}

/** Gives it another name, and says how often its phones are rung. */
export async function renameGroup(ui: Ui, id: string, name: string, repeats: number): Promise<void> {
  const { page } = ui;
  await openCell(ui, id, 'name');
  await page.fill(`${rowOf(id)} [name="group.name"]`, name);
  await page.fill(`${rowOf(id)} [name="callflow.flow.data.repeats"]`, String(repeats));
  await save(ui, id, `${rowOf(id)} .save-group`, 'POST groups/*', 'PATCH callflows/*');
}

/** Makes a user one of those who are rung. */
export async function addMember(ui: Ui, id: string, user: string): Promise<void> {
  await openCell(ui, id, 'members');
  await ui.page.click(`${rowOf(id)} .add-user-link`);
  await takeFromList(ui, user);
  await save(ui, id, `${rowOf(id)} .save-groups`, 'POST groups/*', 'POST callflows/*');
}

export async function addExtension(ui: Ui, id: string, extension: string): Promise<void> {
  const { page } = ui;
  await openCell(ui, id, 'extension');
  await page.click(`${rowOf(id)} #add_extensions`);
  await page.fill(`${rowOf(id)} .input-extension`, extension);
  await save(ui, id, `${rowOf(id)} .save-extensions`, 'POST callflows/*');
}

/** Adds a number that the account has and uses for nothing yet. */
export async function addNumber(ui: Ui, id: string, number: string): Promise<void> {
  await openCell(ui, id, 'phone-number');
  await ui.page.click(`${rowOf(id)} .spare-link`);
  await takeFromList(ui, number);
  await save(ui, id, `${rowOf(id)} .save-numbers`, 'POST callflows/*');
}

/** What the dialog of a feature is given, after it is switched on. */
interface GroupFeature {
  readonly name: string;
  readonly fields?: Readonly<Record<string, string>>;
  /** Options that are taken, by the select. */
  readonly options?: Readonly<Record<string, string>>;
}

export const groupFeatures: readonly GroupFeature[] = [
  { name: 'call_recording', fields: { '[name="url"]': 'http://records.mirliton.test/' } },
  { name: 'ringback', options: { '.media-dropdown': 'silence_stream://300000' } },
  { name: 'forward' },
  {
    name: 'prepend',
    fields: { '[name="caller_id_name_prefix"]': 'Sales: ', '[name="caller_id_number_prefix"]': '9' },
  },
];

/** Switches a feature on. */
export async function setGroupFeature(ui: Ui, id: string, feature: GroupFeature): Promise<void> {
  const { page, choose } = ui;
  const { name, fields = {}, options = {} } = feature;
  await openCell(ui, id, 'features');
  await page.click(`${rowOf(id)} .feature[data-feature="${name}"]`);
  await flip(ui);
  for (const [field, text] of Object.entries(fields)) await page.fill(`${dialog} ${field}`, text);
  for (const [field, option] of Object.entries(options)) await choose(`${dialog} ${field}`, option);
  await save(ui, id, `${dialog} .save`, 'POST groups/*', 'POST callflows/*');
}

/** Sends who reaches nobody of the group to something else, e.g. a voicemail box. */
export const setNextAction = (ui: Ui, id: string, target: string): Promise<void> =>
  setGroupFeature(ui, id, { name: 'next_action', options: { '.next-action-select': target } });

/** What the tab says about it, and the number of features that it shows as icons. */
export async function readGroup(ui: Ui, id: string) {
  const { page } = ui;
  await openTab(ui, 'groups', '#groups_container');
  const text = await page.textContent(`${rowOf(id)} .groups-cells`);
  return { text, icons: await page.locator(`${rowOf(id)} .features i`).count() };
}

export async function deleteGroup(ui: Ui, id: string): Promise<void> {
  const { page, writes } = ui;
  await openCell(ui, id, 'name');
  await page.click(`${rowOf(id)} .delete-group`);
  await writes(() => page.click('#confirm_button'), 'DELETE groups/*', 'DELETE callflows/*');
  await page.waitForSelector(rowOf(id), { state: 'detached' });
}

/** From one list of the dialog into the other. */
async function dragUser({ page }: Ui, user: string): Promise<void> {
  await drag(page, `.available-users [data-user_id="${user}"]`, '.selected-users');
  await page.waitForSelector(`.selected-users [data-user_id="${user}"]`);
}

const openCell = ({ page }: Ui, id: string, cell: string): Promise<void> =>
  page.click(`${rowOf(id)} .grid-cell.${cell}`);

/** The tab is drawn anew after it. */
const save = (
  { page, writes }: Ui,
  id: string,
  button: string,
  ...requests: readonly string[]
): Promise<void> => redrawn(page, rowOf(id), () => writes(() => page.click(button), ...requests));

const rowOf = (id: string): string => `#groups_container .grid-row[data-id="${id}"]`;
