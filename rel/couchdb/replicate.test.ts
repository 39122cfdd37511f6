// Replication to another zone, against a server that keeps documents as CouchDB does.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { replicateAll } from './replicate.ts';

describe('replicating to another zone', () => {
  let server: Server;
  let url: string;
  let documents: Map<
    string,
    { source: { url: string }; target: { url: string; auth: object }; continuous: boolean }
  >;
  beforeEach(async () => {
    documents = new Map();
    server = createServer(async (request, response) => {
      const path = decodeURIComponent(request.url ?? '');
      const send = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
      if (request.headers.authorization !== `Basic ${btoa('admin:secret')}`) return send(401, {});
      if (path === '/_all_dbs') return send(200, ['_replicator', '_users', 'account/ab/cd/ef', 'accounts']);
      const body = await text(request);
      if (documents.has(path)) return send(409, {});
      documents.set(path, JSON.parse(body));
      return send(201, {});
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => server.close().closeAllConnections());

  const replicate = (password = 'secret') =>
    replicateAll({ source: url, user: 'admin', password, target: 'http://u%40b:p@west:5984', zone: 'west' });

  it('makes a document for each database, and none for those of CouchDB itself', async () => {
    expect(await replicate()).to.deep.equal(['account/ab/cd/ef', 'accounts']);
    expect(documents.get('/_replicator/to west account/ab/cd/ef')).to.deep.include({
      target: {
        url: 'http://west:5984/account%2Fab%2Fcd%2Fef',
        auth: { basic: { username: 'u@b', password: 'p' } },
      },
      continuous: true,
      create_target: true,
    });
  });

  it('adds what has come since, and leaves the rest alone', async () => {
    await replicate();
    documents.delete('/_replicator/to west accounts');
    expect(await replicate()).to.deep.equal(['accounts']);
  });

  it('says that a password is wrong', async () => {
    const error = await replicate('guess').catch((it: Error) => it);
    expect(error).to.include({ code: 'datastore_fault' });
    expect((error as Error).message).to.include('store.password');
  });
});
