// The webhooks app of Monster UI: makes, switches and deletes them.
import type { Ui } from '../page.ts';

/** Makes one that is told of new calls; resolves to its document. */
export async function createWebhook(ui: Ui, name: string, uri: string) {
  const { page, choose, writes } = ui;
  await page.click('.new-webhook');
  await page.fill('#webhook_edition_form [name="name"]', name);
  await page.fill('#webhook_edition_form [name="uri"]', uri);
  await choose('#webhook_edition_form [name="hook"]', 'channel_create');
  const [made] = await writes(() => page.click('.webhook-edition .action-bar .save'), 'PUT webhooks');
  await page.waitForSelector(rowOf(made.id));
  return made;
}

/** Moves the switch that says whether it is told. */
export const toggleWebhook = ({ page, writes }: Ui, id: string) =>
  writes(
    () =>
      page.click(
        `${rowOf(id)} .webhook-status-toggle label, ${rowOf(id)} .webhook-status-toggle .monster-switch`,
      ),
    'POST webhooks/*',
  );

export async function deleteWebhook({ page, writes }: Ui, id: string): Promise<void> {
  await page.click(`${rowOf(id)} .webhook-actions .delete`);
  await writes(() => page.click(`${rowOf(id)} .confirm-delete`), 'DELETE webhooks/*');
  await page.waitForSelector(rowOf(id), { state: 'detached' });
}

const rowOf = (id: string): string => `#webhooks_wrapper .grid-row[data-id="${id}"]`;
