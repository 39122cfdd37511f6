// Joining a cluster, against servers that answer as CouchDB nodes do.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { AppError } from '../../core/errors/index.ts';
import { joinCluster, namesOf } from './join.ts';

describe('joining CouchDB nodes', () => {
  const servers: Server[] = [];
  let members: string[];
  let databases: Set<string>;
  let asked: string[];
  /** A node that knows what it was told, and the others once they are told. */
  const node = async (): Promise<string> => {
    const server = createServer((request, response) => {
      const path = request.url ?? '';
      asked.push(`${request.method} ${path}`);
      const answer = (status: number, body: object): void => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      };
      if (request.headers.authorization !== `Basic ${btoa('admin:secret')}`)
        return answer(path === '/_up' ? 200 : 401, {});
      const member = /^\/_node\/_local\/_nodes\/(.+)$/.exec(path)?.[1];
      if (path === '/_up') return answer(200, {});
      if (path === '/_membership') return answer(200, { all_nodes: members, cluster_nodes: members });
      const [known, name] = member ? [members.includes(member), member] : [databases.has(path), path];
      if (known) return answer(member ? 409 : 412, {});
      if (member) members.push(name);
      else databases.add(name);
      return answer(201, {});
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  beforeEach(() => {
    members = [];
    databases = new Set();
    asked = [];
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
  });

  const names = ['couchdb@a', 'couchdb@b'];
  const join = async (urls: readonly string[], more: { password?: string; patience?: number } = {}) =>
    joinCluster({ urls, names, user: 'admin', password: 'secret', ...more }).catch(
      (error: AppError) => error,
    );

  it('tells the first of all, and makes the system databases', async () => {
    expect(await join([await node(), await node()])).to.equal(undefined);
    expect(members).to.deep.equal(names);
    expect([...databases]).to.deep.equal(['/_users', '/_replicator']);
  });

  it('changes nothing when it is done again', async () => {
    const urls = [await node(), await node()];
    await join(urls);
    expect(await join(urls)).to.equal(undefined);
    expect(members).to.deep.equal(names);
  });

  it('says which node does not answer, and that a password is wrong', async () => {
    expect(await join([await node(), 'http://127.0.0.1:1'], { patience: 0 })).to.include({
      code: 'datastore_unreachable',
    });
    const refused = await join([await node()], { password: 'guess' });
    expect(refused).to.include({ code: 'datastore_fault' });
    expect(refused?.message).to.include('store.password');
  });

  it('knows the names that the image gives', () => {
    expect(namesOf(['http://couch1:5984', 'http://10.0.0.2:5984'])).to.deep.equal([
      'couchdb@couch1',
      'couchdb@10.0.0.2',
    ]);
  });
});
