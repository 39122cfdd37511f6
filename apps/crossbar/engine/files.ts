// Files in requests and answers: one upload as the attachment of a document, an attachment as a download.
import type { StoredFields } from '../../../core/contract/index.ts';
import type { Database, StoredDocument } from '../../../core/couch/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { checkRevision } from './documents.ts';
import type { RawReply } from './endpoint.ts';
import { invalid, type RestRequest, type Upload } from './request.ts';

/** The one file of a request. Throws when there is none or another number, when it is empty, or of another type. */
export function oneUpload({ uploads }: RestRequest, types: RegExp): Upload {
  const [file, ...others] = uploads;
  if (!file || others.length > 0)
    throw invalid('file', file ? 'maxItems' : 'required', 'send exactly one file');
  if (file.body.length === 0) throw invalid('file', 'minLength', 'the file is empty', { target: 1 });
  if (!types.test(file.contentType))
    throw new AppError('unsupported_media_type', { message: `${file.contentType} is not accepted here` });
  return file;
}

/** Stores a file as the attachment `name` of a document, in place of all that it had. */
export async function replaceAttachments(
  request: RestRequest,
  database: Database,
  document: StoredFields,
  name: string,
  { body, contentType }: Upload,
): Promise<StoredDocument> {
  checkRevision(request, document);
  const stored = await database.attach(document._id, name, body, contentType);
  const others = Object.keys(document._attachments ?? {}).filter((old) => old !== name);
  for (const old of others) await database.detach(document._id, old);
  return others.length === 0 ? stored : database.get(document._id, { fresh: true });
}

const endings: readonly (readonly [RegExp, string])[] = [
  [/wav/, 'wav'],
  [/png/, 'png'],
  [/jpeg/, 'jpg'],
  [/gif/, 'gif'],
  [/svg/, 'svg'],
  [/icon?$/, 'ico'],
  [/html/, 'html'],
  [/mp3|mpeg/, 'mp3'],
  [/mp4/, 'mp4'],
  [/ogg/, 'ogg'],
];

/** Letters, digits, dots and dashes of the client's name for a file, else `otherwise` with an ending that fits its type. */
export function attachmentName({ name, contentType }: Upload, otherwise: string): string {
  const ending = endings.find(([type]) => type.test(contentType))?.[1] ?? 'bin';
  const plain = (name ?? '')
    .replace(/[^\w.-]+/g, '_')
    .replace(/^[_.]+/, '')
    .slice(-80);
  return plain === '' ? `${otherwise.replace(/[^\w-]+/g, '_')}.${ending}` : plain;
}

/** An attachment, or the part of it that a range asks for; `fileName` is what the client is told to call it. */
export async function attachmentReply(
  { headers }: RestRequest,
  database: Database,
  id: string,
  name: string,
  fileName: string = name,
): Promise<RawReply> {
  const found = await database.attachment(id, name, { range: headers.range });
  const { range, length } = found;
  return {
    body: found.body,
    contentType: found.contentType,
    status: range ? 206 : 200,
    headers: {
      'content-length': String(length),
      'content-disposition': disposition(fileName),
      'accept-ranges': 'bytes',
      etag: found.etag,
      ...(range && { 'content-range': `bytes ${range.first}-${range.last}/${range.size}` }),
    },
  };
}

/** Headers of what somebody uploaded: a browser must neither guess another type of it nor run it as a page of this origin. */
export const harmless: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': 'sandbox',
};

/** How a client is told the name of a file that it gets. */
export function disposition(fileName: string): string {
  return `attachment; filename="${fileName.replace(/[^\x20-\x7e]|["\\]/g, '_')}"`;
}
