// The app of Monster UI that makes people of a file: it reads the file in the page, and sends one request after the other.
import type { Ui } from '../page.ts';

/** Makes what the rows of a file say: `users`, or `users_devices`, each with extension and voicemail box. Resolves to what the page says then. */
export async function importPeople({ page }: Ui, kind: 'users' | 'users_devices', rows: readonly string[]) {
  await page.click(`#landing #${kind}`);
  const file = { name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) };
  await page.setInputFiles('#upload_csv_file', file);
  await page.click('#review .monster-checkbox:has(.add-to-main-directory)');
  await page.click('#review #proceed:not(.disabled)');
  const result = (await page.textContent('.box-progress:has(strong)')) ?? '';
  await page.click('.progress-container #back');
  return result.replace(/\s+/g, ' ').trim();
}
