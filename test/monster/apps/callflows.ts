// The callflows app of Monster UI: draws a callflow by dragging actions, and makes what callflows use in its entity manager.
import { drag, type Ui } from '../page.ts';
import { openManager } from './entities.ts';

/** Draws a callflow for an extension that rings a user; resolves to its document. */
export async function createCallflow(ui: Ui, extension: string, userId: string) {
  const { page, open, writes } = ui;
  await open('callflows');
  await page.click('.callflow-element');
  await page.click('.callflow-edition .list-add');
  await page.click('.number_column.empty');
  await page.check('#number_type_2');
  await page.fill('#add_number_text', extension);
  await page.click('.add_number_popup .add_number');
  await dragAction(ui, 'Basic', 'user[id=*]', '#ws_cf_flow .node[name="root"]');
  await page.selectOption('#user_selector', userId);
  await page.fill('#parameter_input', '25');
  await page.click('.ui-dialog #add');
  const [callflow] = await writes(() => page.click('#ws_callflow .buttons .save'), 'PUT callflows');
  return callflow;
}

/** Adds an action below the user of the callflow that is shown, which plays nothing and answers busy. */
export async function addResponse(ui: Ui, code: string) {
  const { page, writes } = ui;
  await dragAction(ui, 'Advanced', 'response[]', '#ws_cf_flow .node[name="user[id=*]"]');
  await page.fill('#response_code_input', code);
  await page.click('.ui-dialog #add');
  const [callflow] = await writes(() => page.click('#ws_callflow .buttons .save'), 'POST callflows/*');
  return callflow;
}

/** Says in the settings of the account who its people are to those they call; resolves to the account's document. */
export async function nameAccount(
  ui: Ui,
  { name, number }: { readonly name: string; readonly number: string },
) {
  const { page, choose, writes } = ui;
  await openManager(ui);
  await page.click('.account-element');
  await page.fill('#account_settings_form [name="caller_id.internal.name"]', name);
  await page.fill('#account_settings_form [name="caller_id.external.name"]', name);
  await choose('#caller_id_external_number', number);
  await choose('#caller_id_emergency_number', number);
  const [account] = await writes(() => page.click('.account-settings-update'), 'POST');
  return account;
}

export async function deleteCallflow({ page, writes }: Ui): Promise<void> {
  await page.click('#ws_callflow .buttons .delete');
  await writes(() => page.click('#confirm_button'), 'DELETE callflows/*');
}

export async function dragAction(
  { page }: Ui,
  category: string,
  action: string,
  target: string,
): Promise<void> {
  const tool = `#ws_cf_tools .category[name="${category}"] .action[name="${action}"]`;
  if (!(await page.isVisible(tool))) await page.click(`#ws_cf_tools .category[name="${category}"] .open`);
  await drag(page, tool, target);
}
