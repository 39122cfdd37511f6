// multipart/form-data and multipart/mixed over busboy, from a body that is already in memory and within the limit.
import busboy from 'busboy';
import { AppError } from '../../../core/errors/index.ts';
import type { Upload } from './request.ts';

/** All parts, fields as text/plain. Rejects with `parse_error`. */
export function readMultipart(body: Buffer, contentType: string): Promise<Upload[]> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => reject(malformed(cause));
    try {
      const parts: Upload[] = [];
      const mixed = /^\s*multipart\/mixed/i;
      const parser = busboy({
        headers: { 'content-type': contentType.replace(mixed, 'multipart/form-data') },
        limits: { parts: 20, headerPairs: 50 },
        defParamCharset: 'utf8',
      });
      parser.on('file', (_field, stream, { filename, mimeType }) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('error', fail);
        stream.on('end', () =>
          parts.push({ name: filename, contentType: mimeType.toLowerCase(), body: Buffer.concat(chunks) }),
        );
      });
      parser.on('field', (name, value, { mimeType }) =>
        parts.push({ name, contentType: mimeType.toLowerCase(), body: Buffer.from(value) }),
      );
      parser.on('partsLimit', () => fail(new Error('too many parts')));
      parser.on('error', fail);
      parser.on('close', () => resolve(parts));
      parser.end(mixed.test(contentType) ? asForm(body, contentType) : body);
    } catch (cause) {
      fail(cause);
    }
  });
}

/** multipart/mixed has the grammar of form-data, which is all that busboy knows, but its parts need not be named. */
function asForm(body: Buffer, contentType: string): Buffer {
  const [, quoted, plain] = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  const line = `--${quoted ?? plain}\r\n`;
  const named = `${line}Content-Disposition: form-data; name="file"; filename="file"\r\n`;
  return Buffer.from(
    body.toString('latin1').replaceAll(line, () => named),
    'latin1',
  );
}

function malformed(cause: unknown): AppError {
  const message = 'the multipart body is malformed';
  const violations = [{ path: 'body', code: 'invalid', message, target: 'multipart' }];
  return new AppError('parse_error', { message, details: { violations }, cause });
}
