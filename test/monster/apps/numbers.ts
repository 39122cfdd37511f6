// The numbers app of Monster UI: adds numbers that the operator has, and changes what they do.
import type { Ui } from '../page.ts';

/** Adds numbers in the dialog for those of other carriers; resolves to what became of each. */
export async function addNumbers({ page, open, writes }: Ui, numbers: readonly string[]) {
  await open('numbers');
  await page.click('#box_spare_numbers');
  await page.click('#add_external_number');
  await page.fill('#form_add_numbers .list-numbers', numbers.join(' '));
  const [added] = await writes(() => page.click('#add_numbers'), 'PUT phone_numbers/collection');
  await page.waitForSelector(rowOf(numbers[0] ?? ''));
  return added;
}

/** Puts text before the name of who calls the number; resolves to its document. */
export async function prependName(ui: Ui, number: string, name: string) {
  const { page, writes } = ui;
  await openFeature(ui, number, 'prepend');
  await page.fill('#number_prepend_value', name);
  const [changed] = await writes(() => page.click('#number_prepend .save'), 'POST phone_numbers/*');
  return changed;
}

/** The name that those who are called from the number see. */
export async function nameCaller(ui: Ui, number: string, name: string) {
  const { page, writes } = ui;
  await openFeature(ui, number, 'cnam');
  await page.fill('#outbound_caller_id', name);
  const [changed] = await writes(() => page.click('#cnam .save'), 'POST phone_numbers/*');
  return changed;
}

/** Says where help is sent to when it is called from the number; `address` by the names in the form. */
export async function locate(ui: Ui, number: string, address: Readonly<Record<string, string>>) {
  const { page, writes } = ui;
  await openFeature(ui, number, 'e911');
  for (const [name, value] of Object.entries(address)) await page.fill(`#e911 [name="${name}"]`, value);
  // It asks a map of the internet for the place of the zip code, and has none.
  await page.click('.api-error-dialog #close_button');
  const [changed] = await writes(() => page.click('#e911 #submit_btn'), 'POST phone_numbers/*');
  return changed;
}

async function openFeature({ page }: Ui, number: string, feature: string): Promise<void> {
  await page.hover(rowOf(number));
  await page.click(`${rowOf(number)} .number-options .dropdown-toggle`);
  await page.click(`${rowOf(number)} .number-options .${feature}-number`);
}

const rowOf = (number: string): string => `.number-box[data-phonenumber="${number}"]`;
