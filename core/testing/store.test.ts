// One suite for every Store: in memory here, and over HTTP in core/couch.
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { accountDatabase, type DocumentChange, databaseOfId } from '../couch/index.ts';
import { memoryStore } from './index.ts';

const account = '0123456789abcdef0123456789abcdef';
const rejected = async (work: Promise<unknown>): Promise<{ code?: string }> =>
  work.then(
    () => ({}),
    (error) => error,
  );

describe('memoryStore', () => {
  it('stamps, revises and refuses a stale revision', async () => {
    const changes: DocumentChange[] = [];
    const store = memoryStore({ onChange: (change) => changes.push(change) });
    const database = await store.ensure(account, 'account');
    const first = await database.save({ _id: 'a', pvt_type: 'device', name: 'one' });
    expect(first).to.include({ pvt_vsn: '1', pvt_account_id: account });
    expect(first.pvt_account_db).to.equal('account%2F01%2F23%2F456789abcdef0123456789abcdef');
    const second = await database.save({ ...first, name: 'two' });
    expect(second._rev).to.match(/^2-/);
    expect((await rejected(database.save({ ...first, name: 'three' }))).code).to.equal('datastore_conflict');
    expect((await rejected(database.save({ _id: 'a', name: 'four' }))).code).to.equal('datastore_conflict');
    expect(changes.map((change) => change.action)).to.deep.equal(['created', 'edited']);
    expect(store.database(accountDatabase(account))).to.equal(database);
  });

  it('hides what is deleted, softly or really, and lets an id be used again', async () => {
    const database = await memoryStore().ensure(account, 'account');
    await database.save({ _id: 'a', pvt_type: 'callflow', numbers: ['1001'] });
    await database.remove('a');
    expect(await database.find('a')).to.equal(undefined);
    expect(await database.view('callflows', 'listing_by_number', { key: '1001' })).to.deep.equal([]);
    await database.save({ _id: 'b', pvt_type: 'callflow' });
    await database.remove('b', { hard: true });
    expect((await rejected(database.get('b'))).code).to.equal('not_found');
    expect((await database.save({ _id: 'b' }))._rev).to.match(/^3-/);
  });

  it('answers views by key, keys and range, with documents', async () => {
    const database = await memoryStore().ensure(account, 'account');
    await database.saveAll([
      { _id: 'a', pvt_type: 'callflow', name: 'A', numbers: ['1001', '2001'] },
      { _id: 'b', pvt_type: 'callflow', name: 'B', numbers: ['1002'] },
    ]);
    const rows = await database.view('callflows', 'listing_by_number', { startKey: '1', endKey: '1999' });
    expect(rows).to.deep.equal([
      { id: 'a', key: '1001', value: { name: 'A' } },
      { id: 'b', key: '1002', value: { name: 'B' } },
    ]);
    const [row] = await database.view('callflows', 'listing_by_number', {
      keys: ['2001'],
      includeDocs: true,
    });
    expect(row?.doc?.['name']).to.equal('A');
    const down = await database.view('callflows', 'listing_by_number', {
      descending: true,
      limit: 1,
      skip: 1,
    });
    expect(down.map((found) => found.key)).to.deep.equal(['1002']);
    const error = await rejected(database.view('callflows', 'nonsense'));
    expect(error.code).to.equal('datastore_missing_view');
  });

  it('serves attachments whole and in ranges', async () => {
    const database = await memoryStore().ensure('system_media', 'system_media');
    await database.save({ _id: 'm', pvt_type: 'media' });
    await database.attach('m', 'a.wav', Buffer.from('0123456789'), 'audio/x-wav');
    const whole = await database.attachment('m', 'a.wav');
    expect([whole.contentType, whole.length, await text(whole.body)]).to.deep.equal([
      'audio/x-wav',
      10,
      '0123456789',
    ]);
    const part = await database.attachment('m', 'a.wav', { range: 'bytes=2-4' });
    expect([part.range, await text(part.body)]).to.deep.equal([{ first: 2, last: 4, size: 10 }, '234']);
    const error = await rejected(database.attachment('m', 'a.wav', { range: 'bytes=10-' }));
    expect(error.code).to.equal('range_not_satisfiable');
    await database.detach('m', 'a.wav');
    expect((await rejected(database.attachment('m', 'a.wav'))).code).to.equal('not_found');
  });

  it('makes a month database at its first write and no other', async () => {
    const store = memoryStore();
    const month = databaseOfId(account, '202611-abc');
    expect(await store.database(month).find('202611-abc')).to.equal(undefined);
    await store.database(month).save({ _id: '202611-abc', pvt_type: 'cdr' });
    expect(await store.list('account/')).to.deep.equal([month]);
    expect((await rejected(store.database('accounts').save({ _id: 'x' }))).code).to.equal(
      'datastore_missing',
    );
  });

  it('freezes what it hands out and repeats an update on the newest revision', async () => {
    const database = await memoryStore().ensure('system_config', 'system_config');
    await database.save({ _id: 'callflow', default: { a: 1 } });
    const read = await database.get('callflow');
    expect(() => Object.assign(read['default'] as object, { a: 2 })).to.throw(TypeError);
    const after = await database.update('callflow', (document) => {
      Object.assign(document['default'] as object, { a: 2 });
      return document;
    });
    expect(after['default']).to.deep.equal({ a: 2 });
  });
});
