// Voicemail: boxes with counts, messages over the months, moved, copied, deleted, heard one by one and as a zip.
import { expect } from 'chai';
import { fromBuffer } from 'yauzl';
import { tenants } from '../testing/tenants.ts';

const sound = Buffer.from(Array.from({ length: 200 }, (_, at) => at));

describe('vmboxes', () => {
  const { rest, tenant, other } = tenants();
  let box: string;
  let second: string;
  before(async () => {
    box = (await tenant.send('PUT', 'vmboxes', { name: 'Ann', mailbox: '1001' })).body.data.id;
    second = (await tenant.send('PUT', 'vmboxes', { name: 'Bob', mailbox: '1002' })).body.data.id;
  });

  const leave = async (metadata: object, file?: Buffer): Promise<string> => {
    const part = (head: string, body: Buffer | string) =>
      Buffer.concat([Buffer.from(`--b\r\n${head}\r\n\r\n`), Buffer.from(body), Buffer.from('\r\n')]);
    const raw = Buffer.concat([
      part('Content-Type: application/json', JSON.stringify({ data: metadata })),
      ...(file
        ? [
            part(
              'Content-Disposition: form-data; name="f"; filename="a.mp3"\r\nContent-Type: audio/mpeg',
              file,
            ),
          ]
        : []),
      Buffer.from('--b--\r\n'),
    ]);
    const headers = { 'content-type': 'multipart/mixed; boundary=b' };
    const { status, body, text } = await tenant.send('PUT', `vmboxes/${box}/messages`, undefined, {
      raw,
      headers,
    });
    expect(status, text).to.equal(201);
    expect(body.data.media_id).to.match(/^\d{6}-[0-9a-f]{32}$/);
    return body.data.media_id;
  };
  const rows = async (path: string) => (await tenant.send('GET', path)).body.data;

  it('takes messages, lists and counts them, and lights the lamp', async () => {
    const first = await leave(
      { caller_id_number: '+14155550100', caller_id_name: 'Zoë', length: 3000 },
      sound,
    );
    await leave({ caller_id_number: '+14155550101', folder: 'saved' });
    const messages = await rows(`vmboxes/${box}/messages`);
    expect(messages).to.have.length(2);
    expect(messages.map((it: { folder: string }) => it.folder)).to.have.members(['new', 'saved']);
    expect(await rows(`vmboxes/${box}/messages?folder=new`)).to.have.length(1);
    expect(await rows(`vmboxes/${box}/messages?filter_caller_id_name=Zoë`)).to.have.length(1);
    expect(await rows(`vmboxes/${box}/messages?filter_not_folder=new`)).to.have.length(1);
    expect(await rows(`vmboxes/${box}/messages?page_size=1`)).to.have.length(1);
    expect((await rows('vmboxes/messages')).map((it: object) => Object.keys(it))).to.deep.equal([
      [box],
      [box],
    ]);
    const listed = await rows('vmboxes');
    expect(listed.find(({ id }: { id: string }) => id === box)).to.deep.include({
      messages: 2,
      folders: { new: 1, saved: 1 },
      mailbox: '1001',
    });
    expect(await rows(`vmboxes/${box}/messages/${first}`)).to.deep.include({
      caller_id_name: 'Zoë',
      from: '+14155550100@acme.test',
      to: '1001@acme.test',
    });
    expect(rest.bus.named('mwi_update').at(-1)).to.include({
      To: '1001@acme.test',
      'Messages-New': 1,
      'Messages-Saved': 1,
    });
    expect(await rows(`vmboxes/${second}/messages`)).to.deep.equal([]);
    expect((await other.send('GET', `vmboxes/${box}/messages/${first}`)).status).to.equal(404);
    expect((await tenant.send('GET', `vmboxes/${second}/messages/${first}`)).status).to.equal(404);
    const bad = await tenant.send('PUT', `vmboxes/${box}/messages`, { folder: 'inbox' });
    expect(bad.body.data).to.have.nested.property('folder.enum');
  });

  it('plays a message whole and in part, and takes another sound for it', async () => {
    const id = await leave({}, sound);
    const path = `vmboxes/${box}/messages/${id}/raw`;
    const part = await tenant.send('GET', path, undefined, { headers: { range: 'bytes=0-9' } });
    expect([part.status, part.headers.get('content-range')]).to.deep.equal([206, 'bytes 0-9/200']);
    expect(part.headers.get('content-type')).to.equal('audio/mpeg');
    const put = await tenant.send('PUT', path, undefined, {
      raw: sound.subarray(0, 50),
      headers: { 'content-type': 'audio/wav' },
    });
    expect(put.status, put.text).to.equal(201);
    const whole = await tenant.send('GET', path);
    expect([whole.headers.get('content-type'), whole.headers.get('content-length')]).to.deep.equal([
      'audio/wav',
      '50',
    ]);
    const silent = await leave({});
    expect((await tenant.send('GET', `vmboxes/${box}/messages/${silent}/raw`)).status).to.equal(404);
  });

  it('takes the address to notify as clients of old wrote it', async () => {
    const old = { name: 'Old', mailbox: '1009', notify_email_address: 'old@acme.test' };
    const { data } = (await tenant.send('PUT', 'vmboxes', old)).body;
    expect(data.notify_email_addresses).to.deep.equal(['old@acme.test']);
    expect(data).to.not.have.property('notify_email_address');
    expect((await tenant.send('DELETE', `vmboxes/${data.id}`)).status).to.equal(200);
  });

  it('puts messages into folders and boxes, one or many', async () => {
    const [a, b] = [await leave({}, sound), await leave({}, sound)];
    const one = await tenant.send('POST', `vmboxes/${box}/messages/${a}`, { folder: 'saved' });
    expect(one.body.data.folder).to.equal('saved');
    const path = `vmboxes/${box}/messages/${a}`;
    expect((await tenant.send('POST', `${path}?folder=new`, {})).body.data.folder).to.equal('new');
    expect((await tenant.send('POST', `${path}?folder=x`, {})).body.data).to.have.nested.property(
      'folder.enum',
    );
    expect((await tenant.send('POST', path, {})).body.data.folder).to.equal('saved');
    const many = await tenant.send('POST', `vmboxes/${box}/messages`, {
      messages: [a, b, '202001-none'],
      folder: 'new',
    });
    expect(many.body.data.succeeded).to.deep.equal([a, b]);
    expect(many.body.data.failed).to.deep.equal([{ '202001-none': 'bad_identifier' }]);
    const copied = await tenant.send('POST', `vmboxes/${box}/messages`, {
      messages: [a],
      source_id: [second],
    });
    const [copy] = copied.body.data.succeeded;
    expect(copy).to.be.a('string').and.not.equal(a);
    const heard = await tenant.send('GET', `vmboxes/${second}/messages/${copy}/raw`);
    expect(heard.headers.get('content-length')).to.equal('200');
    expect((await tenant.send('GET', `vmboxes/${box}/messages/${a}`)).status).to.equal(200);
    await tenant.send('POST', `vmboxes/${box}/messages`, { messages: [b], source_id: second });
    expect((await tenant.send('GET', `vmboxes/${box}/messages/${b}`)).status).to.equal(404);
    expect((await tenant.send('GET', `vmboxes/${second}/messages/${b}`)).status).to.equal(200);
    const nowhere = await tenant.send('POST', `vmboxes/${box}/messages`, {
      messages: [a],
      source_id: 'none',
    });
    expect(nowhere.status).to.equal(404);
    expect((await tenant.send('POST', `vmboxes/${box}/messages`, {})).body.data).to.have.property('messages');
  });

  it('deletes messages by name, by folder and with the box', async () => {
    const [a, b] = [await leave({ folder: 'deleted' }), await leave({})];
    rest.bus.clear();
    await tenant.send('DELETE', `vmboxes/${box}/messages/${b}`);
    expect(rest.bus.named('voicemail_deleted')[0]).to.include({ 'Voicemail-ID': b, 'Voicemail-Box': box });
    expect((await tenant.send('GET', `vmboxes/${box}/messages/${b}`)).status).to.equal(404);
    const { body } = await tenant.send('DELETE', `vmboxes/${box}/messages?folder=deleted`);
    expect(body.data.succeeded).to.deep.equal([a]);
    await tenant.send('DELETE', `vmboxes/${box}/messages`);
    expect(await rows(`vmboxes/${box}/messages`)).to.deep.equal([]);
    expect((await tenant.send('DELETE', `vmboxes/${second}`)).status).to.equal(200);
    expect((await tenant.send('GET', `vmboxes/${second}/messages`)).status).to.equal(404);
  });

  it('packs sounds into a zip', async () => {
    const ids = [
      await leave({ timestamp: 63_900_000_000 }, sound),
      await leave({ timestamp: 63_900_000_000 }, sound),
    ];
    const response = await fetch(`${rest.url}/v2/accounts/${tenant.id}/vmboxes/${box}/messages/raw`, {
      method: 'POST',
      headers: { 'x-auth-token': tenant.token, 'content-type': 'application/json' },
      body: JSON.stringify({ data: { messages: ids } }),
    });
    const packed = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('content-type'), packed.toString('latin1', 0, 300)).to.equal(
      'application/zip',
    );
    const names = await new Promise<string[]>((resolve, reject) =>
      fromBuffer(packed, { lazyEntries: false }, (error, zip) => {
        if (error) return reject(error);
        const found: string[] = [];
        zip.on('entry', (entry) => found.push(`${entry.fileName} ${entry.uncompressedSize}`));
        zip.on('end', () => resolve(found));
        zip.on('error', reject);
      }),
    );
    expect(names).to.have.length(2);
    expect(new Set(names).size).to.equal(2);
    expect(names.every((name) => /^anonymous_.*\.mp3 200$/.test(name))).to.equal(true);
  });
});
