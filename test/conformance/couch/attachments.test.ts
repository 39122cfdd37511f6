// Attachments: bytes in and out, ranges, digests, stubs, and multipart.
import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import nano from 'nano';
import { type Couch, startServer } from './server.ts';

const BINARY = { 'content-type': 'application/octet-stream' };

describe('CouchDB conformance: attachments', () => {
  let couch: Couch;
  let db: string;
  before(async () => {
    couch = await startServer();
    db = await couch.database();
  });
  after(() => couch.stop());

  const bytesOf = async (path: string, headers: Record<string, string> = {}) => {
    const response = await couch.open('GET', path, undefined, headers);
    return { response, bytes: Buffer.from(await response.arrayBuffer()) };
  };

  it('keeps a megabyte and gives any range of it', async () => {
    const data = new Uint8Array(randomBytes(1_200_000));
    const put = await couch.send('PUT', `${db}/big/dir/data.bin`, data, BINARY);
    expect([put.status, put.body.ok]).to.deep.equal([201, true]);
    const path = `${db}/big/dir/data.bin`;
    const whole = await bytesOf(path);
    expect(whole.bytes.equals(data)).to.equal(true);
    expect(whole.response.headers.get('content-type')).to.equal('application/octet-stream');
    expect(whole.response.headers.get('accept-ranges')).to.equal('bytes');
    const md5 = createHash('md5').update(data).digest('base64');
    expect(whole.response.headers.get('etag')).to.equal(`"${md5}"`);
    const ranges: [string, number, number][] = [
      ['bytes=100-299', 100, 299],
      ['bytes=1199990-', 1_199_990, 1_199_999],
      ['bytes=-10', 1_199_990, 1_199_999],
      ['bytes=1199990-9999999', 1_199_990, 1_199_999],
    ];
    for (const [range, first, last] of ranges) {
      const { response, bytes } = await bytesOf(path, { range });
      expect(response.status).to.equal(206);
      expect(response.headers.get('content-range')).to.equal(`bytes ${first}-${last}/1200000`);
      expect(bytes.equals(data.subarray(first, last + 1))).to.equal(true);
    }
    expect((await bytesOf(path, { range: 'bytes=1200000-' })).response.status).to.equal(416);
    expect((await bytesOf(path, { 'if-none-match': `"${md5}"` })).response.status).to.equal(304);
    const head = await couch.send('HEAD', path);
    expect([head.status, head.headers.get('content-length'), head.text]).to.deep.equal([200, '1200000', '']);
  });

  it('guards attachments by the revision of their document', async () => {
    const { body } = await couch.send('PUT', `${db}/doc`, { n: 1 });
    expect((await couch.send('PUT', `${db}/doc/a`, 'x', BINARY)).status).to.equal(409);
    expect((await couch.send('PUT', `${db}/doc/a?rev=1-00`, 'x', BINARY)).status).to.equal(409);
    const first = await couch.send('PUT', `${db}/doc/a?rev=${body.rev}`, 'one', BINARY);
    expect(first.status).to.equal(201);
    const second = await couch.send('PUT', `${db}/doc/b`, 'two', { ...BINARY, 'if-match': first.body.rev });
    const read = await couch.send('GET', `${db}/doc`);
    expect(read.body.n).to.equal(1);
    expect(read.body._attachments.a).to.deep.include({
      length: 3,
      stub: true,
      content_type: BINARY['content-type'],
    });
    expect(read.body._attachments.a.digest).to.match(/^md5-/);
    expect((await couch.send('DELETE', `${db}/doc/a`)).status).to.equal(409);
    expect((await couch.send('DELETE', `${db}/doc/none?rev=${second.body.rev}`)).status).to.equal(404);
    expect((await couch.send('DELETE', `${db}/doc/a?rev=${second.body.rev}`)).status).to.equal(200);
    const missing = await couch.send('GET', `${db}/doc/a`);
    expect([missing.status, missing.body.reason]).to.deep.equal([404, 'Document is missing attachment']);
    expect((await bytesOf(`${db}/doc/a?rev=${first.body.rev}`)).bytes.toString()).to.equal('one');
  });

  it('takes and gives them inline, and keeps those that a stub names', async () => {
    const inline = { 'f.txt': { content_type: 'text/plain', data: Buffer.from('hello').toString('base64') } };
    const { body } = await couch.send('PUT', `${db}/inline`, { n: 1, _attachments: inline });
    expect((await bytesOf(`${db}/inline/f.txt`)).bytes.toString()).to.equal('hello');
    const read = await couch.send('GET', `${db}/inline?attachments=true`, undefined, {
      accept: 'application/json',
    });
    expect(read.body._attachments['f.txt'].data).to.equal(inline['f.txt'].data);
    const stub = { 'f.txt': { stub: true } };
    const kept = await couch.send('PUT', `${db}/inline`, { _rev: body.rev, n: 2, _attachments: stub });
    expect(kept.status).to.equal(201);
    expect((await bytesOf(`${db}/inline/f.txt`)).bytes.toString()).to.equal('hello');
    await couch.send('PUT', `${db}/inline`, { _rev: kept.body.rev, n: 3 });
    expect((await couch.send('GET', `${db}/inline/f.txt`)).status).to.equal(404);
    const unknown = await couch.send('PUT', `${db}/unknown`, { _attachments: stub });
    expect([unknown.status, unknown.body.error]).to.deep.equal([412, 'missing_stub']);
  });

  it('takes multipart/related and gives multipart/mixed', async () => {
    const doc = {
      n: 1,
      _attachments: {
        'a.bin': { follows: true, content_type: 'application/octet-stream', length: 4 },
        'b.bin': { follows: true, content_type: 'application/octet-stream', length: 3 },
      },
    };
    const parts = [`Content-Type: application/json\r\n\r\n${JSON.stringify(doc)}`, '\r\n1\r\n3', '\r\ntwo'];
    const body = `${parts.map((part) => `--limit\r\n${part}\r\n`).join('')}--limit--`;
    const put = await couch.send('PUT', `${db}/parts`, body, {
      'content-type': 'multipart/related;boundary="limit"',
    });
    expect(put.status, put.text).to.equal(201);
    expect((await bytesOf(`${db}/parts/a.bin`)).bytes.toString()).to.equal('1\r\n3');
    expect((await bytesOf(`${db}/parts/b.bin`)).bytes.toString()).to.equal('two');
    const mixed = await bytesOf(`${db}/parts?open_revs=["${put.body.rev}"]&revs=true`, {
      accept: 'multipart/mixed',
    });
    expect(mixed.response.headers.get('content-type')).to.match(/^multipart\/mixed/);
    expect(mixed.bytes.toString()).to.include('multipart/related').and.include('"follows":true');
    const related = await bytesOf(`${db}/parts?attachments=true`, { accept: 'multipart/related' });
    expect(related.response.headers.get('content-type')).to.match(/^multipart\/related/);
  });

  it('works with nano', async () => {
    const client = nano(couch.fullUrl).use(decodeURIComponent(db.slice(1)));
    await client.multipart.insert(
      { kind: 'nano' } as nano.MaybeDocument,
      [{ name: 'n.bin', data: Buffer.from('nano'), content_type: 'application/octet-stream' }],
      'by-nano',
    );
    const data = await client.attachment.get('by-nano', 'n.bin');
    expect(Buffer.from(data as Uint8Array).toString()).to.equal('nano');
    const read = await client.get('by-nano');
    expect(read).to.include({ _id: 'by-nano', kind: 'nano' });
    const failure = await client.insert({ _id: 'by-nano' }).catch((error: unknown) => error);
    expect(failure).to.include({ statusCode: 409, error: 'conflict' });
  });
});
