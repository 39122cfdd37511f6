// The app of Monster UI for branding: name, domain and logo of what users see, and the mails that they are sent.
import type { Response } from 'playwright-core';
import type { Ui } from '../page.ts';

/** Fields of the general tab, by name. */
type Branding = Readonly<Record<string, string>>;

/** Writes the general tab, with a logo; resolves to the branding. */
export async function brand({ page, writes }: Ui, fields: Branding, logo: Buffer) {
  for (const [name, text] of Object.entries(fields)) await page.fill(`#general-form [name="${name}"]`, text);
  await page.setInputFiles('#company-logo', { name: 'logo.png', mimeType: 'image/png', buffer: logo });
  // Only when it has read the file in.
  await page.waitForSelector('.js-logo-preview:not(.image-empty)');
  const [branding] = await writes(
    () => page.click('#general-form .js-save'),
    'PUT whitelabel',
    'POST whitelabel/logo',
  );
  return branding;
}

/** Shows the records that the names of the branding should have. */
export async function checkDomains({ page, writes }: Ui): Promise<readonly unknown[]> {
  return writes(() => page.click('[data-screen="dns"]'), 'POST whitelabel/domains');
}

/** Gives a mail another subject and other words. */
export async function changeMail({ page, writes }: Ui, id: string, subject: string, text: string) {
  const mail = `.js-template-container[data-template="${id}"]`;
  await page.click('[data-screen="templates"]');
  await page.waitForSelector(mail, { state: 'attached' });
  if (!(await page.isVisible(mail)))
    await page.click(`.js-category-container:has(${mail}) .js-category-header`);
  await page.click(`${mail} .js-template-header`);
  await page.fill(`${mail} [name="subject"]`, subject);
  await page.fill(`${mail} .wysiwyg-editor`, text);
  await page.click(`${mail} a[href="#${id}_text_tab"]`);
  await page.fill(`#${id}_text_body`, text);
  // The template, then its two bodies.
  let left = 3;
  const isLast = (response: Response): boolean => {
    const isWrite = response.request().method() === 'POST' && response.url().includes(`/notifications/${id}`);
    if (isWrite) left -= 1;
    return isWrite && left === 0;
  };
  await Promise.all([
    page.waitForResponse(isLast),
    writes(() => page.click(`${mail} .js-save`), `POST notifications/${id}`),
  ]);
}
