// SmartPBX, the app `voip` of Monster UI: its tabs.
import type { Ui } from '../page.ts';

/** Shows one of its tabs, e.g. `users`; `content` is what is in it when it is drawn. */
export async function openTab({ page, open }: Ui, tab: string, content: string): Promise<void> {
  await open('voip');
  // When it opens it draws its dashboard, over a tab that was clicked before that.
  await page.waitForSelector('#voip_container .right-content > *');
  await page.click(`#voip_container #${tab}`);
  await page.waitForSelector(content);
}
