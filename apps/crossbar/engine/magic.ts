// Magic paths: a link that leads whoever has it to one thing that may be read, without a token (contract/crossbar.md §1).
import { createHmac, timingSafeEqual } from 'node:crypto';

/** What such links may lead to. */
const allowed = /^\/v2\/accounts\/[0-9a-f]{32}\/presence\/report-[\w-]+$/;

/** `path` as the one part of a path that leads there until `expires` (Unix seconds). */
export function magicPath(secret: Buffer, path: string, expires: number): string {
  const payload = Buffer.from(JSON.stringify([path, expires])).toString('base64url');
  return `${payload}.${signature(secret, payload).toString('base64url')}`;
}

/** Where a magic path leads; undefined for what is none, was not signed by this cluster, or is over. */
export function openMagicPath(secret: Buffer, magic: string, now = Date.now() / 1000): string | undefined {
  const [, payload, signed] = /^([\w-]{1,400})\.([\w-]{43})$/.exec(magic) ?? [];
  if (payload === undefined || signed === undefined) return undefined;
  if (!timingSafeEqual(signature(secret, payload), Buffer.from(signed, 'base64url'))) return undefined;
  const [path, expires] = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as [string, number];
  return expires > now && allowed.test(path) ? path : undefined;
}

/** The secret signs other things as well, none of which begins like this. */
const signature = (secret: Buffer, payload: string): Buffer =>
  createHmac('sha256', secret).update(`magic path ${payload}`).digest();
