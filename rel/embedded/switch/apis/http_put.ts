// `http_put URL FILE`: uploads a file of the switch; its extension says the Content-Type, credentials may stand in the URL.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { Readable } from 'node:stream';
import type { Api } from '../calls/contract.ts';

const TIMEOUT_MS = 120_000;
const TYPES: Readonly<Record<string, string>> = {
  '.wav': 'audio/wav',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
  '.tiff': 'image/tiff',
  '.pdf': 'application/pdf',
  '.txt': 'text/plain',
};

export const httpPut: Api = async ({ log }, args) => {
  const [given = '', path = '', more] = args.trim().split(/\s+/);
  if (!URL.canParse(given) || path === '' || more !== undefined) return '-USAGE: <url> <path>\n';
  try {
    const { url, authorization } = readUrl(given);
    const { size } = await stat(path);
    const response = await fetch(url, {
      method: 'PUT',
      headers: {
        'Content-Type': TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream',
        'Content-Length': String(size),
        ...authorization,
      },
      body: Readable.toWeb(createReadStream(path)) as ReadableStream,
      duplex: 'half',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.ok ? `+OK ${response.status}\n` : `-ERR the server answered ${response.status}\n`;
  } catch (error) {
    log.warn('upload failed', { path, error });
    return `-ERR ${error instanceof Error ? error.message : String(error)}\n`;
  }
};

function readUrl(given: string): { url: URL; authorization: Record<string, string> } {
  const url = new URL(given);
  const { username, password } = url;
  Object.assign(url, { username: '', password: '' });
  if (username === '') return { url, authorization: {} };
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { url, authorization: { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } };
}
