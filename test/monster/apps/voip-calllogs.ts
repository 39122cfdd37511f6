// The call log of SmartPBX.
import type { Ui } from '../page.ts';
import { dialog, openTab } from './voip.ts';

/** The calls that it shows, newest first: who was called. */
export async function calledNumbers(ui: Ui): Promise<readonly string[]> {
  await openTab(ui, 'callLogs', '#call_logs_container .call-logs-grid');
  const rows = ui.page.locator('#call_logs_container .main-leg .to');
  await rows.first().waitFor();
  return (await rows.allInnerTexts()).map((text) => text.trim());
}

/** Shows the legs of the newest call, and all that is known of its first one; resolves to the ids of the legs and to that as text. */
export async function readLegs({ page }: Ui) {
  await page.click('#call_logs_container .main-leg >> nth=0');
  const legs = page.locator('#call_logs_container .extra-leg');
  await legs.first().waitFor();
  const ids = await legs.evaluateAll((all) => all.map((leg) => leg.getAttribute('data-id')));
  await page.click('#call_logs_container .extra-leg .details-cdr >> nth=0');
  const details = (await page.textContent(`${dialog} #jsoneditor`)) ?? '';
  await page.click(`${dialog} .ui-dialog-titlebar-close`);
  return { ids, details };
}

/** Downloads the calls that are shown; resolves to the file. */
export async function downloadCalls({ page }: Ui): Promise<string> {
  // The window that it opens for that is none: the browser keeps it as a file.
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('.download-csv')]);
  let text = '';
  for await (const piece of await download.createReadStream()) text += String(piece);
  return text;
}
