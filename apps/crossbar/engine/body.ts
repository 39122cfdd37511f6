// Reads a request body: JSON envelopes, forms, base64 and multipart uploads, raw files; size-limited.
import type { IncomingMessage } from 'node:http';
import { isRecord } from '../../../core/contract/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { parseJson } from './json.ts';
import { readMultipart } from './multipart.ts';
import type { Upload } from './request.ts';

export interface Body {
  readonly envelope: Readonly<Record<string, unknown>>;
  readonly data: unknown;
  readonly uploads: readonly Upload[];
  /** Set when the body is a file of this type, which only some endpoints take. */
  readonly rawType: string | undefined;
}

export const noBody: Body = { envelope: {}, data: {}, uploads: [], rawType: undefined };
const json = new Set(['', 'application/json', 'application/x-json']);
const base64 = new Set(['application/base64', 'application/x-base64']);
const multipart = /^multipart\/(form-data|mixed)$/;

/** RFC 9112 §6.3: a request with neither header has no body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': coding } = headers;
  return (length !== undefined && length !== '0') || coding !== undefined;
}

/** Reads and parses the body. Rejects with `too_large`, `parse_error` or `invalid_envelope`. */
export async function readBody(incoming: IncomingMessage, method: string, limit: number): Promise<Body> {
  const bytes = await readBytes(incoming, limit);
  if (bytes.length === 0) return noBody;
  const header = incoming.headers['content-type'] ?? '';
  const type = (header.split(';')[0] ?? '').trim().toLowerCase();
  if (json.has(type)) return fromJson(parseJson(bytes), method);
  if (type === 'application/x-www-form-urlencoded') return fromForm(bytes, method);
  if (multipart.test(type)) return fromMultipart(bytes, header, method);
  if (base64.has(type)) return { ...noBody, uploads: [fromBase64(bytes, nameOf(incoming))], rawType: type };
  return {
    ...noBody,
    uploads: [{ name: nameOf(incoming), contentType: type, body: bytes }],
    rawType: type,
  };
}

async function readBytes(incoming: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = Number(incoming.headers['content-length'] ?? 0);
  if (size <= limit) size = 0;
  // The socket must outlive an early end: the client is still to be told why.
  for await (const chunk of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) break;
    chunks.push(chunk);
  }
  if (size <= limit) return Buffer.concat(chunks);
  // What still comes is thrown away, so that a client that writes before it reads gets the answer too.
  incoming.resume();
  throw tooLarge(limit);
}

function tooLarge(limit: number): AppError {
  const message = `the request body is larger than ${limit} bytes`;
  const violations = [{ path: 'file', code: 'maxSize', message, target: limit }];
  return new AppError('too_large', { message, details: { violations } });
}

function fromJson(value: unknown, method: string): Body {
  if (!isRecord(value)) throw badEnvelope('data', 'type', 'the body must be a JSON object');
  const { data, ...rest } = value;
  const envelope = Object.fromEntries(
    Object.entries(rest).map(([key, item]) => [key.toLowerCase().replaceAll('-', '_'), item]),
  );
  if (data === undefined && method !== 'GET' && method !== 'DELETE')
    throw badEnvelope('data', 'required', 'the body must have the key data');
  if (data !== undefined && !isRecord(data) && !Array.isArray(data))
    throw badEnvelope('data', 'type', 'data must be an object or an array');
  return { ...noBody, envelope, data: data ?? {} };
}

function badEnvelope(path: string, code: string, message: string): AppError {
  return new AppError('invalid_envelope', { message, details: { violations: [{ path, code, message }] } });
}

/** Many clients send JSON without saying so, and their library says "form". */
function fromForm(bytes: Buffer, method: string): Body {
  if (/^\s*\{/.test(bytes.subarray(0, 64).toString('latin1'))) return fromJson(parseJson(bytes), method);
  return { ...noBody, data: Object.fromEntries(new URLSearchParams(bytes.toString('utf8'))) };
}

/** The JSON part is the body, the others are files. */
async function fromMultipart(bytes: Buffer, contentType: string, method: string): Promise<Body> {
  const parts = await readMultipart(bytes, contentType);
  const isJson = (part: Upload): boolean => json.has(part.contentType) && part.contentType !== '';
  const envelope = parts.find(isJson);
  const uploads = parts.filter((part) => part !== envelope);
  return { ...(envelope ? fromJson(parseJson(envelope.body), method) : noBody), uploads };
}

/** Base64 text, or a data URI, which also says what it is. */
function fromBase64(bytes: Buffer, name: string | undefined): Upload {
  const text = bytes.toString('latin1').trim();
  const [, contentType = 'application/octet-stream', encoded = text] =
    /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w=.-]+)*;base64,(.*)$/s.exec(text) ?? [];
  const plain = encoded.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(plain) || plain.length % 4 === 1) {
    const message = 'the file is not valid base64';
    const violations = [{ path: 'file', code: 'encoding', message }];
    throw new AppError('too_large', { message, details: { violations } });
  }
  return { name, contentType, body: Buffer.from(plain, 'base64') };
}

function nameOf(incoming: IncomingMessage): string | undefined {
  const name = incoming.headers['x-file-name'];
  return typeof name === 'string' ? name : undefined;
}
