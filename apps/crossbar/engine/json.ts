// JSON of a request body, with what CouchDB could not store or a recursion could not survive refused here.
import { AppError } from '../../../core/errors/index.ts';

const deepest = 512;

/** Throws a `parse_error` for bytes that are no UTF-8, no JSON, nested too deep, hold half a character or a number out of range. */
export function parseJson(body: Buffer): unknown {
  const text = decode(body);
  if (depth(text) > deepest) throw malformed(`nested deeper than ${deepest} levels`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformed('not valid JSON', cause);
  }
  // Serialising writes only the halves of a surrogate pair that stand alone as escapes.
  if (/\\u[dD][89a-fA-F]/.test(text) && /\\ud[89a-f]/.test(JSON.stringify(value)))
    throw malformed('half of a surrogate pair');
  // JSON has no infinity: it would be stored as null.
  if (/\d[eE]\+?\d{3}|\d{309}/.test(text) && hasInfinity(value)) throw malformed('out of range in a number');
  return value;
}

function decode(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw malformed('not valid UTF-8', cause);
  }
}

function hasInfinity(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasInfinity);
}

/** How deep brackets nest outside of strings. */
function depth(text: string): number {
  let now = 0;
  let most = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (inString) {
      if (char === '\\') at++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') most = Math.max(most, ++now);
    else if (char === '}' || char === ']') now--;
  }
  return most;
}

function malformed(why: string, cause?: unknown): AppError {
  const message = `the request body is ${why}`;
  const violations = [{ path: 'json', code: 'invalid', message, target: 'body' }];
  return new AppError('parse_error', { message, details: { violations }, cause });
}
