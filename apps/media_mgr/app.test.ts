// media_mgr over its real HTTP port: names, languages, ranges, caching, uploads, and URLs that cannot be guessed.
import { expect } from 'chai';
import type { AppContext, RunningApp } from '../../core/app/index.ts';
import { systemConfig } from '../../core/config/index.ts';
import { accountDatabase, type Database, type Store } from '../../core/couch/index.ts';
import { mediaReq } from '../../core/messages/media.ts';
import { type FakeBus, fakeBus, fakeMetrics, memoryStore, silentLog } from '../../core/testing/index.ts';
import { media_mgr } from './app.ts';
import { parseMediaName } from './names.ts';

const accountId = 'cd'.repeat(16);

describe('media_mgr', () => {
  let bus: FakeBus;
  let store: Store;
  let database: Database;
  let app: RunningApp;

  before(async () => {
    bus = fakeBus({ node: 'media_mgr@test' });
    store = memoryStore();
    for (const name of ['system_config', 'system_media'] as const) await store.ensure(name, name);
    database = await store.ensure(accountDatabase(accountId), 'account');
    const settings = { media: { host: '127.0.0.1', port: 0 } };
    const config = systemConfig(store, { zone: 'z', node: 'n' });
    app = await media_mgr.start({
      bus,
      store,
      settings,
      systemConfig: config,
      metrics: fakeMetrics(),
      log: silentLog(),
    } as unknown as AppContext);
  });

  after(async () => {
    await app.stop();
    await bus.close();
  });

  const urlOf = async (name: string, extra: object = {}): Promise<string> => {
    const answer = await bus.peer().request(mediaReq, { 'Media-Name': name, ...extra });
    return answer['Event-Name'] === 'media_resp' ? answer['Stream-URL'] : `error ${answer['Error-Code']}`;
  };
  const save = (id: string, name: string, body: string, extra: object = {}) =>
    database
      .save({ _id: id, pvt_type: 'media', name, ...extra })
      .then(() => database.attach(id, name, Buffer.from(body), 'audio/x-wav'));

  it('another instance serves the URLs that this one made, and may give out those of a balancer', async () => {
    const config = systemConfig(store, { zone: 'z', node: 'm' });
    const settings = { media: { host: '127.0.0.1', port: 0, url: 'http://media.example.net' } };
    const [log, metrics] = [silentLog(), fakeMetrics()];
    const other = {
      bus: fakeBus({ node: 'media_mgr@other' }),
      store,
      settings,
      systemConfig: config,
      log,
      metrics,
    };
    const own = new URL(await urlOf(`prompt://${accountId}/menu-exit/en-us`));
    const second = await media_mgr.start(other as unknown as AppContext);
    const answer = await other.bus.peer().request(mediaReq, { 'Media-Name': 'system_media/menu-exit' });
    const url = new URL('Stream-URL' in answer ? answer['Stream-URL'] : '');
    expect(url.origin).to.equal('http://media.example.net');
    expect((await fetch(own.origin + url.pathname)).status).to.equal(200);
    expect(own.pathname).to.equal(url.pathname);
    await second.stop();
    await other.bus.close();
  });

  it('has every prompt of the list, in telephone quality', async () => {
    const url = await urlOf(`prompt://${accountId}/menu-exit/en-us`);
    const response = await fetch(url);
    expect(response.status).to.equal(200);
    expect(response.headers.get('content-type')).to.equal('audio/x-wav');
    expect(url).to.match(/menu-exit\.wav$/);
    expect(
      Buffer.from(await response.arrayBuffer())
        .subarray(0, 4)
        .toString(),
    ).to.equal('RIFF');
    expect(
      (await store.database('system_media').all()).filter((row) => row.id.startsWith('en-us')),
    ).to.have.length.above(80);
  });

  it('falls back to another variety of the language, then to the default; an account may replace a prompt', async () => {
    await store.database('system_media').save({
      _id: 'fr-fr%2Fmenu-exit',
      pvt_type: 'media',
      prompt_id: 'menu-exit',
      language: 'fr-fr',
      name: 'menu-exit',
    });
    await store
      .database('system_media')
      .attach('fr-fr%2Fmenu-exit', 'fr.wav', Buffer.from('fr'), 'audio/x-wav');
    expect(await urlOf(`prompt://${accountId}/menu-exit/fr-ca`)).to.match(/fr\.wav$/);
    expect(await urlOf(`prompt://${accountId}/menu-exit/zz-zz`)).to.match(/menu-exit\.wav$/);
    await save('en-us%2Fmenu-exit', 'own.wav', 'own', { prompt_id: 'menu-exit', language: 'en-us' });
    expect(await urlOf(`prompt://${accountId}/menu-exit/en-us`)).to.match(/own\.wav$/);
    expect(await urlOf('/system_media/menu-exit', { Language: 'en-us' })).to.match(/menu-exit\.wav$/);
  });

  it('serves ranges, revalidation and HEAD; a change of the contents is a new URL', async () => {
    await save('m1', 'a.wav', '0123456789');
    const url = await urlOf(`/${accountId}/m1`);
    const part = await fetch(url, { headers: { range: 'bytes=2-4' } });
    expect([part.status, part.headers.get('content-range'), await part.text()]).to.deep.equal([
      206,
      'bytes 2-4/10',
      '234',
    ]);
    expect((await fetch(url, { headers: { range: 'bytes=50-' } })).status).to.equal(416);
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).to.deep.equal([
      200,
      '10',
      '',
    ]);
    expect(
      (await fetch(url, { headers: { 'if-none-match': head.headers.get('etag') ?? '' } })).status,
    ).to.equal(304);
    expect(head.headers.get('cache-control')).to.include('immutable');
    await database.attach('m1', 'a.wav', Buffer.from('other'), 'audio/x-wav');
    expect(await urlOf(`/${accountId}/m1`)).to.not.equal(url);
  });

  it('says what is missing', async () => {
    await database.save({ _id: 'empty', pvt_type: 'media', name: 'x' });
    expect(await urlOf(`/${accountId}/none`)).to.equal('error not_found');
    expect(await urlOf(`/${accountId}/empty`)).to.equal('error no_data');
    for (const name of ['/nobody/x', 'prompt://', 'x', '/a', `/${accountId}/`])
      expect(await urlOf(name), name).to.equal('error not_found');
  });

  it('takes recordings at the URL it gave for them, and nothing at any other', async () => {
    await database.save({ _id: 'rec', pvt_type: 'media', name: 'rec' });
    const url = await urlOf(`media:/${accountId}/rec/greeting.wav`);
    const put = (to: string, body: string) =>
      fetch(to, { method: 'PUT', body }).then((response) => response.status);
    expect(await put(url, '')).to.equal(400);
    expect(await put(url, 'RIFF...')).to.equal(201);
    expect(await (await fetch(await urlOf(`/${accountId}/rec`))).text()).to.equal('RIFF...');
    expect(await put(url.replace('greeting', 'other'), 'x')).to.equal(404);
    const read = await urlOf(`/${accountId}/rec`);
    expect(await put(read, 'x')).to.equal(405);
    expect((await fetch(read.replace(/\/rec\//, '/m1/'))).status).to.equal(404);
    expect((await fetch(new URL('/', read))).status).to.equal(404);
    expect((await fetch(new URL('/single/%zz/a/b/c/d', read))).status).to.equal(404);
  });

  it('reads names in every form of an account', () => {
    const encoded = encodeURIComponent(accountDatabase(accountId));
    for (const account of [accountId, accountDatabase(accountId), encoded]) {
      expect(parseMediaName(`/${account}/x`)).to.deep.equal({
        kind: 'document',
        database: accountDatabase(accountId),
        id: 'x',
      });
    }
    expect(parseMediaName('/system_media/en-us%2Fvm-saved')).to.deep.equal({
      kind: 'document',
      database: 'system_media',
      id: 'en-us%2Fvm-saved',
    });
  });
});
