// The tab of SmartPBX for devices: makes, changes, disables and deletes them.
import { drag, type Ui } from '../page.ts';
import { openTab } from './voip.ts';

/** Makes a device of one of its types; `fields` by the names in the form. Resolves to its document. */
export async function createDevice(ui: Ui, type: string, fields: Readonly<Record<string, string>>) {
  const { page, writes } = ui;
  await openTab(ui, 'devices', '#devices_container');
  await page.click('.devices-header .add-device');
  await page.click(`.devices-header .create-device[data-type="${type}"]`);
  await fill(ui, fields);
  const [device] = await writes(() => page.click('.edit-device .actions .save'), 'PUT devices');
  await page.waitForSelector(rowOf(device.id));
  return device;
}

export async function editDevice(
  ui: Ui,
  id: string,
  fields: Readonly<Record<string, string>>,
): Promise<void> {
  const { page, writes } = ui;
  await page.click(`${rowOf(id)} [data-action="edit"]`);
  await fill(ui, fields);
  await writes(() => page.click('.edit-device .actions .save'), 'POST devices/*');
}

/** What its user may not call, what it may be encoded with, and how it is encrypted. Resolves to the device. */
export async function secureDevice(
  ui: Ui,
  id: string,
  { forbidden, codec }: Readonly<Record<'forbidden' | 'codec', string>>,
) {
  const { page, writes } = ui;
  await page.click(`${rowOf(id)} [data-action="edit"]`);
  const openSection = async (section: string): Promise<void> => {
    await page.click('.edit-device .title-bar .dropdown-toggle');
    await page.click(`.edit-device .change-section[data-section="${section}"]`);
  };
  await openSection('restrictions');
  await page.click(`.edit-device .monster-switch:has([name="call_restriction.${forbidden}.action"])`);
  await openSection('audio');
  const lists = '#audio_codec_selector';
  await drag(page, `${lists} .available [data-key="${codec}"]`, `${lists} .selected`);
  await openSection('miscellaneous');
  await page.click('.edit-device label:has([name="media.encryption.enforce_security"])');
  await page.selectOption('.edit-device [name="extra.rtpMethod"]', 'srtp');
  await page.selectOption('.edit-device [name="caller_id_options.outbound_privacy"]', 'number');
  const [device] = await writes(() => page.click('.edit-device .actions .save'), 'POST devices/*');
  return device;
}

/** Moves the switch that says whether it may be used. */
export const toggleDevice = ({ page, writes }: Ui, id: string) =>
  writes(
    () => page.click(`${rowOf(id)} .switch label, ${rowOf(id)} .switch .monster-switch`),
    'POST devices/*',
  );

export async function deleteDevice({ page, writes }: Ui, id: string): Promise<void> {
  await page.click(`${rowOf(id)} [data-action="edit"]`);
  await page.click('.edit-device #delete_device');
  await writes(() => page.click('#confirm_button'), 'DELETE devices/*');
  await page.waitForSelector(rowOf(id), { state: 'detached' });
}

async function fill({ page }: Ui, fields: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(fields)) await page.fill(`#form_device [name="${name}"]`, value);
}

const rowOf = (id: string): string => `#devices_container .grid-row[data-id="${id}"]`;
