// gzip for clients that accept it (contract/crossbar.md §1).
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context } from 'koa';

/** Answers that are smaller do not get faster. */
const leastBytes = 1024;
const compressible = /^(application\/(json|javascript)|text\/)/;
const zip = promisify(gzip);

/** Whether the client gets its answer compressed: text that is worth it; sounds and other files stay as they are. */
export function isWorthPacking(context: Context): boolean {
  const { body } = context;
  if (!compressible.test(String(context.res.getHeader('content-type') ?? ''))) return false;
  context.res.setHeader('vary', 'accept-encoding');
  const isStream = context.state['stream'] !== undefined;
  if (!isStream && (typeof body !== 'string' || body.length < leastBytes)) return false;
  return (
    context.req.headers['accept-encoding'] !== undefined &&
    context.acceptsEncodings('gzip', 'identity') === 'gzip'
  );
}

/** Compresses the answer. */
export async function pack(context: Context): Promise<void> {
  const { body } = context;
  // A stream is packed when it is sent.
  if (typeof body === 'string') context.body = await zip(body);
  else context.remove('content-length');
  context.set('content-encoding', 'gzip');
}
