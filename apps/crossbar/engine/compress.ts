// gzip for clients that accept it (contract/crossbar.md §1).
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import type { Context, Next } from 'koa';

/** Answers that are smaller do not get faster. */
const leastBytes = 1024;
const compressible = /^(application\/(json|javascript)|text\/)/;
const zip = promisify(gzip);

/** Compresses text that is worth it; sounds and other files stay as they are. */
export async function compressed(context: Context, next: Next): Promise<void> {
  await next();
  const { body } = context;
  if (!compressible.test(context.response.get('content-type'))) return;
  context.vary('accept-encoding');
  if (context.acceptsEncodings('gzip', 'identity') !== 'gzip') return;
  if (body instanceof Readable) context.body = body.pipe(createGzip());
  else if (typeof body === 'string' && body.length >= leastBytes) context.body = await zip(body);
  else return;
  context.set('content-encoding', 'gzip');
}
