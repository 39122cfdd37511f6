// SmartPBX, the app `voip` of Monster UI: its tabs, and what they have in common.
import type { Page } from 'playwright-core';
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
  // A tab that is shown already is drawn anew, too.
  await redrawn(page, content, () => page.click(`#voip_container #${tab}`));
}

/** The dialog that is shown. */
export const dialog = '.ui-dialog:visible';

/** Does `act`, after which the app draws `content` anew, and waits for that: what is clicked before would be lost. */
export async function redrawn(page: Page, content: string, act: () => Promise<unknown>): Promise<void> {
  await page.evaluate(`$('${content}').addClass('old-content')`);
  await act();
  await page.waitForSelector(`${content}:not(.old-content)`);
}

/** Takes one from the list that a dialog offers, e.g. of users or spare numbers. */
export async function takeFromList({ page }: Ui, id: string): Promise<void> {
  await page.click(`${dialog} .monster-listing-box[data-id="${id}"]`);
  await page.click(`${dialog} .proceed`);
}

/** Moves the switch of the dialog that turns its feature on or off, after which it unfolds what belongs to it. */
export async function flip({ page }: Ui): Promise<void> {
  await page.click(`${dialog} .switch label, ${dialog} .switch .monster-switch`);
  // A click on what still moves lands elsewhere.
  await page.waitForFunction(`$(':animated').length === 0`);
}
