// A call center app for Monster UI, made by others: queues, and who answers for them.
import type { Ui } from '../page.ts';

/** Shows its queues. Its button for them is in a screen of live calls, which it draws only where a call center runs. */
export async function openQueues({ page }: Ui): Promise<void> {
  await page.evaluate(`monster.apps.callcenter.settingsRender($('#monster_content'))`);
  await page.waitForSelector('.js-cc-create-queue');
}

/** Makes a queue with its agents; resolves to both. */
export async function createQueue({ page, writes }: Ui, name: string, agents: readonly string[]) {
  await page.click('.js-cc-create-queue');
  await page.fill('#queue-name', name);
  await page.click('[href="#queue-settings"]');
  await page.selectOption('#queue-strategy', 'most_idle');
  await page.fill('#queue-agent-wrapup-time', '20');
  await page.click('[href="#queue-agents-wrapper"]');
  for (const agent of agents) await page.click(`tr[data-user-id="${agent}"] .js-add-agent`);
  return writes(() => page.click('.js-save-queue'), 'PUT queues', 'POST queues/*/roster');
}

export async function deleteQueue({ page, writes }: Ui, id: string): Promise<void> {
  await page.click(`#queues-list [data-id="${id}"] a`);
  await page.click(`.js-delete-queue[data-queue-id="${id}"]`);
  await writes(() => page.click('#confirm_button'), 'DELETE queues/*');
}
