// What the store does when nodes of its cluster are away, lag behind, or make a database at the same time.
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { proxyTo } from '../testing/couch-proxy.ts';
import { codeOf, couchStores } from '../testing/couch-stores.ts';
import { silentLog } from '../testing/index.ts';
import { Cluster } from './cluster.ts';

describe('a cluster of CouchDB nodes', () => {
  const couch = couchStores();
  const { account, open } = couch;

  it('goes to another node when one is gone, and says when all are', async () => {
    const gone = await proxyTo(couch.server.url, (status) => status);
    const closed = gone.url;
    await gone.close();
    const store = open({ urls: [closed, couch.server.url, closed] });
    for (let round = 0; round < 4; round++) await store.database(account).save({ _id: `failover-${round}` });
    expect(store.status().connected).to.equal(true);
    const alone = open({ urls: [closed] });
    expect(await codeOf(alone.database(account).get('x'))).to.equal('datastore_unreachable');
    expect(alone.status()).to.include({ connected: false });
    const wrong = open({ password: 'wrong' });
    expect(await codeOf(wrong.database(account).get('x'))).to.equal('datastore_fault');
  });

  it('leaves out a node that has stopped answering, and writes once though it was asked twice', async () => {
    // It takes the write to the database and says nothing of it, as a process that is stopped at that moment.
    const mute = await proxyTo(
      couch.server.url,
      (status) => status,
      () => stopped,
    );
    let stopped = false;
    const log = silentLog();
    const store = open({ urls: [mute.url, couch.server.url], log });
    const database = store.database(account);
    const saved = await Promise.all([0, 1].map((n) => database.save({ _id: `mute-${n}`, n })));
    stopped = true;
    const written = await Promise.all(saved.map((document) => database.save({ ...document, changed: true })));
    for (const document of written) expect(document._rev).to.match(/^2-/);
    expect(log.at('warn')).to.deep.equal(['CouchDB does not answer']);
    // Left out now: nobody waits for it.
    for (const n of [0, 1, 2, 3]) await database.save({ _id: `mute-later-${n}` });
    stopped = false;
    while (!log.at('info').includes('CouchDB answers again')) await wait(20);
    await mute.close();
  });

  it('waits for a write that may not be given to another node, when the node says nothing for a while', async () => {
    let stopped = false;
    // What comes while it is stopped is answered afterwards, as by a process that goes on.
    const slow = await proxyTo(
      couch.server.url,
      (status) => status,
      () => false,
      undefined,
      async () => {
        while (stopped) await wait(20);
      },
    );
    const store = open({ urls: [slow.url] });
    await store.database(account).find('nobody');
    stopped = true;
    const saving = store.database(account).saveAll([{ _id: 'slow' }]);
    await wait(3_000);
    stopped = false;
    expect(await saving).to.have.nested.property('[0]._rev');
    await slow.close();
  });

  it('takes no node for gone that works on a view for long, and makes nobody wait for it on each of them', async () => {
    let asked = 0;
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const building = await proxyTo(
      couch.server.url,
      (status) => status,
      () => false,
      undefined,
      async (path) => {
        if (!path.includes('/_view/')) return;
        asked += 1;
        await finished;
      },
    );
    const log = silentLog();
    const { user, password } = couch.server;
    const cluster = new Cluster({ urls: [building.url, building.url], user, password, log });
    const path = `${encodeURIComponent(account)}/_design/users/_view/list_by_id`;
    const asking = cluster.json({ method: 'GET', path, deadline: 200 });
    expect(await codeOf(asking)).to.equal('datastore_unreachable');
    expect([asked, log.at('warn'), cluster.fault]).to.deep.equal([1, [], undefined]);
    finish();
    expect((await cluster.json({ method: 'GET', path: '_up' })).status).to.equal(200);
    cluster.close();
    await building.close();
  });

  it('leaves out a node that is back until it has found the others, and is not sure of its views then', async () => {
    let [stopped, found] = [false, false];
    const asked: string[] = [];
    const nodes = ['a', 'b', 'c'];
    const lonely = await proxyTo(
      couch.server.url,
      (status) => status,
      () => stopped,
      (path) => {
        if (!path.startsWith('/_')) asked.push(path);
        if (path.startsWith('/_node/')) return { status: 200, body: { internal_replication_jobs: 1 } };
        if (path !== '/_membership') return undefined;
        return { status: 200, body: { all_nodes: found ? nodes : ['a'], cluster_nodes: nodes } };
      },
    );
    const log = silentLog();
    const store = open({ urls: [lonely.url, couch.server.url], log });
    const database = store.database(account);
    const twice = (n: number) => Promise.all([0, 1].map(() => database.find(`nobody-${n}`, { fresh: true })));
    await twice(0);
    stopped = true;
    await twice(0);
    expect(log.at('warn')).to.deep.equal(['CouchDB does not answer']);
    stopped = false;
    asked.length = 0;
    const back = () => log.at('info').includes('CouchDB answers again');
    for (let n = 1; n <= 6; n++) {
      await twice(n);
      await wait(200);
    }
    expect([asked, back()]).to.deep.equal([[], false]);
    found = true;
    while (!back()) await wait(20);
    await twice(7);
    expect(asked).to.have.lengthOf(1);
    asked.length = 0;
    const missing = { key: 'nobody', limit: 1, sure: true };
    expect(await database.view('callflows', 'listing_by_number', missing)).to.deep.equal([]);
    // Three looks, in turn.
    expect(asked.length).to.be.within(1, 2);
    await lonely.close();
  });

  it('leaves out a node that has lost the others, and believes nothing that it has read', async () => {
    let cut = false;
    const asked: string[] = [];
    const lonely = await proxyTo(
      couch.server.url,
      // Nobody else confirms a write.
      (status) => (cut && status === 201 ? 202 : status),
      () => false,
      (path) => {
        if (!path.startsWith('/_')) asked.push(path);
        if (!cut || path !== '/_membership') return undefined;
        return { status: 200, body: { all_nodes: ['a'], cluster_nodes: ['a', 'b', 'c'] } };
      },
    );
    const log = silentLog();
    const store = open({ urls: [lonely.url, couch.server.url], log });
    const database = store.database(account);
    await database.save({ _id: 'read-before' });
    await database.get('read-before');
    expect(database.held('read-before')).to.not.equal(undefined);
    cut = true;
    await Promise.all([0, 1].map((n) => database.save({ _id: `cut-${n}` })));
    while (!log.at('warn').includes('CouchDB has lost the other nodes')) await wait(20);
    expect(database.held('read-before')).to.equal(undefined);
    asked.length = 0;
    for (const n of [0, 1, 2, 3]) await database.save({ _id: `cut-later-${n}` });
    expect(asked).to.deep.equal([]);
    cut = false;
    while (!log.at('info').includes('CouchDB answers again')) await wait(20);
    await lonely.close();
  });

  it('asks another node for rows by keys when one breaks off, though that is a POST', async () => {
    let broken = false;
    const dying = await proxyTo(
      couch.server.url,
      (status) => status,
      () => {
        if (broken) void dying.close();
        return broken;
      },
    );
    const store = open({ urls: [dying.url, couch.server.url] });
    const database = store.database(account);
    const look = () => database.all({ keys: ['keyed'] });
    await database.save({ _id: 'keyed' });
    await Promise.all([look(), look()]);
    broken = true;
    for (const rows of await Promise.all([look(), look()])) expect(rows).to.have.lengthOf(1);
  });

  it('believes no single node that a database is missing, and has all databases made by the first', async () => {
    const made: string[] = [];
    const lagging = await proxyTo(
      couch.server.url,
      (status) => status,
      () => false,
      (path, method) => {
        if (path.startsWith('/_')) return undefined;
        if (method === 'PUT' && !path.includes('/', 1)) made.push(path);
        return { status: 404, body: { error: 'not_found', reason: 'Database does not exist.' } };
      },
    );
    const store = open({ urls: [couch.server.url, lagging.url] });
    const fresh = randomBytes(16).toString('hex');
    const database = await store.ensure(fresh, 'account');
    for (const n of [0, 1, 2, 3]) await database.save({ _id: `there-${n}` });
    for (const n of [0, 1, 2, 3])
      expect(await database.find(`there-${n}`, { fresh: true })).to.include({ _id: `there-${n}` });
    for (const name of ['accounts', 'webhooks', 'faxes'] as const) await store.ensure(name, name);
    expect(made).to.deep.equal([]);
    const nowhere = randomBytes(16).toString('hex');
    expect(await codeOf(store.database(nowhere).save({ _id: 'x' }))).to.equal('datastore_missing');
    await store.drop(fresh);
    await lagging.close();
  });

  it('takes a database that another one makes at the same time for made, once it is there', async () => {
    const name = randomBytes(16).toString('hex');
    let looks = 0;
    const busy = await proxyTo(
      couch.server.url,
      (status) => status,
      () => false,
      (path, method) => {
        if (path.startsWith('/_') || path.includes('/', 1)) return undefined;
        // As CouchDB 3.4 answers while nodes tell each other of it.
        if (method === 'PUT') return { status: 500, body: { error: 'error', reason: 'conflict' } };
        looks += 1;
        if (looks === 3) void open().ensure(name, 'account');
        return looks < 3
          ? { status: 404, body: { error: 'not_found', reason: 'Database does not exist.' } }
          : undefined;
      },
    );
    const store = open({ urls: [busy.url] });
    const database = await store.ensure(name, 'account');
    await database.save({ _id: 'there' });
    expect(looks).to.be.at.least(3);
    await store.drop(name);
    await busy.close();
  });

  it('looks again where it must be sure, when a node of the cluster has not what was just written', async () => {
    let late = 0;
    const proxy = await proxyTo(
      couch.server.url,
      (status) => status,
      () => false,
      (path) => {
        if (!path.includes('/_view/') || late === 0) return undefined;
        late -= 1;
        return { status: 200, body: { total_rows: 0, offset: 0, rows: [] } };
      },
    );
    const store = open({ urls: [proxy.url] });
    const database = store.database(account);
    const look = (key: string, sure: boolean) =>
      database.view('callflows', 'listing_by_number', { key, limit: 1, sure });
    await database.save({ _id: 'just-made', pvt_type: 'callflow', numbers: ['77', '78'] });
    late = 2;
    expect(await look('77', true)).to.have.lengthOf(1);
    late = 1;
    expect(await look('78', false)).to.have.lengthOf(0);
    await proxy.close();
  });
});
