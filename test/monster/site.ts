// Serves a build of Monster UI on loopback, as a web server would, with a configuration that names our REST API.
import { once } from 'node:events';
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

export interface Site {
  readonly url: string;
  stop(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

/** What the page talks to: the REST API, with its version, and the websockets. */
export interface Backends {
  readonly api: string;
  readonly socket: string;
}

/** `folder` is what the build of Monster UI wrote. */
export async function serveSite(folder: string, { api, socket }: Backends, port: number): Promise<Site> {
  const config = `define(${JSON.stringify({
    api: { default: `${api}/`, socket },
    whitelabel: {
      companyName: 'Test',
      applicationTitle: 'Test',
      language: 'en-US',
      nav: {},
      port: {},
      // They lay over what a test clicks on.
      disableFirstUseWalkthrough: true,
    },
  })});`;
  const server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    if (pathname === '/js/config.js') {
      response.setHeader('content-type', 'text/javascript');
      response.end(config);
      return;
    }
    const file = join(folder, normalize(decodeURIComponent(pathname === '/' ? '/index.html' : pathname)));
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.statusCode = 404;
      response.end();
      return;
    }
    response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
    createReadStream(file).pipe(response);
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${port}/`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
