// Port requests in Monster UI, which its numbers app opens over itself: the wizard for new ones, comments, and how far they are.
import type { Ui } from '../page.ts';

const wizard = '#navigation_wizard_wrapper';

/** What the page of the wizard about the bill of the old carrier wants to know. */
const bill: Readonly<Record<string, string>> = {
  'accountOwnership.carrier': 'Old',
  'accountOwnership.billName': 'Corner Shop',
  'serviceAddress.streetNumber': '1',
  'serviceAddress.streetName': 'High',
  'serviceAddress.streetType': 'Street',
  'serviceAddress.locality': 'Springfield',
  'serviceAddress.region': 'Oregon',
  'serviceAddress.postalCode': '97477',
  'accountInfo.accountNumber': '4711',
  'accountInfo.pin': '0815',
  'accountInfo.btn': '+14155550178',
};

/** A paper, as the wizard takes one. */
const paper = (name: string) => ({
  name,
  mimeType: 'application/pdf',
  buffer: Buffer.from('%PDF-1.4\n%%EOF'),
});

/** Shows those of the account that the numbers app works for, by the button of the app. */
export async function openPortRequests({ page }: Ui): Promise<void> {
  await page.click(
    '.account-header .action-number.port:visible, .actions-wrapper .action-number.port:visible',
  );
  await page.waitForSelector('#port_app_container .port-listing-actions', { state: 'attached' });
}

/** Makes one page by page of the wizard and sends it off, when there is none yet; resolves to it as it was when it was made. */
export async function createPortRequest(ui: Ui, name: string, numbers: readonly string[], winner: string) {
  const { page, choose, writes } = ui;
  await page.click('.empty-listing .port-wizard');
  await page.fill('#port_request_name', name);
  await page.fill('#numbers_to_port_numbers', numbers.join(', '));
  await writes(() => page.click(`${wizard} #next`), 'POST port_requests/lnp_lookup');
  await page.selectOption('[name="designateWinningCarrier.winningCarrier"]', winner);
  await next('#step_ownership_confirmation');
  await page.setInputFiles('#bill_upload_recent_bill', paper('bill.pdf'));
  await page.click('#step_ownership_confirmation .monster-checkbox');
  await page.waitForSelector('#form_ownership_confirmation');
  for (const [field, text] of Object.entries(bill)) await page.fill(`${wizard} [name="${field}"]`, text);
  await choose('#service_address_country', 'US');
  await next('#step_required_documents');
  await page.setInputFiles('#step_required_documents [data-key="LOA"]', paper('loa.pdf'));
  await page.fill('[name="extra.loaSignee"]', 'Ann');
  // Its calendar is the only way to it.
  await page.evaluate(`$('[name="extra.loaSigningDate"]').datepicker('setDate', new Date())`);
  await next('#step_date_and_notifications');
  await page.click('.notification-email-add');
  await page.fill('.notification-email-item input >> nth=-1', 'ann@shop.mirliton.test');
  await next('#form_review');
  for (const box of await page.locator('#form_review .monster-checkbox').all()) await box.click();
  const [request] = await writes(
    () => page.click(`${wizard} #done`),
    'PUT port_requests',
    'PUT port_requests/*/attachments',
    'PATCH port_requests/*/submitted',
  );
  await page.waitForSelector('#port_app_container .port-listing-actions', { state: 'attached' });
  return request;
  async function next(form: string): Promise<void> {
    await page.click(`${wizard} #next`);
    await page.waitForSelector(form);
  }
}

/** Shows one of those that are on their way; resolves to its document. */
export async function openPortRequest({ page, writes }: Ui, id: string) {
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
