// The entity manager of the callflows app: makes, changes and deletes what callflows refer to.
import type { Ui } from '../page.ts';

export interface Entity {
  /** As the tile of the manager is called. */
  readonly type: string;
  /** What its buttons are called after. */
  readonly form: string;
  /** Its resource of the API. */
  readonly path: string;
}

export const entities: readonly Entity[] = [
  { type: 'blacklist', form: 'blacklist', path: 'blacklists' },
  { type: 'directory', form: 'directory', path: 'directories' },
  { type: 'menu', form: 'menu', path: 'menus' },
  { type: 'conference', form: 'conference', path: 'conferences' },
  { type: 'faxbox', form: 'faxbox', path: 'faxboxes' },
  { type: 'groups', form: 'group', path: 'groups' },
];

/** Makes one with a name; resolves to its document. */
export async function createEntity(ui: Ui, { type, form, path }: Entity, name: string) {
  const { page, writes } = ui;
  await openManager(ui);
  await page.click(`.entity-manager .entity-element[data-type="${type}"]`);
  await drawn(ui, () => page.click('.entity-edition .list-add'));
  await page.fill(`${content} [name="name"]`, name);
  const [made] = await drawn(ui, () => writes(() => page.click(`${content} .${form}-save`), `PUT ${path}`));
  return made;
}

/** Gives the one with `id`, which is in the list that is shown, another name. */
export async function renameEntity(ui: Ui, { form, path }: Entity, id: string, name: string) {
  const { page, writes } = ui;
  await drawn(ui, () => page.click(`.entity-edition .list-element[data-id="${id}"]`));
  await page.fill(`${content} [name="name"]`, name);
  await drawn(ui, () => writes(() => page.click(`${content} .${form}-save`), `POST ${path}/*`));
}

export async function deleteEntity(ui: Ui, { form, path }: Entity, id: string): Promise<void> {
  const { page, writes } = ui;
  await drawn(ui, () => page.click(`.entity-edition .list-element[data-id="${id}"]`));
  await page.click(`${content} .${form}-delete`);
  await writes(() => page.click('#confirm_button'), `DELETE ${path}/*`);
}

/** Shows the tiles of the app, from whatever it shows. */
export async function openManager({ page, open }: Ui): Promise<void> {
  await open('callflows');
  const back = page.locator('.back-button:visible');
  if ((await back.count()) > 0) await back.click();
}

/** Does `act`, after which the app draws a form anew, and waits for that: what is typed into the old one would be lost. */
async function drawn<T>({ page }: Ui, act: () => Promise<T>): Promise<T> {
  await page.evaluate(`$('${content}').children().addClass('old-form')`);
  const result = await act();
  await page.waitForFunction(
    `$('${content} > :not(.old-form)').length > 0 && !window.monster.apps.callflows.appFlags.isLoadingEntity`,
  );
  return result;
}

const content = '.entity-edition .entity-content';
