// Malformed input of every kind is answered, and the server lives on.
import { connect } from 'node:net';
import { expect } from 'chai';
import { type Couch, startServer } from './server.ts';

describe('CouchDB conformance: malformed input', () => {
  let couch: Couch;
  let db: string;
  before(async () => {
    couch = await startServer();
    db = await couch.database();
  });
  after(() => couch.stop());
  afterEach(async () => {
    expect((await couch.send('GET', '/_up')).status).to.equal(200);
  });

  const JSON_TYPE = { 'content-type': 'application/json' };

  it('answers 100 malformed JSON bodies with a 4xx', async () => {
    const texts = [
      '{',
      '[',
      '{"a":',
      '{"a":1',
      '"',
      '{a:1}',
      '{"a":1}}',
      "{'a':1}",
      '',
      'nul',
      '\u0000',
      '{"a":\u0001}',
    ];
    const paths = ['_bulk_docs', '_find', '_bulk_get', '_revs_diff', '_index', '_all_docs', '_explain', ''];
    const bodies = texts.flatMap((text) => paths.map((path) => ({ text, path })));
    for (const { text, path } of bodies) {
      const { status, body } = await couch.send('POST', `${db}/${path}`, text, JSON_TYPE);
      expect([path, text, status]).to.deep.equal([path, text, 400]);
      expect(body.error).to.be.a('string');
    }
    for (const text of texts) {
      const { status, body } = await couch.send('PUT', `${db}/doc`, text, JSON_TYPE);
      expect([text, status, body.error]).to.deep.equal([text, 400, 'bad_request']);
    }
  });

  it('refuses documents of a wrong shape', async () => {
    const wrong: [unknown, string][] = [
      [[], 'bad_request'],
      [null, 'bad_request'],
      ['text', 'bad_request'],
      [{ _foo: 1 }, 'doc_validation'],
      [{ _rev: 'zz' }, 'bad_request'],
      [{ _deleted: 3 }, 'doc_validation'],
      [{ _revisions: 3 }, 'doc_validation'],
      [{ _attachments: 1 }, 'doc_validation'],
      [{ _attachments: { f: { data: '%%' } } }, 'bad_request'],
      [{ _attachments: { _f: { data: '' } } }, 'bad_request'],
      [{ _id: 3 }, 'illegal_docid'],
    ];
    for (const [doc, error] of wrong) {
      const { status, body } = await couch.send('PUT', `${db}/doc`, JSON.stringify(doc), JSON_TYPE);
      expect([JSON.stringify(doc), status, body.error]).to.deep.equal([JSON.stringify(doc), 400, error]);
    }
    expect((await couch.send('PUT', `${db}/_x`, {})).body.error).to.equal('illegal_docid');
    for (const docs of [1, [1], [{ _zork: 1 }], [{ _id: '_x' }]])
      expect((await couch.send('POST', `${db}/_bulk_docs`, { docs })).status).to.equal(400);
    expect((await couch.send('GET', `${db}/doc`)).status).to.equal(404);
  });

  it('survives deep nesting and hostile member names', async () => {
    const deep = `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    expect((await couch.send('PUT', `${db}/deep`, deep, JSON_TYPE)).status).to.be.within(200, 499);
    const names = '{"constructor":1,"toString":{"a":1},"hasOwnProperty":0,"length":-1}';
    expect((await couch.send('PUT', `${db}/names`, names, JSON_TYPE)).status).to.equal(201);
    expect((await couch.send('GET', `${db}/names`)).body.toString).to.deep.equal({ a: 1 });
    for (const id of ['constructor', 'toString', 'hasOwnProperty', 'ünï 日'])
      expect((await couch.send('PUT', `${db}/${encodeURIComponent(id)}`, {})).status).to.equal(201);
  });

  it('refuses a document that is too large', async () => {
    const answer = await couch.send('PUT', `${db}/large`, { text: 'x'.repeat(8_100_000) });
    expect([answer.status, answer.body.error]).to.deep.equal([413, 'document_too_large']);
  });

  it('does not hang on a map that never ends', async function () {
    // A real CouchDB takes its os_process_timeout of 5 s to give up, and answers an error.
    if (process.env['MIRLITON_COUCH_URL']) this.skip();
    this.timeout(30_000);
    const own = await couch.database();
    await couch.send('PUT', `${own}/a`, {});
    await couch.send('PUT', `${own}/_design/d`, { views: { v: { map: 'function (doc) { for (;;) {} }' } } });
    expect((await couch.send('GET', `${own}/_design/d/_view/v`)).body.rows).to.deep.equal([]);
  });

  it('answers broken paths, queries and HTTP', async () => {
    expect((await couch.send('PUT', `${db}/%zz`, {})).status).to.equal(400);
    expect((await couch.send('GET', `${db}/doc?rev=zz`)).status).to.equal(400);
    expect((await couch.send('GET', `${db}/doc?open_revs=zz`)).status).to.equal(400);
    const { hostname, port } = new URL(couch.url);
    for (const text of [
      'GARBAGE\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      'PUT / HTTP/1.1\r\nContent-Length: x\r\n\r\n',
    ]) {
      const socket = connect(Number(port), hostname);
      // Some servers wait for more rather than answer: the client leaves, and the server must not mind.
      const closed = new Promise((resolve) => socket.on('error', resolve).on('close', resolve));
      socket.write(text, () => socket.destroy());
      await closed;
    }
  });
});
