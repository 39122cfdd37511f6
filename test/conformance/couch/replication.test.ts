// Replication in both directions with a peer: MIRLITON_COUCH_PEER_URL, else a second embedded server.
import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { type Couch, type Json, startServer } from './server.ts';

const BINARY = { 'content-type': 'application/octet-stream' };

describe('CouchDB conformance: replication', function () {
  this.timeout(60_000);
  let here: Couch;
  let there: Couch;
  before(async () => {
    here = await startServer();
    there = await startServer('peer');
  });
  after(async () => {
    await here.stop();
    await there.stop();
  });

  const data = new Uint8Array(randomBytes(200_000));

  async function fill(couch: Couch, db: string): Promise<void> {
    const docs = Array.from({ length: 250 }, (_, n) => ({ _id: `doc-${n}`, n }));
    await couch.send('POST', `${db}/_bulk_docs`, { docs });
    const conflict = [
      { _id: 'c', _rev: '1-aa', v: 1 },
      { _id: 'c', _rev: '1-bb', v: 2 },
    ];
    await couch.send('POST', `${db}/_bulk_docs`, { docs: conflict, new_edits: false });
    const text = await couch.send('PUT', `${db}/att/t.txt`, 'text '.repeat(1000), {
      'content-type': 'text/plain',
    });
    await couch.send('PUT', `${db}/att/b.bin?rev=${text.body.rev}`, data, BINARY);
    const { body } = await couch.send('PUT', `${db}/gone`, {});
    await couch.send('DELETE', `${db}/gone?rev=${body.rev}`);
    await couch.send('PUT', `${db}/_design/d`, { views: { v: { map: 'function (doc) { emit(doc.n); }' } } });
  }

  async function expectSame(source: Couch, from: string, target: Couch, to: string): Promise<void> {
    const query = '_all_docs?include_docs=true&conflicts=true';
    const left = (await source.send('GET', `${from}/${query}`)).body.rows;
    const right = (await target.send('GET', `${to}/${query}`)).body.rows;
    const strip = (rows: Json) =>
      rows.map(({ doc }: Json) => ({ ...doc, _attachments: Object.keys(doc._attachments ?? {}).sort() }));
    expect(strip(right)).to.deep.equal(strip(left));
    const response = await target.open('GET', `${to}/att/b.bin`);
    expect(Buffer.from(await response.arrayBuffer()).equals(data)).to.equal(true);
    expect((await target.send('GET', `${to}/att/t.txt`)).text).to.equal('text '.repeat(1000));
    expect((await target.send('GET', `${to}/gone`)).body.reason).to.equal('deleted');
  }

  const replicate = (by: Couch, source: string, target: string, more: object = {}) =>
    by.send('POST', '/_replicate', { source, target, ...more });

  const ways: [string, () => [Couch, Couch, Couch]][] = [
    ['pulled by this server', () => [here, there, here]],
    ['pushed by this server', () => [here, here, there]],
    ['pulled by the peer', () => [there, here, there]],
    ['pushed by the peer', () => [there, there, here]],
  ];
  for (const [way, ends] of ways) {
    it(`carries documents, conflicts, deletions and attachments, ${way}; then only what is new`, async () => {
      const [by, source, target] = ends();
      const [from, to] = [await source.database(), target.name()];
      await fill(source, from);
      const first = await replicate(by, source.fullUrl + from, target.fullUrl + to, { create_target: true });
      expect(first.status, first.text).to.equal(200);
      expect(first.body.history[0]).to.include({ docs_written: 255, doc_write_failures: 0 });
      await expectSame(source, from, target, to);
      await source.send('PUT', `${from}/more`, {});
      const second = await replicate(by, source.fullUrl + from, target.fullUrl + to);
      // The counters go on from the checkpoint: 255 of the first run, and the one new document.
      expect(second.body.history[0]).to.include({ docs_written: 256, missing_found: 256 });
      expect((await target.send('GET', `${to}/more`)).status).to.equal(200);
    });
  }

  it('keeps a continuous replication going until it is cancelled', async () => {
    const [from, to] = [await here.database(), await there.database()];
    const ends = [here.fullUrl + from, there.fullUrl + to] as const;
    const started = await replicate(here, ...ends, { continuous: true });
    expect([started.status, started.body.ok]).to.deep.equal([202, true]);
    const arrival = there.send('GET', `${to}/_changes?feed=longpoll&heartbeat=1000&since=now`);
    await here.send('PUT', `${from}/live`, { n: 1 });
    expect((await arrival).body.results[0].id).to.equal('live');
    const cancelled = await replicate(here, ...ends, { continuous: true, cancel: true });
    expect([cancelled.status, cancelled.body.ok]).to.deep.equal([200, true]);
    const again = await replicate(here, ...ends, { continuous: true, cancel: true });
    expect(again.status).to.equal(404);
  });

  it('runs what a _replicator document asks for, and records its end', async () => {
    const [from, to] = [await here.database(), await there.database()];
    await here.send('PUT', `${from}/doc`, { n: 1 });
    const path = `/_replicator/test-${crypto.randomUUID()}`;
    const since = (await there.send('GET', `${to}/_changes`)).body.last_seq;
    const asked = { source: here.fullUrl + from, target: there.fullUrl + to };
    const watched = (await here.send('GET', '/_replicator/_changes')).body.last_seq;
    expect((await here.send('PUT', path, asked)).status).to.equal(201);
    const { body } = await there.send('GET', `${to}/_changes?feed=longpoll&heartbeat=1000&since=${since}`);
    expect(body.results[0].id).to.equal('doc');
    let [seq, doc]: [string, Json] = [watched, {}];
    while (doc._replication_state !== 'completed') {
      const query = `feed=longpoll&heartbeat=1000&since=${seq}&filter=_doc_ids`;
      const doc_ids = [decodeURIComponent(path.slice('/_replicator/'.length))];
      seq = (await here.send('POST', `/_replicator/_changes?${query}`, { doc_ids })).body.last_seq;
      doc = (await here.send('GET', path)).body;
    }
    await here.send('DELETE', `${path}?rev=${doc._rev}`);
  });

  it('carries only the documents that are asked for', async () => {
    const [from, to] = [await here.database(), await there.database()];
    await here.send('POST', `${from}/_bulk_docs`, {
      docs: [
        { _id: 'a', k: 1 },
        { _id: 'b', k: 2 },
      ],
    });
    const ends = [here.fullUrl + from, there.fullUrl + to] as const;
    await replicate(here, ...ends, { doc_ids: ['a'] });
    const ids = async () =>
      (await there.send('GET', `${to}/_all_docs`)).body.rows.map((row: Json) => row.id).join('');
    expect(await ids()).to.equal('a');
    await replicate(here, ...ends, { selector: { k: 2 } });
    expect(await ids()).to.equal('ab');
  });

  it('says when an end is missing', async () => {
    const from = await here.database();
    const { status, body } = await replicate(here, here.fullUrl + from, there.fullUrl + there.name());
    expect([status, body.error]).to.deep.equal([500, 'db_not_found']);
    expect((await replicate(here, '', '')).status).to.be.within(400, 500);
  });
});
