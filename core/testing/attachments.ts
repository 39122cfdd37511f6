// The attachments of one in-memory database: stubs in the documents, bytes here, ranges as HTTP has them (RFC 9110 §14).
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { StoredFields } from '../contract/index.ts';
import type { Attachment, StoredDocument } from '../couch/index.ts';
import { AppError } from '../errors/index.ts';

type Stub = NonNullable<StoredFields['_attachments']>[string];

interface Stored {
  readonly body: Buffer;
  readonly stub: Stub & { readonly length: number; readonly digest: string };
}

export class MemoryAttachments {
  readonly #stored = new Map<string, Stored>();

  put(id: string, name: string, body: Buffer, contentType: string): Stub {
    const digest = `md5-${createHash('md5').update(body).digest('base64')}`;
    const stub = { content_type: contentType, length: body.length, digest, stub: true };
    this.#stored.set(key(id, name), { body, stub });
    return stub;
  }

  get(id: string, name: string, range: string | undefined): Attachment {
    const found = this.#stored.get(key(id, name));
    if (!found)
      throw new AppError('not_found', { message: `${id} has no attachment ${name}`, details: { id, name } });
    const { body, stub } = found;
    const part = rangeOf(range, body.length);
    const bytes = part ? body.subarray(part.first, part.last + 1) : body;
    return {
      contentType: stub.content_type,
      length: bytes.length,
      etag: `"${stub.digest.slice(4)}"`,
      ...(part && { range: { ...part, size: body.length } }),
      body: Readable.from([bytes], { objectMode: false }),
    };
  }

  remove(id: string, name: string): void {
    if (!this.#stored.delete(key(id, name)))
      throw new AppError('not_found', { message: `${id} has no attachment ${name}`, details: { id, name } });
  }

  /** The document with attachments given inline (base64 `data`) taken in and replaced by stubs. */
  inlined(document: StoredDocument): StoredDocument {
    if (!document._attachments) return document;
    const entries = Object.entries(document._attachments).map(([name, { data, ...stub }]) => [
      name,
      data === undefined
        ? stub
        : this.put(document._id, name, Buffer.from(data, 'base64'), stub.content_type),
    ]);
    return { ...document, _attachments: Object.fromEntries(entries) };
  }
}

const key = (id: string, name: string): string => JSON.stringify([id, name]);

/** First and last byte of a `bytes=` range; undefined when there is none or it is one that may be ignored. */
function rangeOf(header: string | undefined, size: number): { first: number; last: number } | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (first > last)
    throw new AppError('range_not_satisfiable', { message: `${header} of ${size} bytes`, details: { size } });
  return { first, last };
}
