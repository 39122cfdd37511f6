// Mango: selectors, indexes, sorting, pages.
import { expect } from 'chai';
import { type Couch, type Json, startServer } from './server.ts';

describe('CouchDB conformance: find', () => {
  let couch: Couch;
  let db: string;
  before(async () => {
    couch = await startServer();
    db = await couch.database();
    const docs = [
      { _id: 'a', name: 'ann', age: 30, tags: ['x', 'y'], sip: { realm: 'one' } },
      { _id: 'b', name: 'bob', age: 20, tags: ['y'] },
      { _id: 'c', name: 'cid', age: 40, sip: { realm: 'two' } },
      { _id: 'd', name: 'dan', age: 20 },
      { _id: 'e', other: true },
    ];
    await couch.send('POST', `${db}/_bulk_docs`, { docs });
    await couch.send('POST', `${db}/_index`, { index: { fields: ['age', 'name'] }, name: 'by-age' });
  });
  after(() => couch.stop());

  const find = (body: object) => couch.send('POST', `${db}/_find`, body);
  const ids = async (selector: object, more: object = {}) =>
    (await find({ selector, ...more })).body.docs.map((doc: Json) => doc._id).join('');

  it('makes, lists and deletes indexes', async () => {
    const own = await couch.database();
    const wanted = { index: { fields: ['n'] }, name: 'by-n', ddoc: 'mango' };
    const created = await couch.send('POST', `${own}/_index`, wanted);
    expect(created.body).to.deep.equal({ result: 'created', id: '_design/mango', name: 'by-n' });
    expect((await couch.send('POST', `${own}/_index`, wanted)).body.result).to.equal('exists');
    const { body } = await couch.send('GET', `${own}/_index`);
    expect(body.total_rows).to.equal(2);
    expect(body.indexes[1]).to.deep.include({ name: 'by-n', type: 'json', def: { fields: [{ n: 'asc' }] } });
    expect((await couch.send('DELETE', `${own}/_index/mango/json/by-n`)).body).to.deep.equal({ ok: true });
    expect((await couch.send('DELETE', `${own}/_index/mango/json/by-n`)).status).to.equal(404);
  });

  it('matches by every common operator', async () => {
    expect(await ids({ age: 20 })).to.equal('bd');
    expect(await ids({ age: { $gt: 20 } })).to.equal('ac');
    expect(await ids({ age: { $gte: 20, $lt: 40 }, name: { $gt: null } })).to.equal('bda');
    expect(await ids({ age: { $in: [30, 40] } })).to.match(/^(ac|ca)$/);
    expect(await ids({ age: { $nin: [20] } })).to.match(/^(ac|ca)$/);
    expect(await ids({ age: 20, name: { $ne: 'bob' } })).to.equal('d');
    expect(await ids({ $or: [{ name: 'ann' }, { other: true }] })).to.equal('ae');
    expect(await ids({ $and: [{ age: 20 }, { name: 'dan' }] })).to.equal('d');
    expect(await ids({ $nor: [{ age: 20 }], name: { $exists: true } })).to.equal('ac');
    expect(await ids({ name: { $exists: false } })).to.equal('e');
    expect(await ids({ name: { $regex: '^(a|b)' } })).to.equal('ab');
    expect(await ids({ name: { $beginsWith: 'ci' } })).to.equal('c');
    expect(await ids({ age: { $mod: [20, 0] } })).to.match(/^(bcd|bdc)$/);
    expect(await ids({ tags: { $all: ['x', 'y'] } })).to.equal('a');
    expect(await ids({ tags: { $elemMatch: { $eq: 'y' } } })).to.equal('ab');
    expect(await ids({ tags: { $size: 1 } })).to.equal('b');
    expect(await ids({ other: { $type: 'boolean' } })).to.equal('e');
    expect(await ids({ 'sip.realm': 'two' })).to.equal('c');
    expect(await ids({ sip: { realm: 'one' } })).to.equal('a');
    expect(await ids({ _id: { $gt: 'b' } }, { limit: 2 })).to.equal('cd');
  });

  it('sorts by an index, either way, and says when it cannot', async () => {
    expect(await ids({ age: { $gt: null } }, { sort: ['age', 'name'] })).to.equal('bdac');
    const down = [{ age: 'desc' }, { name: 'desc' }];
    expect(await ids({ age: { $gt: null } }, { sort: down })).to.equal('cadb');
    expect(await ids({ age: 20, name: { $gt: null } }, { sort: [{ name: 'desc' }] })).to.equal('db');
    const { status, body } = await find({ selector: { tags: 'x' }, sort: ['tags'] });
    expect([status, body.error]).to.deep.equal([400, 'no_usable_index']);
  });

  it('pages by limit, skip and bookmark, with chosen fields', async () => {
    const request = {
      selector: { age: { $gt: 0 }, name: { $gt: '' } },
      limit: 3,
      fields: ['_id', 'sip.realm'],
    };
    const first = (await find(request)).body;
    expect(first.docs).to.deep.equal([{ _id: 'b' }, { _id: 'd' }, { _id: 'a', sip: { realm: 'one' } }]);
    const second = (await find({ ...request, bookmark: first.bookmark })).body;
    expect(second.docs).to.deep.equal([{ _id: 'c', sip: { realm: 'two' } }]);
    expect(await ids({ age: { $gt: 0 }, name: { $gt: '' } }, { skip: 1, limit: 2 })).to.equal('da');
    const stats = (await find({ selector: { age: 20 }, execution_stats: true })).body.execution_stats;
    expect(stats.results_returned).to.equal(2);
    const last = (await find({ selector: { tags: 'none' } })).body;
    expect([last.docs, last.bookmark]).to.deep.equal([[], 'nil']);
    expect(last.warning).to.be.a('string');
  });

  it('sees every write', async () => {
    const { body } = await couch.send('PUT', `${db}/new`, { name: 'new', age: 99 });
    expect(await ids({ age: 99 })).to.equal('new');
    await couch.send('DELETE', `${db}/new?rev=${body.rev}`);
    expect(await ids({ age: 99 })).to.equal('');
  });

  it('explains which index it would use', async () => {
    const { body } = await couch.send('POST', `${db}/_explain`, { selector: { age: 20, name: 'bob' } });
    expect(body.index.name).to.equal('by-age');
    const all = await couch.send('POST', `${db}/_explain`, { selector: { tags: 'x' } });
    expect(all.body.index.name).to.equal('_all_docs');
  });

  it('says what is wrong with a request', async () => {
    const wrong: [object, string][] = [
      [{}, 'missing_required_key'],
      [{ selector: 1 }, 'invalid_selector_json'],
      [{ selector: { a: { $zz: 1 } } }, 'invalid_operator'],
      [{ selector: {}, limit: 'x' }, 'invalid_non_neg_integer'],
      [{ selector: {}, sort: 'a' }, 'invalid_sort_json'],
      [{ selector: {}, fields: 1 }, 'invalid_fields'],
    ];
    for (const [body, error] of wrong) {
      const answer = await find(body);
      expect([answer.status, answer.body.error]).to.deep.equal([400, error]);
    }
    expect((await couch.send('POST', `${db}/_find`, '{}')).status).to.equal(415);
    expect((await couch.send('GET', `${db}/_find`)).status).to.equal(405);
  });
});
