// Documents: revisions, conflicts, conditional reads, and many at a time.
import { expect } from 'chai';
import { type Couch, type Json, startServer } from './server.ts';

describe('CouchDB conformance: documents', () => {
  let couch: Couch;
  let db: string;
  before(async () => {
    couch = await startServer();
  });
  after(() => couch.stop());
  beforeEach(async () => {
    db = await couch.database();
  });

  const put = async (id: string, doc: object = {}) => (await couch.send('PUT', `${db}/${id}`, doc)).body;
  const bulk = (body: object) => couch.send('POST', `${db}/_bulk_docs`, body);

  it('creates, reads, updates and deletes', async () => {
    const created = await couch.send('PUT', `${db}/a%2Fb`, { n: 1 });
    expect(created.status).to.equal(201);
    expect(created.body.rev).to.match(/^1-[0-9a-f]{32}$/);
    expect(created.headers.get('etag')).to.equal(`"${created.body.rev}"`);
    const read = await couch.send('GET', `${db}/a%2Fb`);
    expect(read.body).to.deep.equal({ _id: 'a/b', _rev: created.body.rev, n: 1 });
    expect(Object.keys(read.body)).to.deep.equal(['_id', '_rev', 'n']);
    const updated = await put('a%2Fb', { _rev: created.body.rev, n: 2 });
    expect(updated.rev).to.match(/^2-/);
    const old = await couch.send('GET', `${db}/a%2Fb?rev=${created.body.rev}`);
    expect(old.body.n).to.equal(1);
    const gone = await couch.send('DELETE', `${db}/a%2Fb?rev=${updated.rev}`);
    expect([gone.status, gone.body.rev[0]]).to.deep.equal([200, '3']);
    const missing = await couch.send('GET', `${db}/a%2Fb`);
    expect([missing.status, missing.body]).to.deep.equal([404, { error: 'not_found', reason: 'deleted' }]);
    expect((await couch.send('GET', `${db}/a%2Fb?rev=${gone.body.rev}`)).body._deleted).to.equal(true);
    expect((await put('a%2Fb', { n: 3 })).rev).to.match(/^4-/);
    expect((await couch.send('GET', db)).body.doc_count).to.equal(1);
  });

  it('posts with a new id, and writes in batch mode with 202', async () => {
    const { status, body } = await couch.send('POST', db, { n: 1 });
    expect([status, body.id.length]).to.deep.equal([201, 32]);
    const batch = await couch.send('PUT', `${db}/later?batch=ok&w=1`, {});
    expect([batch.status, batch.body]).to.deep.equal([202, { ok: true, id: 'later' }]);
    expect((await couch.send('POST', db, '{}')).status).to.equal(415);
  });

  it('refuses an update of an old revision', async () => {
    const { rev } = await put('x');
    await put('x', { _rev: rev });
    const conflict = { error: 'conflict', reason: 'Document update conflict.' };
    for (const answer of [
      await couch.send('PUT', `${db}/x`, { n: 1 }),
      await couch.send('PUT', `${db}/x`, { _rev: rev, n: 1 }),
      await couch.send('PUT', `${db}/x?rev=${rev}`, { n: 1 }),
      await couch.send('PUT', `${db}/x`, { n: 1 }, { 'if-match': rev }),
      await couch.send('DELETE', `${db}/x?rev=${rev}`),
      await couch.send('DELETE', `${db}/x`),
    ])
      expect([answer.status, answer.body]).to.deep.equal([409, conflict]);
    expect((await couch.send('DELETE', `${db}/none`)).status).to.equal(404);
  });

  it('answers HEAD and If-None-Match by the revision', async () => {
    const { rev } = await put('x', { n: 1 });
    const head = await couch.send('HEAD', `${db}/x`);
    expect([head.status, head.text, head.headers.get('etag')]).to.deep.equal([200, '', `"${rev}"`]);
    expect(Number(head.headers.get('content-length'))).to.be.greaterThan(20);
    const same = await couch.send('GET', `${db}/x`, undefined, { 'if-none-match': `"${rev}"` });
    expect([same.status, same.text]).to.deep.equal([304, '']);
    expect((await couch.send('HEAD', `${db}/none`)).status).to.equal(404);
  });

  it('copies', async () => {
    const { rev } = await put('x', { n: 1 });
    const copied = await couch.send('COPY', `${db}/x`, undefined, { destination: 'y' });
    expect(copied.status).to.equal(201);
    expect((await couch.send('GET', `${db}/y`)).body.n).to.equal(1);
    expect((await couch.send('COPY', `${db}/x`, undefined, { destination: 'y' })).status).to.equal(409);
    const over = await couch.send('COPY', `${db}/x?rev=${rev}`, undefined, {
      destination: `y?rev=${copied.body.rev}`,
    });
    expect(over.body.rev).to.match(/^2-/);
    expect((await couch.send('COPY', `${db}/x`)).status).to.equal(400);
  });

  it('keeps conflicts, tells them, and gives open revisions', async () => {
    const docs = [
      { _id: 'c', _rev: '1-aa', v: 1 },
      { _id: 'c', _rev: '1-bb', v: 2 },
      { _id: 'd', _rev: '3-cc', _revisions: { start: 3, ids: ['cc', 'bb', 'aa'] } },
    ];
    const written = await bulk({ docs, new_edits: false });
    expect([written.status, written.body]).to.deep.equal([201, []]);
    const read = await couch.send('GET', `${db}/c?conflicts=true`);
    expect(read.body).to.deep.equal({ _id: 'c', _rev: '1-bb', v: 2, _conflicts: ['1-aa'] });
    const json = { accept: 'application/json' };
    const all = await couch.send('GET', `${db}/c?open_revs=all`, undefined, json);
    expect(all.body.map((one: Json) => one.ok.v).sort()).to.deep.equal([1, 2]);
    const some = await couch.send('GET', `${db}/c?open_revs=["1-aa","9-zz"]`, undefined, json);
    expect(some.body[0].ok.v).to.equal(1);
    expect(some.body[1]).to.deep.equal({ missing: '9-zz' });
    const mixed = await couch.send('GET', `${db}/c?open_revs=all`);
    expect(mixed.headers.get('content-type')).to.match(/^multipart\/mixed; boundary=/);
    const history = await couch.send('GET', `${db}/d?revs=true&revs_info=true`);
    expect(history.body._revisions).to.deep.equal({ start: 3, ids: ['cc', 'bb', 'aa'] });
    expect(history.body._revs_info[0]).to.deep.equal({ rev: '3-cc', status: 'available' });
    expect(history.body._revs_info[2]).to.deep.equal({ rev: '1-aa', status: 'missing' });
  });

  it('writes many at once, each with its own result', async () => {
    await put('known');
    const { status, body } = await bulk({ docs: [{ _id: 'known' }, { _id: 'new', n: 1 }, { n: 2 }] });
    expect(status).to.equal(201);
    expect(body[0]).to.deep.equal({
      id: 'known',
      error: 'conflict',
      reason: 'Document update conflict.',
    });
    expect(body[1]).to.include({ ok: true, id: 'new' });
    expect(body[2].id).to.have.length(32);
    const deleted = await bulk({ docs: [{ _id: 'new', _rev: body[1].rev, _deleted: true }] });
    expect(deleted.body[0].rev).to.match(/^2-/);
    const got = await couch.send('POST', `${db}/_bulk_get`, {
      docs: [{ id: 'known' }, { id: 'none' }, { id: 'known', rev: '1-abc' }],
    });
    expect(got.body.results[0].docs[0].ok._id).to.equal('known');
    expect(got.body.results[1].docs[0].error).to.include({ error: 'not_found', reason: 'missing' });
    expect(got.body.results[2].docs[0].error).to.include({ rev: '1-abc' });
  });

  it('tells which revisions are missing', async () => {
    await bulk({ new_edits: false, docs: [{ _id: 'c', _rev: '1-aa' }] });
    const asked = { c: ['1-aa', '2-bb'], none: ['1-00'] };
    const diff = await couch.send('POST', `${db}/_revs_diff`, asked);
    expect(diff.body).to.deep.equal({
      c: { missing: ['2-bb'], possible_ancestors: ['1-aa'] },
      none: { missing: ['1-00'] },
    });
    const missing = await couch.send('POST', `${db}/_missing_revs`, asked);
    expect(missing.body.missing_revs.c).to.deep.equal(['2-bb']);
  });

  it('keeps local documents out of listings and changes', async () => {
    expect((await put('_local/check', { seq: 1 })).rev).to.equal('0-1');
    expect((await couch.send('GET', `${db}/_local/check`)).body).to.include({ _id: '_local/check', seq: 1 });
    expect((await couch.send('GET', `${db}/_all_docs`)).body.rows).to.deep.equal([]);
    expect((await couch.send('GET', `${db}/_changes`)).body.results).to.deep.equal([]);
    expect((await couch.send('GET', `${db}/_local_docs`)).body.rows[0].id).to.equal('_local/check');
    expect((await couch.send('DELETE', `${db}/_local/check?rev=0-1`)).status).to.equal(200);
    expect((await couch.send('GET', `${db}/_local/check`)).status).to.equal(404);
  });

  it('lists all documents by range, keys and page', async () => {
    await bulk({ docs: ['a', 'b', 'c', 'd', 'B'].map((_id) => ({ _id, n: _id })) });
    const ids = async (query: string) => {
      const { body } = await couch.send('GET', `${db}/_all_docs?${query}`);
      return body.rows.map((row: Json) => row.id ?? row.error).join('');
    };
    expect(await ids('')).to.equal('Babcd');
    expect(await ids('startkey="b"')).to.equal('bcd');
    expect(await ids('start_key="b"&end_key="c"')).to.equal('bc');
    expect(await ids('startkey="b"&endkey="d"&inclusive_end=false')).to.equal('bc');
    expect(await ids('descending=true&startkey="c"&limit=2')).to.equal('cb');
    expect(await ids('skip=1&limit=2')).to.equal('ab');
    expect(await ids('key="c"')).to.equal('c');
    expect(await ids('keys=["d","none","a"]')).to.equal('dnot_founda');
    const posted = await couch.send('POST', `${db}/_all_docs?include_docs=true`, { keys: ['b'] });
    expect(posted.body.rows[0].doc.n).to.equal('b');
    expect((await couch.send('GET', `${db}/_all_docs`)).body.total_rows).to.equal(5);
    expect((await couch.send('POST', `${db}/_all_docs`, { keys: 1 })).status).to.equal(400);
  });
});
