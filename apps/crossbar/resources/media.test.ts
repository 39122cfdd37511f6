// Media: sounds up and down, whole and in part, in every way a client may send them.
import { expect } from 'chai';
import { tenants } from '../testing/tenants.ts';

const sound = Buffer.from(Array.from({ length: 256 }, (_, at) => at));

describe('media', () => {
  const { rest, tenant, other } = tenants();
  let id: string;
  before(async () => {
    id = (await tenant.send('PUT', 'media', { name: 'greeting' })).body.data.id;
  });

  const upload = (contentType: string, raw: string | Uint8Array, headers: Record<string, string> = {}) =>
    tenant.send('POST', `media/${id}/raw`, undefined, {
      raw,
      headers: { 'content-type': contentType, ...headers },
    });
  const download = async (range?: string) => {
    const response = await fetch(`${rest.url}/v2/accounts/${tenant.id}/media/${id}/raw`, {
      headers: { 'x-auth-token': tenant.token, ...(range === undefined ? {} : { range }) },
    });
    return { response, bytes: Buffer.from(await response.arrayBuffer()) };
  };

  it('has no sound at first', async () => {
    expect((await download()).response.status).to.equal(404);
  });

  it('is uploaded raw, as base64, as a data URI, and as multipart', async () => {
    const form = (head: string) =>
      Buffer.concat([Buffer.from(`--b\r\n${head}\r\n\r\n`), sound, Buffer.from('\r\n--b--\r\n')]);
    for (const [type, raw, heard] of [
      ['audio/wav', sound, 'audio/wav'],
      ['application/base64', `data:audio/mp3;base64,${sound.toString('base64')}`, 'audio/mp3'],
      [
        'multipart/form-data; boundary=b',
        form('Content-Disposition: form-data; name="f"; filename="a.wav"\r\nContent-Type: audio/x-wav'),
        'audio/x-wav',
      ],
      ['multipart/mixed; boundary=b', form('Content-Type: audio/ogg'), 'audio/ogg'],
    ] as const) {
      const { status, body, text } = await upload(type, raw);
      expect(status, text).to.equal(200);
      expect(body.data).to.include({
        content_type: heard,
        content_length: 256,
        media_source: 'upload',
        name: 'greeting',
      });
      const { response, bytes } = await download();
      expect(response.headers.get('content-type')).to.equal(heard);
      expect(bytes.equals(sound), type).to.equal(true);
    }
    const document = await rest.store.database(tenant.id).get(id);
    expect(Object.keys(document._attachments ?? {})).to.have.length(1);
  });

  it('is downloaded in part', async () => {
    const { response, bytes } = await download('bytes=10-19');
    expect(response.status).to.equal(206);
    expect(response.headers.get('content-range')).to.equal('bytes 10-19/256');
    expect([...bytes]).to.deep.equal([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    expect((await download('bytes=300-')).response.status).to.equal(416);
  });

  it('is not sent again to who has it', async () => {
    const tag = String((await download()).response.headers.get('etag'));
    const again = await tenant.send('GET', `media/${id}/raw`, undefined, {
      headers: { 'if-none-match': tag },
    });
    expect([again.status, again.text]).to.deep.equal([304, '']);
  });

  it('refuses what is no sound, and names that lead elsewhere', async () => {
    expect((await upload('text/html', '<script>')).status).to.equal(415);
    expect(
      (await upload('application/base64', `data:text/html;base64,${sound.toString('base64')}`)).status,
    ).to.equal(415);
    expect((await upload('application/json', '{"data":{}}')).status).to.equal(400);
    expect((await upload('audio/wav', sound, { 'x-file-name': '../../_design/x"\\y.wav' })).status).to.equal(
      200,
    );
    const [name = ''] = Object.keys((await rest.store.database(tenant.id).get(id))._attachments ?? {});
    expect(name)
      .to.match(/^[\w.-]+$/)
      .and.not.match(/^[._]/);
    expect((await tenant.send('PATCH', `media/${id}`, { media_source: 'tts' })).body.data).to.have.property(
      'tts.text',
    );
  });

  it('keeps the system prompts for the master to change and for all to hear', async () => {
    const prompt = {
      pvt_type: 'media',
      name: 'hi',
      prompt_id: 'hi',
      language: 'en-us',
      media_source: 'upload',
    };
    await rest.store.database('system_media').save({ _id: 'en-us%2Fhi', ...prompt });
    const path = `media/${encodeURIComponent('en-us%2Fhi')}`;
    const headers = { 'content-type': 'audio/wav' };
    expect(
      (await rest.send('POST', `${path}/raw`, undefined, { token: tenant.token, raw: sound, headers }))
        .status,
    ).to.equal(403);
    expect(
      (await rest.send('POST', `${path}/raw`, undefined, { token: rest.master.token, raw: sound, headers }))
        .status,
    ).to.equal(200);
    for (const form of [path, 'media/en-us%2Fhi'])
      expect((await rest.send('GET', form, undefined, { token: tenant.token })).body.data).to.include({
        prompt_id: 'hi',
      });
    expect((await other.send('GET', 'media/prompts')).body.data).to.deep.equal([]);
    expect((await other.send('GET', 'media/languages')).body.data).to.deep.equal([]);
    expect(
      (await rest.send('GET', 'media/languages', undefined, { token: tenant.token })).body.data,
    ).to.deep.equal([{ 'en-us': 1 }]);
    expect(
      (await rest.send('GET', 'media/prompts', undefined, { token: tenant.token })).body.data,
    ).to.deep.equal([{ hi: 1 }]);
  });
});
