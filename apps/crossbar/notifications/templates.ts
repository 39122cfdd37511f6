// The templates of mails: those of the system, and what an account has put in their place.
import { buffer } from 'node:stream/consumers';
import { type DocumentOf, isRecord } from '../../../core/contract/index.ts';
import type { Database, StoredDocument } from '../../../core/couch/index.ts';
import { notification } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import {
  attachmentReply,
  auditFields,
  checkRevision,
  type DataReply,
  dataObject,
  deleted,
  exclusive,
  harmless,
  invalid,
  missing,
  parameter,
  pathParameter,
  privatePart,
  publicPart,
  type Reply,
  type RestRequest,
  settablePart,
  targetDatabase,
  typed,
} from '../engine/index.ts';

type Template = DocumentOf<typeof notification>;
type Json = Record<string, unknown>;

export const templateParameter = 'notification_id';
/** What the body of a mail may be. */
export const bodyTypes = /^text\/(html|plain)$/;

const prefix = 'notification.';
const systemDatabase = ({ services }: RestRequest): Database => services.store.database('system_config');

/** Where the templates of a request stand: in the account, or in the system. */
export const databaseOf = (request: RestRequest): Database =>
  request.account ? targetDatabase(request) : systemDatabase(request);

const find = async (database: Database, id: string): Promise<Template | undefined> =>
  typed(notification, await database.find(prefix + id, { fresh: true }));

/** The own template, else that of the system. */
async function nearest(
  request: RestRequest,
  id: string,
): Promise<{ database: Database; document: Template }> {
  for (const database of [databaseOf(request), systemDatabase(request)]) {
    const document = await find(database, id);
    if (document) return { database, document };
  }
  throw missing(id);
}

const nameOf = (request: RestRequest): string => pathParameter(request, templateParameter);

function shown(request: RestRequest, database: Database, document: Template): DataReply {
  const bodies = Object.values(document._attachments ?? {}).map((it) => [
    it.content_type,
    { length: it.length ?? 0 },
  ]);
  return {
    data: {
      ...publicPart(document),
      id: document._id.slice(prefix.length),
      templates: Object.fromEntries(bodies),
      ...(request.account && { account_overridden: database.name !== 'system_config' }),
    },
    revision: document._rev,
  };
}

/** All there are; those of the account in the place of the system's, which still says what is the same for all. */
export async function listTemplates(request: RestRequest): Promise<DataReply> {
  const rows = async (database: Database) => database.view<Json>('notifications', 'crossbar_listing');
  const found = new Map((await rows(systemDatabase(request))).map(({ key, value }) => [key, value]));
  if (request.account)
    for (const { key, value } of await rows(targetDatabase(request))) {
      const { friendly_name, macros } = found.get(key) ?? value;
      found.set(key, { ...value, friendly_name, macros, account_overridden: true });
    }
  const data = [...found.values()].sort((a, b) => String(a['id']).localeCompare(String(b['id'])));
  return { data };
}

/** The template as JSON, or its body as the client accepts it. */
export async function readTemplate(request: RestRequest): Promise<Reply> {
  const { database, document } = await nearest(request, nameOf(request));
  const accepted = String(parameter(request, 'accept') ?? request.headers.accept ?? '');
  const type = /\btext\/(html|plain)\b/.exec(accepted)?.[0];
  if (type === undefined || /json/.test(accepted)) return shown(request, database, document);
  const found = await bodyOf(request, document, type);
  if (!found) throw new AppError('not_found', { message: `the template has no ${type}` });
  const reply = await attachmentReply(request, found.database, document._id, found.name);
  return { ...reply, headers: { ...reply.headers, ...harmless } };
}

/** The body of a template; one that an account does not have is the system's. */
async function bodyOf(request: RestRequest, { _id }: Template, type: string) {
  for (const database of [databaseOf(request), systemDatabase(request)]) {
    const document = await database.find(_id, { fresh: true });
    const [name] =
      Object.entries(document?._attachments ?? {}).find(([, it]) => it.content_type.startsWith(type)) ?? [];
    if (name !== undefined) return { database, name };
  }
  return undefined;
}

/** Makes a template of the account's own; `id` says of which notification. */
export async function createTemplate(request: RestRequest): Promise<DataReply> {
  const { id, ...data } = dataObject(request);
  if (typeof id !== 'string' || !/^\w{1,60}$/.test(id))
    throw invalid('id', 'required', 'names the notification', { value: id });
  const database = databaseOf(request);
  const stored = await exclusive(`${database.name} ${prefix}${id}`, async () => {
    if (await find(database, id)) throw new AppError('datastore_conflict');
    return database.save({ ...documentOf(request, settablePart(data)), _id: prefix + id });
  });
  return { ...shown(request, database, stored as Template), location: id };
}

function documentOf(request: RestRequest, data: Json): Json {
  const { templates: _, account_overridden: __, ...fields } = data;
  return { ...notification.accept(fields), ...auditFields(request), pvt_type: notification.type };
}

/** Replaces the fields, or one body when a text is sent. What the account does not have yet is taken from the system. */
export async function writeTemplate(request: RestRequest): Promise<DataReply> {
  const id = nameOf(request);
  const database = databaseOf(request);
  const [upload] = request.uploads;
  return exclusive(`${database.name} ${prefix}${id}`, async () => {
    const { document } = await nearest(request, id);
    const own = await find(database, id);
    if (own) checkRevision(request, own);
    const fields = upload ? settablePart(document) : settablePart(dataObject(request));
    const kept = own ? privatePart(own) : {};
    const saved = await database.save({ ...kept, ...documentOf(request, fields), _id: prefix + id });
    if (!upload) return shown(request, database, saved as Template);
    if (!bodyTypes.test(upload.contentType)) throw new AppError('unsupported_media_type');
    const name = upload.contentType === 'text/html' ? 'template.html' : 'template.txt';
    const stored = await database.attach(prefix + id, name, upload.body, upload.contentType);
    return shown(request, database, stored as Template);
  });
}

/** The system's counts again. */
export async function removeTemplate(request: RestRequest): Promise<DataReply> {
  const id = nameOf(request);
  const database = databaseOf(request);
  const document = await find(database, id);
  if (!document) throw missing(id);
  checkRevision(request, document);
  // Really, so that another one may be made under the same id.
  await database.remove(document._id, { hard: true });
  return { data: deleted({ ...publicPart(document), id }) };
}

/** `action: remove_customizations`: the account has no templates of its own any more. */
export async function removeCustomizations(request: RestRequest): Promise<DataReply> {
  if (parameter(request, 'action') !== 'remove_customizations')
    throw invalid('action', 'enum', 'must be remove_customizations', { target: ['remove_customizations'] });
  const database = targetDatabase(request);
  const rows = await database.view('notifications', 'crossbar_listing');
  for (const { id } of rows) await database.remove(id, { hard: true });
  return { data: rows.map(({ key }) => key) };
}

/** The system's templates as they are now become the account's own, in the place of those that it had. */
export async function forceSystem(request: RestRequest): Promise<DataReply> {
  const database = targetDatabase(request);
  const system = systemDatabase(request);
  const rows = await system.view('notifications', 'crossbar_listing', { includeDocs: true });
  for (const { doc } of rows) {
    if (!isRecord(doc)) continue;
    const { _rev, _attachments = {}, ...document } = doc as StoredDocument;
    const before = await database.find(doc['_id'] as string, { fresh: true });
    const bodies = await Promise.all(
      Object.entries(_attachments).map(async ([name, { content_type }]) => {
        const { body } = await system.attachment(document._id, name);
        return [name, { content_type, data: (await buffer(body)).toString('base64') }] as const;
      }),
    );
    await database.save({
      ...document,
      ...auditFields(request),
      ...(before?._rev && { _rev: before._rev }),
      _attachments: Object.fromEntries(bodies),
    });
  }
  return { data: rows.map(({ key }) => key) };
}
