// Media over HTTP: fetched whole within bounds of time and size, kept a while.
import { LRUCache } from 'lru-cache';
import { MediaError } from './errors.ts';

const TIMEOUT_MS = 10_000;
const MOST_BYTES = 32 * 1024 * 1024;
const CACHE_BYTES = 64 * 1024 * 1024;
/** Kept this long unless the server says otherwise: a prompt is asked for in bursts. */
const DEFAULT_TTL_MS = 30_000;
const MOST_TTL_MS = 86_400_000;

const cache = new LRUCache<string, Buffer>({
  maxSize: CACHE_BYTES,
  sizeCalculation: (body) => Math.max(1, body.length),
});
/** Several calls that want the same file at once share one request. */
const underWay = new Map<string, Promise<Buffer>>();

/** How long an answer may be kept (RFC 9111); 0: not at all. */
function ttlOf(cacheControl: string | null): number {
  if (cacheControl === null) return DEFAULT_TTL_MS;
  if (/no-store|no-cache/i.test(cacheControl)) return 0;
  const seconds = /max-age=(\d+)/i.exec(cacheControl)?.[1];
  return seconds === undefined ? DEFAULT_TTL_MS : Math.min(Number(seconds) * 1000, MOST_TTL_MS);
}

async function readBody(response: Response, url: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new MediaError('media_failed', `${url}: larger than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

async function fetchOnce(url: string): Promise<Buffer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) {
      await response.body?.cancel();
      const code = response.status === 404 || response.status === 410 ? 'media_not_found' : 'media_failed';
      throw new MediaError(code, `${url}: the server answered ${response.status}`);
    }
    const body = await readBody(response, url);
    const ttl = ttlOf(response.headers.get('cache-control'));
    if (ttl > 0) cache.set(url, body, { ttl });
    return body;
  } catch (error) {
    if (error instanceof MediaError) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new MediaError('media_failed', `${url}: ${String(cause)}`, { cause: error });
  }
}

/** The body of a URL. @throws MediaError `media_not_found` (404, 410) | `media_failed` (anything else) */
export async function fetchMedia(url: string): Promise<Buffer> {
  const kept = cache.get(url);
  if (kept) return kept;
  const started = underWay.get(url) ?? fetchOnce(url).finally(() => underWay.delete(url));
  underWay.set(url, started);
  return started;
}
