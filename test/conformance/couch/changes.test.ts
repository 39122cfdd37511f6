// The changes feed: normal, longpoll, continuous, since, limit, and filters.
import { expect } from 'chai';
import { type Couch, type Json, startServer } from './server.ts';

describe('CouchDB conformance: changes', () => {
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
  const changes = async (query = '', body?: object) =>
    (await couch.send(body ? 'POST' : 'GET', `${db}/_changes?${query}`, body)).body;
  const ids = (feed: Json) => feed.results.map((change: Json) => change.id).sort();

  it('tells each document once, with its newest revision', async () => {
    const { rev } = await put('a');
    await put('b');
    const updated = await put('a', { _rev: rev });
    const feed = await changes();
    expect(ids(feed)).to.deep.equal(['a', 'b']);
    const change = feed.results.find((one: Json) => one.id === 'a');
    expect(change.changes).to.deep.equal([{ rev: updated.rev }]);
    expect(feed).to.include({ pending: 0 });
    expect(feed.last_seq).to.match(/^\d+-/);
    await couch.send('DELETE', `${db}/a?rev=${updated.rev}`);
    const after = await changes(`since=${feed.last_seq}`);
    expect(after.results).to.have.length(1);
    expect(after.results[0]).to.include({ id: 'a', deleted: true });
    expect((await changes('since=now')).results).to.deep.equal([]);
    expect((await changes(`since=${after.last_seq}`)).results).to.deep.equal([]);
  });

  it('pages by limit, with documents and every leaf when asked', async () => {
    await couch.send('POST', `${db}/_bulk_docs`, {
      new_edits: false,
      docs: [
        { _id: 'c', _rev: '1-aa' },
        { _id: 'c', _rev: '1-bb', n: 7 },
      ],
    });
    await put('d');
    const first = await changes('limit=1');
    const second = await changes(`limit=5&since=${first.last_seq}`);
    expect([...ids(first), ...ids(second)].sort()).to.deep.equal(['c', 'd']);
    const all = await changes('style=all_docs&include_docs=true');
    const conflicted = all.results.find((one: Json) => one.id === 'c');
    expect(conflicted.changes).to.deep.equal([{ rev: '1-bb' }, { rev: '1-aa' }]);
    expect(conflicted.doc.n).to.equal(7);
    expect((await changes('descending=true')).results).to.have.length(2);
  });

  it('filters by ids, selector, design documents and functions', async () => {
    await put('a', { kind: 'x' });
    await put('b', { kind: 'y' });
    await put('_design/d', {
      filters: { kind: 'function (doc, req) { return doc.kind === req.query.kind; }' },
      views: { y: { map: 'function (doc) { if (doc.kind === "y") emit(null); }' } },
    });
    expect(ids(await changes('filter=_doc_ids', { doc_ids: ['b', 'none'] }))).to.deep.equal(['b']);
    expect(ids(await changes('filter=_selector', { selector: { kind: 'x' } }))).to.deep.equal(['a']);
    expect(ids(await changes('filter=_design'))).to.deep.equal(['_design/d']);
    expect(ids(await changes('filter=d/kind&kind=y'))).to.deep.equal(['b']);
    expect(ids(await changes('filter=_view&view=d/y'))).to.deep.equal(['b']);
    expect((await couch.send('GET', `${db}/_changes?filter=d/none`)).status).to.equal(404);
    expect((await couch.send('POST', `${db}/_changes?filter=_selector`, {})).status).to.equal(400);
  });

  it('answers a longpoll at the next change, and at its timeout', async () => {
    await put('a');
    const { last_seq: since } = await changes();
    const waiting = couch.send('GET', `${db}/_changes?feed=longpoll&since=${since}&heartbeat=1000`);
    await put('b');
    expect(ids((await waiting).body)).to.deep.equal(['b']);
    const { body } = await couch.send('GET', `${db}/_changes?feed=longpoll&since=now&timeout=50`);
    expect(body.results).to.deep.equal([]);
    expect(body.last_seq).to.match(/^2-/);
    expect(ids(await changes('feed=longpoll'))).to.deep.equal(['a', 'b']);
  });

  it('streams changes as they come, with heartbeats', async () => {
    await put('a');
    const abort = new AbortController();
    const path = `${db}/_changes?feed=continuous&heartbeat=30&include_docs=true`;
    const response = await couch.open('GET', path, undefined, {}, abort.signal);
    const seen: Json[] = [];
    let [text, beats] = ['', 0];
    for await (const chunk of response.body!) {
      text += Buffer.from(chunk).toString('utf8');
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        if (line === '') beats += 1;
        else seen.push(JSON.parse(line));
      }
      if (seen.length === 1 && beats === 0) continue;
      if (seen.length === 1) await put('b', { n: 2 }).then(() => undefined);
      if (seen.length === 2) break;
    }
    abort.abort();
    expect(seen.map((change) => change.id)).to.deep.equal(['a', 'b']);
    expect(seen[1].doc.n).to.equal(2);
    expect(beats).to.be.greaterThan(0);
  });

  it('ends a continuous feed at its limit and at its timeout', async () => {
    await put('a');
    await put('b');
    for (const query of ['limit=1', 'timeout=50']) {
      const { text } = await couch.send('GET', `${db}/_changes?feed=continuous&${query}`);
      const lines = text.trim().split('\n');
      expect(lines).to.have.length(query === 'limit=1' ? 2 : 3);
      expect(JSON.parse(lines.at(-1)!).last_seq).to.be.a('string');
    }
  });

  it('refuses nonsense', async () => {
    for (const query of ['since=abc', 'feed=zz', 'feed=longpoll&heartbeat=x', 'filter=nothing'])
      expect((await couch.send('GET', `${db}/_changes?${query}`)).status).to.be.within(400, 404);
  });
});
