// The tab of SmartPBX for what happens with calls of the company's number: its numbers, hours, holidays, and menus.
import type { Ui } from '../page.ts';
import { dialog, flip, openTab, takeFromList } from './voip.ts';

/** Its parts, by what comes after `strategy-` in the page. */
type Part = 'hours' | 'holidays' | 'calls' | 'confnum' | 'faxingnum';

export const openStrategy = (ui: Ui): Promise<void> => openTab(ui, 'strategy', '#strategy_container');

/** Gives the company a number. Resolves to the callflow of its numbers. */
export async function addMainNumber(ui: Ui, number: string) {
  const { page, writes } = ui;
  await page.click('.main-number .element-header-inner');
  await page.click('.main-number .spare-link:not(.disabled)');
  const [callflow] = await writes(() => takeFromList(ui, number), 'POST callflows/*');
  await page.waitForSelector(`.main-number .number-element[data-phonenumber="${number}"]`);
  return callflow;
}

/** The number of the conference server; an emailed fax comes in at the other. */
export async function addConferenceNumber(ui: Ui, number: string) {
  await openPart(ui, 'confnum');
  await ui.page.click('.strategy-confnum .spare-link:not(.disabled)');
  const [callflow] = await ui.writes(() => takeFromList(ui, number), 'POST callflows/*');
  // The part is drawn anew then: what is clicked before that may be lost.
  await ui.page.waitForSelector(`.strategy-confnum .remove-number[data-number="${number}"]`);
  return callflow;
}

/** Speaks a text to who calls the conference server. Resolves to the text's media and the callflow. */
export async function greetConference(ui: Ui, text: string) {
  const { page, writes } = ui;
  await page.click('.strategy-confnum .greeting-link');
  await flip(ui);
  await page.click(`${dialog} .navbar-menu-item-link[data-tab="text_to_speech"]`);
  await page.waitForSelector(`${dialog} .monster-tab-content-tts.active`);
  await page.fill(`${dialog} .custom-greeting-text`, text);
  const made = await writes(() => page.click(`${dialog} .save`), 'PUT media', 'PATCH callflows/*');
  await page.waitForSelector(dialog, { state: 'detached' });
  return made;
}

/** Takes that greeting away again. Resolves to the callflow. */
export async function silenceConference(ui: Ui) {
  const { page, writes } = ui;
  await page.click('.strategy-confnum .greeting-link');
  await flip(ui);
  const [callflow] = await writes(() => page.click(`${dialog} .save`), 'PATCH callflows/*');
  await page.waitForSelector(dialog, { state: 'detached' });
  return callflow;
}

/** Sends faxes for a number to somebody by mail. Resolves to the box and the callflow. */
export async function addFaxNumber(ui: Ui, number: string, email: string) {
  const { page, writes } = ui;
  await openPart(ui, 'faxingnum');
  await page.click('.strategy-faxingnum .spare-link:not(.disabled)');
  await takeFromList(ui, number);
  await page.fill(`${dialog} #faxbox_form #email`, email);
  return writes(() => page.click(`${dialog} .save`), 'PUT faxboxes', 'POST callflows/*');
}

/** Opens from nine to five with an hour for lunch, on the days of work. Resolves to the callflow of the company's numbers. */
export async function openOffice(ui: Ui) {
  const { page, writes } = ui;
  await openPart(ui, 'hours');
  await page.click('.strategy-hours .custom-hours-toggler label:has([value="true"])');
  await page.selectOption('.strategy-hours [name="template"]', 'nineToFiveWithNoonToOneLunchbreak');
  const save = () => page.click('.strategy-hours [type="submit"]');
  const [, callflow] = await writes(save, 'PUT temporal_rules', 'POST callflows/*');
  await closed(ui, 'hours');
  return callflow;
}

/** Holds a holiday on a day of each year: `month` counts from 0. Resolves to the rule and the callflow of the company's numbers. */
export async function addHoliday(ui: Ui, name: string, month: number, day: number) {
  const { page, writes } = ui;
  await openPart(ui, 'holidays');
  const toggler = '.strategy-holidays .holidays-toggler';
  if (!(await page.isChecked(`${toggler} input`))) await page.click(`${toggler} .monster-checkbox`);
  await page.click('.strategy-holidays .add-holiday');
  const form = `${dialog} #form_add_edit_office_holidays`;
  await page.fill(`${form} #name`, name);
  await page.selectOption(`${form} .single [data-name="fromMonth"]`, String(month));
  await page.selectOption(`${form} .single [data-name="fromDay"]`, String(day));
  await page.click(`${form} [type="submit"]`);
  const save = () => page.click('.strategy-holidays .save-button');
  const made = await writes(save, 'PUT temporal_rules', 'POST callflows/*');
  await closed(ui, 'holidays');
  return made;
}

/** What callers are told by the menu for open hours, and who answers for a key. Resolves to the callflow of the menu. */
export async function setMenu(ui: Ui, greeting: string, key: string, target: string) {
  const { page, writes } = ui;
  await openPart(ui, 'calls');
  await page.click('.strategy-calls .callflow-tab.active .menu-div a');
  await page.click(`${dialog} [data-target="#strategy_menu_popup_tts_greeting"]`);
  const spoken = `${dialog} #strategy_menu_popup_tts_greeting`;
  await page.fill(`${spoken} textarea`, greeting);
  await writes(() => page.click(`${spoken} .update-greeting`), 'PUT media', 'POST menus/*');
  await page.click(`${dialog} .add-menu-line a`);
  const line = `${dialog} .menu-line >> nth=-1`;
  await page.selectOption(`${line} >> .number-input`, key);
  await page.selectOption(`${line} >> .target-select`, target);
  const [callflow] = await writes(
    () => page.click(`${dialog} .action-block .save-button`),
    'POST callflows/*',
  );
  await page.waitForSelector(dialog, { state: 'detached' });
  return callflow;
}

/** Rings somebody in open hours, and has a voicemail box answer when nobody does. Resolves to the callflow of open hours. */
export async function answerWith(ui: Ui, user: string, box: string) {
  const { page, choose, writes } = ui;
  await openPart(ui, 'calls');
  const option = '.strategy-calls .callflow-tab.active .call-option.user-voicemail-call';
  await page.click(`${option} .radio-div`);
  await choose(`${option} .user-select select`, user);
  await choose(`${option} .voicemail-select select`, box);
  const [callflow] = await writes(() => page.click('.strategy-calls .save-button'), 'POST callflows/*');
  await closed(ui, 'calls');
  return callflow;
}

/** The codes that the tab for feature codes shows, e.g. `*72`. */
export async function readFeatureCodes(ui: Ui): Promise<readonly string[]> {
  await openTab(ui, 'featureCodes', '#feature_codes_container');
  const codes = await ui.page.locator('.feature-code').allTextContents();
  return codes.map((code) => code.replace(/\s/g, ''));
}

async function openPart({ page }: Ui, part: Part): Promise<void> {
  // A click on one that is open closes it.
  if (!(await page.isVisible(`.strategy-${part}.open`)))
    await page.click(`.strategy-${part} .element-header-inner`);
  await page.waitForSelector(`.strategy-${part}.open .element-content > *`);
}

const closed = ({ page }: Ui, part: Part) => page.waitForSelector(`.strategy-${part}:not(.open)`);
