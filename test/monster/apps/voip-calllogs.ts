// The call log of SmartPBX.
import type { Ui } from '../page.ts';
import { openTab } from './voip.ts';

/** The calls that it shows, newest first: who was called. */
export async function calledNumbers(ui: Ui): Promise<readonly string[]> {
  await openTab(ui, 'callLogs', '#call_logs_container .call-logs-grid');
  const rows = ui.page.locator('#call_logs_container .main-leg .to');
  await rows.first().waitFor();
  return (await rows.allInnerTexts()).map((text) => text.trim());
}
