// Views: map and reduce, CouchDB's key order, ranges, groups, pages, and update after a write.
import { expect } from 'chai';
import { type Couch, type Json, startServer } from './server.ts';

const DESIGN = {
  views: {
    sum: { map: 'function (doc) { if (doc.kind) emit([doc.kind, doc.n], doc.n); }', reduce: '_sum' },
    count: { map: 'function (doc) { if (doc.kind) emit(doc.kind, 1); }', reduce: '_count' },
    stats: { map: 'function (doc) { if (doc.kind) emit(doc.kind, doc.n); }', reduce: '_stats' },
    custom: {
      map: 'function (doc) { if (doc.kind) emit(doc.kind, doc.n); }',
      reduce: 'function (keys, values, rereduce) { return Math.max.apply(null, values); }',
    },
    keys: { map: 'function (doc) { (doc.keys || []).forEach(function (key, i) { emit(key, i); }); }' },
    linked: { map: 'function (doc) { if (doc.kind) emit(doc.n, { _id: "linked" }); }' },
    throwing: { map: 'function (doc) { if (doc.n === 2) throw new Error("no"); emit(doc._id); }' },
    empty: { map: 'function (doc) {}', reduce: '_sum' },
  },
};

describe('CouchDB conformance: views', () => {
  let couch: Couch;
  let db: string;
  before(async () => {
    couch = await startServer();
    db = await couch.database();
    await couch.send('PUT', `${db}/_design/d`, DESIGN);
    const docs = [1, 2, 3, 4, 5].map((n) => ({ _id: `d${n}`, kind: n % 2 ? 'odd' : 'even', n }));
    await couch.send('POST', `${db}/_bulk_docs`, { docs: [...docs, { _id: 'linked', name: 'target' }] });
  });
  after(() => couch.stop());

  const view = async (query: string, body?: object) => {
    const answer = await couch.send(body ? 'POST' : 'GET', `${db}/_design/d/_view/${query}`, body);
    return { status: answer.status, ...answer.body };
  };
  const values = (answer: Json) => answer.rows.map((row: Json) => row.value);

  it('lists rows in order, with their total', async () => {
    const answer = await view('sum?reduce=false');
    expect(answer.total_rows).to.equal(5);
    expect(answer.rows[0]).to.deep.equal({ id: 'd2', key: ['even', 2], value: 2 });
    expect(values(answer)).to.deep.equal([2, 4, 1, 3, 5]);
  });

  it('takes ranges, keys, pages and directions', async () => {
    const plain = 'sum?reduce=false&';
    expect(values(await view(`${plain}startkey=["odd"]`))).to.deep.equal([1, 3, 5]);
    expect(values(await view(`${plain}startkey=["odd"]&endkey=["odd",{}]`))).to.deep.equal([1, 3, 5]);
    expect(values(await view(`${plain}start_key=["odd",1]&end_key=["odd",3]`))).to.deep.equal([1, 3]);
    expect(values(await view(`${plain}endkey=["odd",3]&inclusive_end=false`))).to.deep.equal([2, 4, 1]);
    expect(values(await view(`${plain}key=["odd",3]`))).to.deep.equal([3]);
    expect(values(await view(`${plain}keys=[["odd",5],["x"],["even",2]]`))).to.deep.equal([5, 2]);
    expect(values(await view('sum?reduce=false', { keys: [['odd', 5]] }))).to.deep.equal([5]);
    expect(values(await view(`${plain}descending=true&limit=2`))).to.deep.equal([5, 3]);
    const down = `${plain}descending=true&startkey=["odd",3]&endkey=["even",4]`;
    expect(values(await view(down))).to.deep.equal([3, 1, 4]);
    expect(values(await view(`${plain}skip=3&limit=1`))).to.deep.equal([3]);
    const counted = 'count?reduce=false&startkey="odd"&startkey_docid=d3&';
    expect((await view(counted)).rows.map((row: Json) => row.id)).to.deep.equal(['d3', 'd5']);
    const until = 'count?reduce=false&startkey="odd"&endkey="odd"&endkey_docid=d3';
    expect((await view(until)).rows.map((row: Json) => row.id)).to.deep.equal(['d1', 'd3']);
    expect((await view(`${plain}startkey=["z"]&endkey=["a"]`)).status).to.equal(400);
    expect((await view(`${plain}limit=0`)).rows).to.deep.equal([]);
  });

  it('reduces, by groups and by levels of a group', async () => {
    expect((await view('sum')).rows).to.deep.equal([{ key: null, value: 15 }]);
    expect((await view('sum?group_level=1')).rows).to.deep.equal([
      { key: ['even'], value: 6 },
      { key: ['odd'], value: 9 },
    ]);
    expect((await view('sum?group=true')).rows).to.have.length(5);
    expect((await view('count?group=true')).rows).to.deep.equal([
      { key: 'even', value: 2 },
      { key: 'odd', value: 3 },
    ]);
    const multi = await view('count?group=true&keys=["odd","even"]');
    expect(values(multi)).to.deep.equal([3, 2]);
    expect((await view('count?keys=["odd","even"]')).status).to.equal(400);
    expect(values(await view('stats'))[0]).to.deep.equal({ sum: 15, count: 5, min: 1, max: 5, sumsqr: 55 });
    expect(values(await view('custom?group=true'))).to.deep.equal([4, 5]);
    expect(values(await view('custom'))).to.deep.equal([5]);
    expect((await view('sum?startkey=["odd"]')).rows).to.deep.equal([{ key: null, value: 9 }]);
    expect(values(await view('count?group=true&descending=true&limit=1'))).to.deep.equal([3]);
    expect(values(await view('count?group=true&skip=1'))).to.deep.equal([3]);
    expect((await view('empty')).rows).to.deep.equal([]);
  });

  it('includes documents, and the ones that values link to', async () => {
    const own = await view('count?reduce=false&include_docs=true&limit=1');
    expect(own.rows[0].doc).to.include({ _id: 'd2', n: 2 });
    const linked = await view('linked?include_docs=true&limit=1');
    expect(linked.rows[0].doc).to.include({ _id: 'linked', name: 'target' });
    expect((await view('sum?include_docs=true')).error).to.equal('query_parse_error');
  });

  it('leaves out a document whose map throws', async () => {
    const { rows } = await view('throwing');
    expect(rows.map((row: Json) => row.id)).to.deep.equal(['d1', 'd3', 'd4', 'd5', 'linked']);
  });

  it('orders keys as CouchDB does', async () => {
    const ordered = [
      null,
      false,
      true,
      -2.5,
      -1,
      0,
      1.5,
      1e10,
      ...[
        '',
        ' ',
        '_',
        '-',
        '{}',
        '+1',
        '+14',
        '1',
        '10',
        '9',
        'a',
        'A',
        'á',
        'a b',
        'a_b',
        'a-b',
        'aa',
        'ab',
      ],
      ...[
        'aB',
        'Ab',
        'AB',
        'b',
        'B',
        'co-op',
        'coop',
        'e',
        'é',
        'ñ',
        'œ',
        'z',
        'Z',
        'Ω',
        'д',
        '日本',
        '\ufff0',
      ],
      ...[[], [1], ['a'], ['a', 'b'], ['A'], ['b']],
      ...[{}, { a: 1 }, { a: 1, b: 1 }, { a: 2 }, { b: 1 }],
    ];
    const own = await couch.database();
    await couch.send('PUT', `${own}/_design/d`, DESIGN);
    await couch.send('PUT', `${own}/x`, { keys: [...ordered].reverse() });
    const { body } = await couch.send('GET', `${own}/_design/d/_view/keys`);
    expect(body.rows.map((row: Json) => row.key)).to.deep.equal(ordered);
    const range = `startkey="a"&endkey="a${encodeURIComponent('\ufff0')}"`;
    const found = await couch.send('GET', `${own}/_design/d/_view/keys?${range}`);
    expect(found.body.rows.map((row: Json) => row.key)).to.include.members(['a', 'A', 'á', 'ab', 'AB']);
    expect(found.body.rows.map((row: Json) => row.key)).to.not.include('b');
  });

  it('shows every write at the next read, unless told not to update', async () => {
    const own = await couch.database();
    await couch.send('PUT', `${own}/_design/d`, DESIGN);
    const read = async (query = '') =>
      (await couch.send('GET', `${own}/_design/d/_view/count?reduce=false${query}`)).body.rows.length;
    expect(await read()).to.equal(0);
    const { body } = await couch.send('PUT', `${own}/a`, { kind: 'x', n: 1 });
    expect(await read('&update=false')).to.equal(0);
    expect(await read()).to.equal(1);
    await couch.send('PUT', `${own}/a`, { _rev: body.rev });
    expect(await read()).to.equal(0);
    expect(await read('&stale=ok')).to.equal(0);
    const seq = await couch.send('GET', `${own}/_design/d/_view/count?reduce=false&update_seq=true`);
    expect(seq.body.update_seq).to.match(/^3-/);
    const info = await couch.send('GET', `${own}/_design/d/_info`);
    expect(info.body.name).to.equal('d');
    expect(info.body.view_index.signature).to.match(/^[0-9a-f]{32}$/);
  });

  it('builds a changed design document anew', async () => {
    const own = await couch.database();
    await couch.send('PUT', `${own}/a`, { n: 1 });
    const design = (text: string) => ({ views: { v: { map: `function (doc) { emit("${text}"); }` } } });
    const { body } = await couch.send('PUT', `${own}/_design/d`, design('one'));
    const key = async () => (await couch.send('GET', `${own}/_design/d/_view/v`)).body.rows[0].key;
    expect(await key()).to.equal('one');
    await couch.send('PUT', `${own}/_design/d`, { ...design('two'), _rev: body.rev });
    expect(await key()).to.equal('two');
  });

  it('answers several queries at once', async () => {
    const { body } = await couch.send('POST', `${db}/_design/d/_view/count/queries`, {
      queries: [{ group: true }, { reduce: false, limit: 1 }],
    });
    expect(values(body.results[0])).to.deep.equal([2, 3]);
    expect(body.results[1].rows).to.have.length(1);
  });

  it('says what is wrong with a query or a design document', async () => {
    expect((await view('nope')).reason).to.equal('missing_named_view');
    expect((await couch.send('GET', `${db}/_design/none/_view/v`)).body.reason).to.equal('missing');
    for (const query of [
      'keys?group=true',
      'keys?reduce=true',
      'sum?limit=x',
      'sum?limit=-1',
      'sum?update=zz',
    ])
      expect([query, (await view(query)).error]).to.deep.equal([query, 'query_parse_error']);
    expect((await view('sum?key=abc')).error).to.equal('bad_request');
    const wrong: [object, string][] = [
      [{ views: { v: { map: 'function (doc) {' } } }, 'compilation_error'],
      [{ views: { v: { map: 1 } } }, 'invalid_design_doc'],
      [{ views: 1 }, 'invalid_design_doc'],
      [{ views: { v: { map: 'function (doc) {}', reduce: '_zork' } } }, 'invalid_design_doc'],
    ];
    for (const [design, error] of wrong) {
      const { status, body } = await couch.send('PUT', `${db}/_design/wrong`, design);
      expect([status, body.error]).to.deep.equal([400, error]);
    }
  });
});
