// A node of a CouchDB cluster that is not well: a proxy before one that is.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy to a CouchDB: it may change the status of answers, say nothing, answer by itself, and counts sign-ins. */
export async function proxyTo(
  target: string,
  change: (status: number, path: string) => number,
  isMute: () => boolean = () => false,
  /** What it answers by itself, asking nobody. */
  own: (
    path: string,
    method: string,
  ) => { readonly status: number; readonly body: unknown } | undefined = () => undefined,
  /** What every request waits for. */
  held: (path: string) => Promise<void> = async () => undefined,
) {
  let sessions = 0;
  const proxy: Server = createServer(async (request, response) => {
    const path = request.url ?? '/';
    if (path === '/_session') sessions++;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    await held(path);
    const mine = own(path, request.method ?? 'GET');
    if (mine) {
      response.writeHead(mine.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(mine.body));
      return;
    }
    const { cookie = '', 'content-type': type = 'application/json' } = request.headers;
    const answer = await fetch(target + path, {
      method: request.method ?? 'GET',
      headers: { cookie, 'content-type': type, accept: 'application/json' },
      ...(chunks.length > 0 ? { body: new Uint8Array(Buffer.concat(chunks)) } : {}),
    });
    if (isMute()) return;
    const headers = { 'content-type': 'application/json', 'set-cookie': answer.headers.getSetCookie() };
    response.writeHead(change(answer.status, path), headers);
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const close = async (): Promise<void> => {
    proxy.closeAllConnections();
    proxy.close();
    await once(proxy, 'close');
  };
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    sessions: () => sessions,
    close,
  };
}
