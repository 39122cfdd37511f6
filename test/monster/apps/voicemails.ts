// The voicemails app of Monster UI, and the fax app, which is made alike: what is in a box.
import type { Ui } from '../page.ts';

/** Shows what came into a voicemail box: resolves to the requests that it made for that. */
export async function openVoicemailBox({ page, choose, writes }: Ui, id: string) {
  const [messages] = await writes(() => choose('#select_vmbox_empty', id), 'GET vmboxes/*/messages');
  await page.waitForSelector('#voicemails_table tbody tr');
  return messages;
}

/** Plays a message of the box that is shown: the page takes the sound from the API, and the message is no longer new. */
export async function playMessage({ page, writes }: Ui, id: string) {
  const [sound, [changed]] = await Promise.all([
    page.waitForResponse((response) => response.url().includes(`/messages/${id}/raw?`)),
    writes(() => page.click(`${rowOf(id)} .play-vm`), 'POST vmboxes/*/messages'),
  ]);
  await page.click(`${rowOf(id)} .close-player`);
  return { status: sound.status(), changed };
}

/** Moves it into another box. */
export async function moveMessage(ui: Ui, id: string, box: string) {
  const { page, writes } = ui;
  await select(ui, id, '.move-to-wrapper');
  const [moved] = await writes(
    () => page.click(`.move-to-vmbox[data-id="${box}"]`),
    'POST vmboxes/*/messages',
  );
  await page.waitForSelector(rowOf(id), { state: 'detached' });
  return moved;
}

export async function deleteMessage(ui: Ui, id: string) {
  const { page, writes } = ui;
  await select(ui, id, '.mark-as-wrapper');
  await writes(() => page.click('.delete-voicemails'), 'DELETE vmboxes/*/messages');
  await page.waitForSelector(rowOf(id), { state: 'detached' });
}

/** Shows what came into a fax box. */
export async function openFaxbox({ page, choose, writes }: Ui, id: string) {
  const [faxes] = await writes(() => choose('#select_faxbox_empty', id), 'GET faxes/inbox');
  await page.waitForSelector('#inbound_faxes_table tbody tr');
  return faxes;
}

/** Takes one message, and opens a menu of what can be done with those that are taken. */
async function select({ page }: Ui, id: string, menu: string): Promise<void> {
  await page.click(`${rowOf(id)} .status.select-line`);
  await page.click(`${menu} .dropdown-toggle`);
}

const rowOf = (id: string): string => `#voicemails_table .voicemail-row[data-media-id="${id}"]`;
