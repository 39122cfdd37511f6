// The template of a notification: the account's, then the reseller's, then the system's.
import { buffer } from 'node:stream/consumers';
import { accountDatabase, type Database, type Store, type StoredDocument } from '../../core/couch/index.ts';
import { AppError } from '../../core/errors/index.ts';

export interface FoundTemplate {
  /** Its document: subject, from, to, cc, bcc, enabled. */
  readonly document: StoredDocument;
  readonly plain: string | undefined;
  readonly html: string | undefined;
}

/** Rejects with `not_found` when nobody has one. A body that the nearest does not have is that of the next. */
export async function findTemplate(
  store: Store,
  id: string,
  accounts: readonly string[],
): Promise<FoundTemplate> {
  const names = [...accounts.map(accountDatabase), 'system_config'];
  const layers: { database: Database; document: StoredDocument }[] = [];
  for (const name of names) {
    const database = store.database(name);
    const document = await database.find(`notification.${id}`);
    if (document) layers.push({ database, document });
  }
  const [nearest] = layers;
  if (!nearest) throw new AppError('not_found', { message: `there is no template ${id}` });
  const body = async (type: string): Promise<string | undefined> => {
    for (const { database, document } of layers) {
      const [name] =
        Object.entries(document._attachments ?? {}).find(([, it]) => it.content_type.startsWith(type)) ?? [];
      if (name === undefined) continue;
      const attachment = await database.attachment(document._id, name);
      return (await buffer(attachment.body)).toString();
    }
    return undefined;
  };
  return { document: nearest.document, plain: await body('text/plain'), html: await body('text/html') };
}
