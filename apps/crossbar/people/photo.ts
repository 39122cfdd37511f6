// The photo of a user or of an entry of a list: an attachment called `photo`.
import type { AnyDocument, StoredFields } from '../../../core/contract/index.ts';
import type { Database } from '../../../core/couch/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import {
  attachmentReply,
  type DataReply,
  harmless,
  load,
  oneUpload,
  publicPart,
  type RawReply,
  type RestRequest,
} from '../engine/index.ts';

const name = 'photo';

/** What may be a photo; base64 is taken when it says which of these it is, or does not say. */
export const photoTypes = /^(image\/(jpeg|png|gif|webp)|application\/octet-stream|application\/(x-)?base64)$/;

/** The photo as it was uploaded. */
export async function readPhoto<D extends AnyDocument>(
  request: RestRequest,
  database: Database,
  contract: D,
  id: string,
): Promise<RawReply> {
  const document: StoredFields = await load(database, contract, id);
  if (!document._attachments?.[name]) throw new AppError('not_found', { message: 'there is no photo' });
  const reply = await attachmentReply(request, database, id, name);
  return { ...reply, headers: { ...reply.headers, ...harmless } };
}

export async function writePhoto<D extends AnyDocument>(
  request: RestRequest,
  database: Database,
  contract: D,
  id: string,
): Promise<DataReply> {
  const { body, contentType } = oneUpload(request, photoTypes);
  await load(database, contract, id);
  const saved = await database.attach(id, name, body, contentType);
  return { data: publicPart(saved), revision: saved._rev };
}

export async function removePhoto<D extends AnyDocument>(
  database: Database,
  contract: D,
  id: string,
): Promise<DataReply> {
  const document: StoredFields = await load(database, contract, id);
  if (!document._attachments?.[name]) throw new AppError('not_found', { message: 'there is no photo' });
  await database.detach(id, name);
  return { data: publicPart(document) };
}

/** The photo for a card; undefined when there is none. */
export async function findPhoto(
  database: Database,
  document: StoredFields,
): Promise<{ readonly contentType: string; readonly body: Buffer } | undefined> {
  if (!document._attachments?.[name]) return undefined;
  const { contentType, body } = await database.attachment(document._id, name);
  const chunks: Buffer[] = [];
  for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk);
  return { contentType, body: Buffer.concat(chunks) };
}
