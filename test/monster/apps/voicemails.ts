// The voicemails app of Monster UI, and the fax app, which is made alike: what is in a box.
import type { Ui } from '../page.ts';

/** Shows what came into a voicemail box: resolves to the requests that it made for that. */
export async function openVoicemailBox({ page, choose, writes }: Ui, id: string) {
  const [messages] = await writes(() => choose('#select_vmbox_empty', id), 'GET vmboxes/*/messages');
  await page.waitForSelector('#voicemails_table tbody tr');
  return messages;
}

/** Shows what came into a fax box. */
export async function openFaxbox({ page, choose, writes }: Ui, id: string) {
  const [faxes] = await writes(() => choose('#select_faxbox_empty', id), 'GET faxes/inbox');
  await page.waitForSelector('#inbound_faxes_table tbody tr');
  return faxes;
}
