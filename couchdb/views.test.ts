// Every view against views.expected.json (keys and values as the contract lists them), in node:vm and in CouchDB.
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { connectStore, type Database } from '../core/couch/index.ts';
import { type TestServer, testServer } from '../core/testing/couch-server.ts';
import { silentLog } from '../core/testing/index.ts';
import { loadViews, type ViewSource } from './load.ts';
import { runnable } from './run.ts';
import { samples } from './samples.ts';

type Rows = readonly (readonly [key: unknown, value: unknown])[];
/** `<class>/<design>/<view>` → sample → rows. A view of several classes stands under the first of them. */
const expected = JSON.parse(
  readFileSync(new URL('./views.expected.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Readonly<Record<string, Rows>>>>;

const folder = new URL('./views/', import.meta.url);
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.js'),
);
const pathOf = (file: string): string => file.replace(/^([^+/]+)[^/]*\//, '$1/').replace(/\.js$/, '');

function sourceOf(path: string): ViewSource {
  const [databaseClass = '', design, view = ''] = path.split('/');
  const found = loadViews()
    .get(databaseClass)
    ?.find(({ name }) => name === design);
  return found!.views[view]!;
}

describe('views', () => {
  it('are all expected, and all that is expected is there', () => {
    expect(files.map(pathOf).sort()).to.deep.equal(Object.keys(expected).sort());
  });

  for (const [path, bySample] of Object.entries(expected))
    it(`${path} emits what the contract lists`, () => {
      const view = runnable(sourceOf(path));
      expect(Object.keys(bySample)).not.to.deep.equal([]);
      for (const [name, rows] of Object.entries(bySample))
        expect(view.map(samples[name]!).map(({ key, value }) => [key, value])).to.deep.equal(rows);
    });

  it('skip what is soft-deleted, and survive documents of any form', () => {
    for (const path of Object.keys(expected)) {
      const view = runnable(sourceOf(path));
      for (const [name, sample] of Object.entries(samples)) {
        const rows = view.map({ ...sample, pvt_deleted: true });
        if (!path.includes('/maintenance/')) expect(rows, `${path} ${name}`).to.deep.equal([]);
        // A map that throws emits nothing, so that a bad document never stops an index.
        view.map({ _id: 'bad', pvt_type: sample['pvt_type'], sip: 1, numbers: 'x', servers: {}, flow: [] });
      }
    }
  });

  it('are ES5 that any CouchDB compiles', () => {
    for (const file of files) {
      const text = readFileSync(new URL(file, folder), 'utf8');
      expect(text, file).to.match(/^\/\/ .+\nfunction map\(doc\) \{\n/);
      expect(text, file).not.to.match(/=>|\b(?:let|const|class)\b|`|,\s*\)/);
    }
  });

  describe('in CouchDB', () => {
    let server: TestServer;
    before(async () => {
      server = await testServer();
    });
    after(() => server.stop());

    for (const databaseClass of ['account', 'modb', 'accounts', 'numbers', 'sip_auth', 'services'] as const)
      it(`those of ${databaseClass} emit the same`, async function () {
        this.timeout(60_000);
        const store = connectStore({
          urls: [server.url],
          ...server,
          node: 'test@localhost',
          log: silentLog(),
        });
        const database = await store.ensure(
          `views-test-${databaseClass.replaceAll('_', '-')}`,
          databaseClass,
        );
        await database.saveAll(Object.values(samples).map((sample) => structuredClone(savable(sample))));
        for (const design of loadViews().get(databaseClass) ?? [])
          for (const [view, source] of Object.entries(design.views))
            await same(database, design.name, view, source);
        await store.drop(database.name);
        await store.close();
      });
  });
});

/** Rows of CouchDB against rows of the same documents in node:vm. */
async function same(database: Database, design: string, view: string, source: ViewSource): Promise<void> {
  const documents = (await database.all({ includeDocs: true })).map((row) => row.doc!);
  const local = runnable(source);
  const here = documents.flatMap((found) =>
    local.map(found).map(({ key, value }) => JSON.stringify([found._id, key, value])),
  );
  const rows = await database.view(design, view, { reduce: false });
  const there = rows.map(({ id, key, value }) => JSON.stringify([id, key, value]));
  expect(there.sort(), `${design}/${view}`).to.deep.equal(here.sort());
}

function savable(sample: Readonly<Record<string, unknown>>) {
  const { _rev, _conflicts, _attachments, ...rest } = sample;
  return rest as { _id: string };
}
