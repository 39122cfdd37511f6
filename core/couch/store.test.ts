// The promises of Store, kept by CouchDB and by the store in memory alike.
import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { document, Type } from '../contract/index.ts';
import { AppError } from '../errors/index.ts';
import { type TestServer, testServer } from '../testing/couch-server.ts';
import { memoryStore, silentLog } from '../testing/index.ts';
import { accountDatabase, connectStore, type DocumentChange, databaseOfId, type Store } from './index.ts';

const thing = document({
  type: 'thing',
  schema: 'store_test_thing',
  database: 'account',
  summary: 'a thing',
  fields: { name: Type.Optional(Type.String()) },
});

export const code = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error) => (error instanceof AppError ? error.code : String(error)),
  );

let server: TestServer;
const kinds: Record<string, () => Store> = {
  'in memory': () => memoryStore(),
  'over CouchDB': () =>
    connectStore({ urls: [server.url], ...server, node: 'test@localhost', log: silentLog() }),
};

before(async () => {
  server = await testServer();
});
after(async () => {
  await server?.stop();
});

for (const [kind, open] of Object.entries(kinds))
  describe(`Store ${kind}`, () => {
    const account = randomBytes(16).toString('hex');
    let store: Store;
    before(async () => {
      store = open();
      await store.ensure(account, 'account');
    });
    after(async () => {
      for (const name of await store.list(accountDatabase(account))) await store.drop(name);
      await store.close();
    });

    it('understands the three forms of an account database', () => {
      const raw = accountDatabase(account);
      expect(store.database(encodeURIComponent(raw)).name).to.equal(raw);
      expect(store.database(account)).to.equal(store.database(raw));
    });

    it('stamps a document, gives it an id, and reads it back', async () => {
      const database = store.database(account);
      const saved = await database.save({ pvt_type: 'thing', name: 'Zoë ☎' } as never);
      expect(saved._id).to.match(/^[0-9a-f]{32}$/);
      expect(saved).to.include({ pvt_vsn: '1', pvt_account_id: account, pvt_created: saved.pvt_modified });
      expect(await database.get(saved._id)).to.deep.equal(saved);
      expect((await database.getAs(thing, saved._id)).name).to.equal('Zoë ☎');
    });

    it('tells what is missing from what fails', async () => {
      const database = store.database(account);
      await database.save({ _id: 'other', pvt_type: 'other' });
      expect(await database.find('nothing')).to.equal(undefined);
      expect(await code(database.get('nothing'))).to.equal('not_found');
      expect(await code(database.getAs(thing, 'other'))).to.equal('not_found');
      expect(await code(database.view('nothing', 'here'))).to.equal('datastore_missing_view');
      const nowhere = store.database('offnet-nowhere');
      expect(await nowhere.find('x')).to.equal(undefined);
      expect(await code(nowhere.save({ _id: 'x' }))).to.equal('datastore_missing');
      expect(await code(nowhere.view('callflows', 'listing_by_number'))).to.equal('datastore_missing');
      expect(await store.exists('offnet-nowhere')).to.equal(false);
      expect(await store.exists(account)).to.equal(true);
    });

    it('refuses a stale revision and repeats an update on the newest', async () => {
      const database = store.database(account);
      const first = await database.save({ _id: 'counter', pvt_type: 'thing', count: 0 });
      await database.save({ ...first, count: 1 });
      expect(await code(database.save({ ...first, count: 2 }))).to.equal('datastore_conflict');
      expect(await code(database.save({ _id: 'counter' }))).to.equal('datastore_conflict');
      const step = () =>
        database.update('counter', (found) => ({ ...found, count: Number(found['count']) + 1 }));
      await Promise.all([step(), step(), step()]);
      expect((await database.get('counter'))['count']).to.equal(4);
      const left = await database.update('counter', () => undefined);
      expect(left['count']).to.equal(4);
    });

    it('deletes softly and really', async () => {
      const database = store.database(account);
      await database.save({ _id: 'soft', pvt_type: 'callflow', numbers: ['5001'] });
      await database.save({ _id: 'hard', pvt_type: 'callflow', numbers: ['5002'] });
      expect((await database.remove('soft')).pvt_deleted).to.equal(true);
      await database.remove('hard', { hard: true });
      expect(await database.find('soft')).to.equal(undefined);
      expect(await database.find('hard')).to.equal(undefined);
      expect(await database.view('callflows', 'listing_by_number', { keys: ['5001', '5002'] })).to.deep.equal(
        [],
      );
      expect((await database.save({ _id: 'hard', pvt_type: 'thing' }))._rev).to.match(/^\d+-/);
    });

    it('saves many and says which failed', async () => {
      const database = store.database(account);
      await database.save({ _id: 'bulk-1' });
      const [bad, good] = await database.saveAll([{ _id: 'bulk-1' }, { _id: 'bulk-2' }]);
      expect((bad as AppError).code).to.equal('datastore_conflict');
      expect((good as { _rev: string })._rev).to.match(/^1-/);
    });

    it('answers views by key, range, group and page, as CouchDB orders keys', async () => {
      const database = store.database(account);
      const owners = ['b', 'B', 'a', 'ä', 'Z', '_', '1', ''];
      const named = owners.map((name, at) => ({ _id: `media-${at}`, pvt_type: 'media', name }));
      await database.saveAll(named);
      const rows = await database.view('media', 'listing_by_name');
      expect(rows.map((row) => row.key)).to.deep.equal(['_', '1', 'a', 'ä', 'b', 'B', 'Z']);
      const range = { startKey: 'a', endKey: 'b', inclusiveEnd: false };
      const some = await database.view('media', 'listing_by_name', range);
      expect(some.map((row) => row.key)).to.deep.equal(['a', 'ä']);
      const down = { descending: true, skip: 1, limit: 2, includeDocs: true };
      const last = await database.view('media', 'listing_by_name', down);
      expect(last.map((row) => row.doc?.['name'])).to.deep.equal(['B', 'b']);
      const total = await database.view('media', 'listing_by_language');
      expect(total).to.deep.equal([{ id: '', key: null, value: 8 }]);
      const groups = await database.view('media', 'listing_by_language', { groupLevel: 1 });
      expect(groups).to.deep.equal([{ id: '', key: ['no_language'], value: 8 }]);
      const unreduced = await database.view('media', 'listing_by_language', {
        reduce: false,
        key: ['no_language', 'Z'],
      });
      expect(unreduced).to.deep.equal([
        { id: 'media-4', key: ['no_language', 'Z'], value: { is_prompt: false } },
      ]);
      expect(await code(database.view('media', 'listing_by_language', { keys: [1, 2] }))).to.equal(
        'invalid_data',
      );
    });

    it('lists documents by id in byte order, without design documents', async () => {
      const database = store.database(account);
      await database.saveAll(['list-b', 'list-B', 'list-a'].map((_id) => ({ _id })));
      const rows = await database.all({ startKey: 'list-', endKey: 'list-z', includeDocs: true });
      expect(rows.map((row) => row.doc?._id)).to.deep.equal(['list-B', 'list-a', 'list-b']);
      expect((await database.all({ keys: ['list-a', 'list-c'] })).map((row) => row.id)).to.deep.equal([
        'list-a',
      ]);
      expect((await database.all()).filter((row) => row.id.startsWith('_design/'))).to.deep.equal([]);
    });

    it('keeps attachments, whole and in ranges', async () => {
      const database = store.database(account);
      const id = 'en-us/vm-hello';
      await database.save({ _id: id, pvt_type: 'media' });
      const body = Buffer.alloc(100_000, 'abcdefghij');
      const saved = await database.attach(id, 'hello world.wav', body, 'audio/x-wav');
      expect(saved._attachments?.['hello world.wav']).to.include({
        content_type: 'audio/x-wav',
        length: 100_000,
      });
      const whole = await database.attachment(id, 'hello world.wav');
      expect([whole.contentType, whole.length, whole.range]).to.deep.equal([
        'audio/x-wav',
        100_000,
        undefined,
      ]);
      expect(whole.etag).to.match(/^".+"$/);
      expect(await text(whole.body)).to.equal(body.toString());
      const part = await database.attachment(id, 'hello world.wav', { range: 'bytes=99995-' });
      expect(part.range).to.deep.equal({ first: 99_995, last: 99_999, size: 100_000 });
      expect(await text(part.body)).to.equal('fghij');
      const far = database.attachment(id, 'hello world.wav', { range: 'bytes=200000-' });
      expect(await code(far)).to.equal('range_not_satisfiable');
      const inline = { 'a.txt': { content_type: 'text/plain', data: Buffer.from('hi').toString('base64') } };
      const kept = await database.save({ ...saved, _attachments: { ...saved._attachments, ...inline } });
      expect(kept._attachments?.['a.txt']).to.include({ stub: true, length: 2 });
      await database.detach(id, 'hello world.wav');
      expect(await code(database.attachment(id, 'hello world.wav'))).to.equal('not_found');
      expect(await text((await database.attachment(id, 'a.txt')).body)).to.equal('hi');
    });

    it('makes a month database by its first write', async () => {
      const month = store.database(databaseOfId(account, '202611-x'));
      expect(await month.find('202611-x')).to.equal(undefined);
      await month.save({ _id: '202611-x', pvt_type: 'cdr', interaction_id: '1', channel_created_time: 5 });
      expect(await month.view('interactions', 'interaction_listing_by_id')).to.have.length(1);
      expect(await store.list(`${accountDatabase(account)}-`)).to.deep.equal([month.name]);
    });

    it('tells of every change once', async () => {
      const changes: DocumentChange[] = [];
      const stop = store.onChange((change) => changes.push(change));
      const database = store.database(account);
      const first = await database.save({ _id: 'told', pvt_type: 'thing' });
      await database.save({ ...first, name: 'x' });
      await database.remove('told');
      stop();
      await database.save({ _id: 'untold' });
      const told = changes.map(({ action, id, type }) => [action, id, type]);
      expect(told).to.deep.equal([
        ['created', 'told', 'thing'],
        ['edited', 'told', 'thing'],
        ['deleted', 'told', 'thing'],
      ]);
    });

    it('freezes what it hands out', async () => {
      const saved = await store.database(account).save({ _id: 'frozen', inside: { a: 1 } });
      expect(() => Object.assign(saved['inside'] as object, { a: 2 })).to.throw(TypeError);
    });
  });
