// Attachments of documents: written whole, read as streams, whole or in part.
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { checkQuorum, pathOf, quorumOf, type StoreCore } from './core.ts';
import { storeError } from './errors.ts';
import type { Attachment, StoredDocument } from './store.ts';

/** Adds or replaces an attachment of the document at its revision. */
export async function addAttachment(
  core: StoreCore,
  database: string,
  { _id: id, _rev: rev = '' }: StoredDocument,
  name: string,
  body: Buffer,
  contentType: string,
): Promise<void> {
  const response = await core.cluster.stream({
    method: 'PUT',
    path: `${pathOf(database, id)}/${encodeURIComponent(name)}`,
    query: { rev, ...quorumOf(core, database, 'w') },
    headers: { 'content-type': contentType },
    body,
    deadline: 60_000,
  });
  await settle(core, response, database, id);
}

export async function removeAttachment(
  core: StoreCore,
  database: string,
  { _id: id, _rev: rev = '' }: StoredDocument,
  name: string,
): Promise<void> {
  const response = await core.cluster.stream({
    method: 'DELETE',
    path: `${pathOf(database, id)}/${encodeURIComponent(name)}`,
    query: { rev },
  });
  await settle(core, response, database, id);
}

/** Opens an attachment. The reader must consume or destroy `body`. `range` is the raw HTTP header value. */
export async function readAttachment(
  core: StoreCore,
  database: string,
  id: string,
  name: string,
  range: string | undefined,
): Promise<Attachment> {
  const response = await core.cluster.stream({
    method: 'GET',
    path: `${pathOf(database, id)}/${encodeURIComponent(name)}`,
    ...(range === undefined ? {} : { headers: { range } }),
  });
  const { status, headers, body } = response;
  if (!response.ok || !body)
    throw storeError(status, await json(response), { database, id: `${id}/${name}` });
  const [, first, last, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers.get('content-range') ?? '') ?? [];
  return {
    contentType: headers.get('content-type') ?? 'application/octet-stream',
    length: Number(headers.get('content-length') ?? 0),
    etag: headers.get('etag') ?? '',
    ...(status === 206 && { range: { first: Number(first), last: Number(last), size: Number(size) } }),
    body: Readable.fromWeb(body as ReadableStream),
  };
}

async function settle(core: StoreCore, response: Response, database: string, id: string): Promise<void> {
  const body = await json(response);
  if (!response.ok) throw storeError(response.status, body, { database, id });
  checkQuorum(core, database, response.status, id);
}

const json = (response: Response): Promise<unknown> => response.json().catch(() => undefined);
