// Port requests in Monster UI, which its numbers app opens over itself: comments, and what whoever carries them out says of them.
import type { Ui } from '../page.ts';

/** Shows one of the account that the numbers app works for; resolves to its document. */
export async function openPortRequest({ page, writes }: Ui, id: string) {
  // As its apps ask for it: the button for it in the numbers app shows it only to accounts without a carrier of 2600Hz.
  await page.evaluate(`monster.pub('common.portListing.render', {
    data: { accountId: window.monster.apps[window.monster.apps.getActiveApp()].accountId },
  })`);
  await page.click('nav.app-navbar a[data-id="progressing"]');
  const [request] = await writes(
    () => page.click(`.listing-item[data-id="${id}"] td >> nth=0`),
    'GET port_requests/*',
  );
  await page.waitForSelector('#port_detail_view');
  return request;
}

/** Adds a comment, which the timeline shows then; resolves to the comments of the request. */
export async function comment({ page, writes }: Ui, text: string) {
  await page.fill('#port_detail_view textarea[name="comment"]', text);
  const [comments] = await writes(
    () => page.click('#port_detail_view button.add-comment'),
    'PUT port_requests/*/comments',
  );
  await page.waitForSelector(`#port_detail_view .timeline :text("${text}")`);
  return comments;
}

/** Says that the carrier works on it; resolves to the request. */
export async function makePending({ page, writes }: Ui, carrier: string, reference: string) {
  await page.click('#update_status');
  await page.selectOption('#form_update_status #state', 'pending');
  await page.fill('#form_update_status #winning_carrier', carrier);
  await page.fill('#form_update_status #reference_number', reference);
  const [request] = await writes(
    () => page.click('#form_update_status .update'),
    'PATCH port_requests/*/pending',
  );
  return request;
}
