// The API that describes itself: /v2/openapi.json, and a page that shows it without anything from the internet.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../core/files/index.ts';
import { operation, type RestModule } from '../engine/index.ts';
import { openApi } from './document.ts';

/** The module that describes `modules`, itself included. */
export function described(modules: readonly RestModule[]): RestModule {
  const page = readFileSync(join(root, 'apps/crossbar/openapi/page.html'), 'utf8');
  let text: string | undefined;
  const self: RestModule = {
    name: 'openapi',
    summary: 'The description of this API',
    endpoints: [
      {
        path: '/openapi.json',
        operations: {
          GET: operation('public', 'This API as an OpenAPI 3.1 document', async () => {
            text ??= JSON.stringify(openApi([...modules, self]));
            return { body: text, contentType: 'application/json' };
          }),
        },
      },
      {
        path: '/docs',
        operations: {
          GET: operation(
            'public',
            'A page that shows this API',
            async () => ({
              body: page,
              contentType: 'text/html; charset=utf-8',
              headers: { 'content-security-policy': policy },
            }),
            { produces: ['text/html'] },
          ),
        },
      },
    ],
  };
  return self;
}

/** The page runs its own script and asks its own server, and nobody else. */
const policy =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'";
