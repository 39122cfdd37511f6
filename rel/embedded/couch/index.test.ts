// What only the embedded server can be asked: restart, stop, the pool of open databases, and its own port.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Databases } from './databases.ts';
import { type RunningCouch, startCouch } from './index.ts';

const authorization = `Basic ${Buffer.from('admin:pw').toString('base64')}`;

describe('embedded CouchDB', () => {
  let dataDir: string;
  let couch: RunningCouch | undefined;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'mirliton-couch-'));
  });
  afterEach(async () => {
    await couch?.stop();
    couch = undefined;
    await rm(dataDir, { recursive: true, force: true });
  });

  const start = async () => {
    couch = await startCouch({ host: '127.0.0.1', port: 0, dataDir, user: 'admin', password: 'pw' });
    return couch;
  };
  const send = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${couch?.url}${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: an answer of any shape is what these tests examine.
    return { status: response.status, body: (await response.json()) as any };
  };

  it('keeps databases, documents, settings and view indexes over a restart', async () => {
    await start();
    const db = '/account%2Fab%2Fcd%2Fef';
    await send('PUT', db);
    await send('PUT', `${db}/_design/d`, { views: { v: { map: 'function (doc) { emit(doc.n, 1); }' } } });
    await send('PUT', `${db}/a`, { n: 7 });
    await send('PUT', `${db}/_security`, { members: { names: ['x'] } });
    expect((await send('GET', `${db}/_design/d/_view/v`)).body.rows[0].key).to.equal(7);
    await couch?.stop();
    await start();
    expect((await send('GET', '/_all_dbs')).body).to.include('account/ab/cd/ef');
    expect((await send('GET', `${db}/a`)).body.n).to.equal(7);
    expect((await send('GET', `${db}/_security`)).body.members.names).to.deep.equal(['x']);
    // Without an update there are rows only if the index itself was kept.
    expect((await send('GET', `${db}/_design/d/_view/v?update=false`)).body.rows).to.have.length(1);
  });

  it('ends feeds and continuous replications when it stops', async () => {
    await start();
    await send('PUT', '/a');
    await send('PUT', '/b');
    await send('POST', '/_replicate', { source: 'a', target: 'b', continuous: true });
    const feed = await fetch(`${couch?.url}/a/_changes?feed=continuous&heartbeat=1000`, {
      headers: { authorization },
    });
    const text = feed.text();
    await couch?.stop();
    couch = undefined;
    expect(await text).to.match(/last_seq/);
  });

  it('ends a waiting feed when its database is deleted', async () => {
    await start();
    await send('PUT', '/a');
    const feed = await fetch(`${couch?.url}/a/_changes?feed=longpoll&since=now`, {
      headers: { authorization },
    });
    await send('DELETE', '/a');
    expect(await feed.text()).to.match(/"results":\[/);
  });

  it('survives creations, writes and deletions of one name all at once', async () => {
    await start();
    const round = async (n: number) => [
      (await send('PUT', '/same')).status,
      (await send('PUT', `/same/doc-${n}`, {})).status,
      (await send('DELETE', '/same')).status,
    ];
    const statuses = (await Promise.all(Array.from({ length: 20 }, (_, n) => round(n)))).flat();
    for (const status of statuses) expect(status).to.be.oneOf([200, 201, 404, 412]);
    await send('PUT', '/same');
    expect((await send('GET', '/same/_all_docs')).status).to.equal(200);
  });

  it('rejects when its port is taken, and leaves nothing open', async () => {
    const { port } = await start();
    const other = await mkdtemp(join(tmpdir(), 'mirliton-couch-'));
    const options = { host: '127.0.0.1', port, dataDir: other, user: 'admin', password: 'pw' };
    const error = await startCouch(options).catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'EADDRINUSE' });
    await rm(other, { recursive: true });
  });

  it('opens databases when they are used and closes the eldest when they are many', async () => {
    const databases = await Databases.load(dataDir);
    const names = Array.from({ length: 40 }, (_, n) => `db/${n}`);
    for (const name of names) await databases.create(name);
    expect(databases.openCount).to.equal(0);
    for (const name of names) await databases.use(name, ({ pouch }) => pouch.put({ _id: 'x', name }));
    expect(databases.openCount).to.be.within(1, 32);
    for (const name of names) {
      const doc = await databases.use(name, ({ pouch }) => pouch.get('x'));
      expect(doc['name']).to.equal(name);
    }
    await databases.close();
    expect(databases.openCount).to.equal(0);
  });
});
