// URLs that only we can make: each carries a signature, so that nobody can read another account's media by guessing.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { extname } from 'node:path';
import { AppError } from '../../core/errors/index.ts';

/** What a URL of the media server is for. `version` makes a new URL when the contents change: switches cache by URL. */
export interface MediaTarget {
  readonly use: 'single' | 'store';
  readonly database: string;
  readonly id: string;
  readonly attachment: string;
  readonly version: string;
}

/** What URLs are made of: the address of the media server, and the key of its signatures. */
export interface UrlMaker {
  readonly base: string;
  readonly secret: string;
}

/** The path of a target: `/single/<signature>/<version>/<database>/<id>/<attachment>`. */
export function mediaPath(secret: string, target: MediaTarget): string {
  const version = createHash('sha256').update(target.version).digest('base64url').slice(0, 12);
  const parts = [version, target.database, target.id, target.attachment].map(encodeURIComponent);
  return `/${target.use}/${signature(secret, target.use, parts)}/${parts.join('/')}`;
}

/** The target of a path. Throws `not_found` for anything that this cluster did not sign. */
export function parseMediaPath(secret: string, path: string): MediaTarget {
  const [use, signed, ...parts] = path.slice(1).split('/');
  if ((use !== 'single' && use !== 'store') || signed === undefined || parts.length !== 4)
    throw new AppError('not_found');
  const expected = Buffer.from(signature(secret, use, parts));
  const given = Buffer.from(signed);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) throw new AppError('not_found');
  const [version, database, id, attachment] = parts.map(decodeURIComponent) as [
    string,
    string,
    string,
    string,
  ];
  return { use, database, id, attachment, version };
}

function signature(secret: string, use: string, parts: readonly string[]): string {
  return createHmac('sha256', secret)
    .update([use, ...parts].join('/'))
    .digest('base64url')
    .slice(0, 22);
}

const types: Readonly<Record<string, string>> = {
  '.wav': 'audio/x-wav',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
};

/** The content type that the name of an attachment stands for. */
export function contentTypeOf(attachment: string): string {
  return types[extname(attachment).toLowerCase()] ?? 'application/octet-stream';
}
