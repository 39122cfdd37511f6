// gzip for clients that accept it (contract/crossbar.md §1).
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
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
  const isStream = context.state['stream'] !== undefined;
  if (!isStream && (typeof body !== 'string' || body.length < leastBytes)) return;
  if (context.acceptsEncodings('gzip', 'identity') !== 'gzip') return;
  // A stream is packed when it is sent.
  if (typeof body === 'string') context.body = await zip(body);
  else context.remove('content-length');
  context.set('content-encoding', 'gzip');
}
