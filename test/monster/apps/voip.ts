// SmartPBX, the app `voip` of Monster UI: its tabs.
import type { Ui } from '../page.ts';

/** Its tabs, with what is in each when it is drawn. */
export const tabs: readonly (readonly [tab: string, content: string])[] = [
  ['myOffice', '#myoffice_container'],
  ['users', '#users_container'],
  ['groups', '#groups_container'],
  ['strategy', '#strategy_container'],
  ['callLogs', '#call_logs_container'],
  ['devices', '#devices_container'],
  ['vmboxes', '#vmboxes_container'],
  ['featureCodes', '#feature_codes_container'],
];

/** Shows one of its tabs, e.g. `users`; `content` is what is in it when it is drawn. */
export async function openTab({ page, open }: Ui, tab: string, content: string): Promise<void> {
  await open('voip');
  // When it opens it draws its dashboard, over a tab that was clicked before that.
  await page.waitForSelector('#voip_container .right-content > *');
  await page.click(`#voip_container #${tab}`);
  await page.waitForSelector(content);
}
