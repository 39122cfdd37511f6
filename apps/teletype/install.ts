// Puts our templates into `system_config`, where nobody has put others yet.
import type { AppContext } from '../../core/app/index.ts';
import { hasCode } from '../../core/errors/index.ts';
import { teletypeSettings } from './settings.ts';
import { templates } from './templates/index.ts';
import { macrosOf } from './templates/macros.ts';
import { htmlOf } from './templates/template.ts';

/** Writes those that are missing, and what may be named into those that do not say it; two processes may do it at once. */
export async function installTemplates({ store, systemConfig }: AppContext): Promise<void> {
  const database = await store.ensure('system_config', 'system_config');
  const { default_from: from } = await teletypeSettings(systemConfig);
  for (const template of templates) {
    const id = `notification.${template.id}`;
    const macros = macrosOf(template);
    const found = await database.find(id, { fresh: true });
    if (found?.['macros']) continue;
    const { text, to, id: _, ...document } = template;
    const attachment = (body: string, content_type: string) => ({
      content_type,
      data: Buffer.from(body).toString('base64'),
    });
    const made = {
      _id: id,
      pvt_type: 'notification',
      ...document,
      from,
      to: { type: to, email_addresses: [] },
      cc: { type: 'specified', email_addresses: [] },
      bcc: { type: 'specified', email_addresses: [] },
      enabled: true,
      template_charset: 'utf-8',
      _attachments: {
        'template.txt': attachment(text, 'text/plain'),
        'template.html': attachment(htmlOf(template), 'text/html'),
      },
    };
    await database.save({ ...(found ?? made), macros }).catch((error: unknown) => {
      if (!hasCode(error, 'datastore_conflict')) throw error;
    });
  }
}
