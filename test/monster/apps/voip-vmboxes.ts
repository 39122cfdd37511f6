// The tab of SmartPBX for voicemail boxes: makes and deletes one that belongs to nobody.
import type { Ui } from '../page.ts';
import { openTab } from './voip.ts';

export async function createVmbox(ui: Ui, name: string, mailbox: string) {
  const { page, writes } = ui;
  await openTab(ui, 'vmboxes', '#vmboxes_container');
  await page.click('.vmboxes-header .add-vmbox');
  await page.fill('#form_vmbox [name="name"]', name);
  await page.fill('#form_vmbox [name="mailbox"]', mailbox);
  const [vmbox] = await writes(() => page.click('.edit-vmbox .actions .save'), 'PUT vmboxes');
  await page.waitForSelector(rowOf(vmbox.id));
  return vmbox;
}

export async function deleteVmbox({ page, writes }: Ui, id: string): Promise<void> {
  await page.click(`${rowOf(id)} .settings`);
  await page.click('.edit-vmbox #delete_vmbox');
  await writes(() => page.click('#confirm_button'), 'DELETE vmboxes/*');
  await page.waitForSelector(rowOf(id), { state: 'detached' });
}

const rowOf = (id: string): string => `#vmboxes_container .grid-row[data-id="${id}"]`;
