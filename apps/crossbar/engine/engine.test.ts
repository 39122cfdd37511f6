// What the engine does for every resource: envelopes, methods, paging, filters, caching, CORS, limits, stopping.
import { createConnection } from 'node:net';
import { expect } from 'chai';
import { tenants } from '../testing/tenants.ts';

describe('the REST engine', () => {
  const { rest, tenant } = tenants();
  const ids: string[] = [];
  before(async () => {
    for (let at = 0; at < 7; at++) {
      const id = at.toString(16).repeat(32);
      const data = {
        id,
        name: `Menu ${at}`,
        timeout: at < 3 ? 100 : 200,
        ...(at === 0 && { hunt_allow: 'x' }),
      };
      expect((await tenant.send('PUT', 'menus', data)).body.data.id).to.equal(id);
      ids.push(id);
    }
  });

  const listed = async (query: string): Promise<string[]> =>
    (await tenant.send('GET', `menus?${query}`)).body.data.map((row: { id: string }) => row.id);

  it('wraps answers in the envelope', async () => {
    const { body, headers } = await tenant.send('GET', `menus/${ids[0]}`, undefined, {
      headers: { 'x-request-id': 'my-id' },
    });
    expect(body).to.have.all.keys(
      'data status auth_token tokens request_id revision node timestamp version'.split(' '),
    );
    expect(body).to.include({ status: 'success', request_id: 'my-id', auth_token: tenant.token });
    expect(body.timestamp).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(headers.get('x-request-id')).to.equal('my-id');
    const other = await tenant.send('GET', 'menus/none', undefined, {
      headers: { 'x-request-id': 'no spaces!' },
    });
    expect(other.body.request_id).to.match(/^[0-9a-f]{32}$/);
    expect(other.body).to.include({ status: 'error', error: '404', message: 'bad_identifier' });
    expect(other.body.data).to.deep.equal({ message: 'bad identifier', cause: 'none' });
  });

  it('spells validation errors as Kazoo does', async () => {
    const { status, body } = await tenant.send('PUT', 'menus', {
      name: '',
      retries: 99,
      timeout: 'soon',
      media: { greeting: 1 },
      max_extension_length: 'x',
    });
    expect([status, body.message]).to.deep.equal([400, 'validation error']);
    expect(body.data.name.minLength).to.include({ target: 1, value: '' });
    expect(body.data.retries.maximum).to.include({ target: 10, value: 99 });
    expect(body.data.timeout.type).to.include({ target: 'integer', value: 'soon' });
    expect(body.data['media.greeting'].type).to.include({ target: 'string', value: 1 });
    expect((await tenant.send('PUT', 'menus', {})).body.data.name.required).to.have.property('message');
    expect((await tenant.send('PUT', 'menus', { name: 'coerced', retries: '5' })).body.data.retries).to.equal(
      5,
    );
    await tenant.send(
      'DELETE',
      `menus/${(await tenant.send('GET', 'menus?filter_name=coerced')).body.data[0].id}`,
    );
  });

  it('pages from the last to the first, and the other way when asked', async () => {
    const first = await tenant.send('GET', 'menus?page_size=3');
    expect(first.body).to.include({ page_size: 3 }).and.not.have.property('start_key');
    const second = await tenant.send('GET', `menus?page_size=3&start_key=${first.body.next_start_key}`);
    expect(second.body.start_key).to.equal(first.body.next_start_key);
    const third = await tenant.send('GET', `menus?page_size=3&start_key=${second.body.next_start_key}`);
    expect(third.body).to.include({ page_size: 1 }).and.not.have.property('next_start_key');
    const all = [first, second, third].flatMap(({ body }) => body.data.map((row: { id: string }) => row.id));
    expect(all).to.deep.equal([...ids].reverse());
    expect(await listed('ascending=true&page_size=2')).to.deep.equal(ids.slice(0, 2));
    expect(await listed(`ascending=true&start_key=${ids[5]}`)).to.deep.equal(ids.slice(5));
    const everything = await tenant.send('GET', 'menus?paginate=false');
    expect(everything.body.data).to.have.length(7);
    expect(everything.body).to.not.have.any.keys('page_size', 'start_key', 'next_start_key');
    for (const wrong of ['0', '-1', 'x', '1.5', '99999999'])
      expect((await tenant.send('GET', `menus?page_size=${wrong}`)).body).to.include({
        error: '404',
        message: 'faulty_request',
      });
  });

  it('filters over the whole document, page by page', async () => {
    expect(await listed('filter_timeout=100')).to.have.members(ids.slice(0, 3));
    expect(await listed('filter_not_timeout=100')).to.have.members(ids.slice(3));
    expect(await listed('filter_timeout=["100","200"]&ascending=true')).to.deep.equal(ids);
    expect(await listed('has_key=hunt_allow')).to.deep.equal([ids[0]]);
    expect(await listed('key_missing=hunt_allow')).to.have.members(ids.slice(1));
    expect(await listed('has_value=hunt_allow&filter_timeout=200')).to.deep.equal([]);
    expect(await listed('value_missing=hunt_allow')).to.have.length(6);
    expect(await listed('created_from=1')).to.have.length(7);
    expect(await listed('modified_to=1')).to.deep.equal([]);
    const page = await tenant.send('GET', 'menus?filter_timeout=200&page_size=3');
    expect(page.body.data).to.have.length(3);
    expect(
      await listed(`filter_timeout=200&page_size=3&start_key=${page.body.next_start_key}`),
    ).to.have.length(1);
  });

  it('never tells of private fields, not even by a filter', async () => {
    const secret = (await rest.store.database(tenant.id).get(tenant.userId)).pvt_created;
    for (const path of ['pvt_created', 'pvt_type', '_id', '_rev'])
      expect((await tenant.send('GET', `users?has_key=${path}`)).body.data, path).to.deep.equal([]);
    expect((await tenant.send('GET', `users?filter_pvt_created=${secret}`)).body.data).to.deep.equal([]);
  });

  it('drops private keys that a client sends', async () => {
    const evil = {
      name: 'evil',
      _rev: '9-x',
      _id: 'y',
      pvt_type: 'user',
      pvt_account_id: 'z',
      pvt_deleted: true,
      _attachments: {},
    };
    const { status, body } = await tenant.send('PUT', 'menus', evil);
    expect(status).to.equal(201);
    const stored = await rest.store.database(tenant.id).get(body.data.id);
    expect(stored).to.include({ pvt_type: 'menu', pvt_account_id: tenant.id });
    expect(stored).to.include({ pvt_auth_account_id: tenant.id, pvt_request_id: body.request_id });
    const patched = await tenant.send('PATCH', `menus/${body.data.id}`, { pvt_type: 'user', _deleted: true });
    expect(patched.status).to.equal(200);
    await tenant.send('DELETE', `menus/${body.data.id}`);
  });

  it('answers 304 for what the client has, and 412 for what it thinks it has', async () => {
    const path = `menus/${ids[1]}`;
    const { headers, body } = await tenant.send('GET', path);
    const tag = String(headers.get('etag'));
    const again = await tenant.send('GET', path, undefined, { headers: { 'if-none-match': tag } });
    expect([again.status, again.text]).to.deep.equal([304, '']);
    const list = await tenant.send('GET', 'menus');
    const same = await tenant.send('GET', 'menus', undefined, {
      headers: { 'if-none-match': String(list.headers.get('etag')) },
    });
    expect(same.status).to.equal(304);
    const write = (revision: string) =>
      tenant.send('PATCH', path, { timeout: 100 }, { headers: { 'if-match': revision } });
    expect((await write('"0-none"')).status).to.equal(412);
    expect((await write(tag)).status).to.equal(200);
    expect((await write(tag)).status).to.equal(412);
    expect((await write('*')).status).to.equal(200);
    expect(body.revision).to.equal(tag.slice(1, -1));
    expect((await tenant.send('DELETE', path, undefined, { headers: { 'if-match': tag } })).status).to.equal(
      412,
    );
  });

  it('merges a patch: null removes, arrays replace, objects merge', async () => {
    const path = `menus/${ids[2]}`;
    await tenant.send('PATCH', path, { a: { b: 1, c: { d: 2 } }, list: [1, 2] });
    const { body } = await tenant.send('PATCH', path, {
      a: { b: null, c: { e: 3 } },
      list: [3],
      z: { y: null },
    });
    expect(body.data).to.deep.include({ a: { c: { d: 2, e: 3 } }, list: [3], z: {} });
    expect((await tenant.send('PATCH', path, { name: null })).body.data).to.have.nested.property(
      'name.required',
    );
  });

  it('knows what is not there from what cannot be done there', async () => {
    expect((await tenant.send('GET', 'nonsense')).status).to.equal(404);
    const wrong = await tenant.send('DELETE', 'menus');
    expect([wrong.status, wrong.body.message, wrong.headers.get('allow')]).to.deep.equal([
      405,
      'invalid_method',
      'GET, PUT, OPTIONS',
    ]);
    const unknown = await rest.send('GET', `accounts/${'0'.repeat(32)}/menus`, undefined, {
      token: tenant.token,
    });
    expect([unknown.status, unknown.body.message, unknown.body.data]).to.deep.equal([
      404,
      'bad identifier',
      ['0'.repeat(32)],
    ]);
    // Without a token nobody learns which accounts there are.
    expect((await rest.send('GET', 'accounts/xyz/menus')).status).to.equal(401);
    expect((await rest.send('GET', `accounts/${tenant.id}/menus`)).status).to.equal(401);
    const v1 = await fetch(`${rest.url}/v1/accounts`);
    expect([v1.status, ((await v1.json()) as { message: string }).message]).to.deep.equal([410, 'gone']);
    const banner = await fetch(`${rest.url}/index.html`);
    expect([banner.status, await banner.text()]).to.satisfy(
      ([status, text]: [number, string]) => status === 404 && text.startsWith('Mirliton'),
    );
    expect((await fetch(`${rest.url}/`)).status).to.equal(200);
  });

  it('takes an account in all its forms, and `account` for the own one', async () => {
    const { id, token } = tenant;
    const slashed = `account/${id.slice(0, 2)}/${id.slice(2, 4)}/${id.slice(4)}`;
    for (const form of [id, encodeURIComponent(slashed), encodeURIComponent(encodeURIComponent(slashed))])
      expect((await rest.send('GET', `accounts/${form}`, undefined, { token })).body.data?.id, form).to.equal(
        id,
      );
    expect((await rest.send('GET', 'account/menus', undefined, { token })).status).to.equal(200);
    expect((await rest.send('GET', 'account', undefined, { token })).body.data.id).to.equal(id);
    expect((await rest.send('GET', 'account/menus')).status).to.equal(401);
  });

  it('lets POST stand for another verb', async () => {
    const made = await tenant.send('POST', 'menus?verb=put', { name: 'by verb' });
    expect(made.status).to.equal(201);
    const raw = JSON.stringify({ data: {}, verb: 'DELETE' });
    expect((await tenant.send('POST', `menus/${made.body.data.id}`, undefined, { raw })).status).to.equal(
      200,
    );
    expect((await tenant.send('GET', 'menus?verb=put', undefined)).status).to.equal(200);
  });

  it('answers browsers of any origin', async () => {
    const url = `${rest.url}/v2/accounts/${tenant.id}/menus`;
    const asked = await fetch(url, { method: 'OPTIONS', headers: { origin: 'http://ui.test' } });
    expect(asked.status).to.equal(200);
    expect(asked.headers.get('access-control-allow-origin')).to.equal('*');
    expect(asked.headers.get('access-control-allow-methods')).to.equal('GET, PUT, OPTIONS');
    expect(asked.headers.get('access-control-allow-headers')).to.include('x-auth-token');
    const refused = await fetch(url, { headers: { origin: 'http://ui.test' } });
    expect(refused.status).to.equal(401);
    expect(refused.headers.get('access-control-allow-origin')).to.equal('*');
    expect((await fetch(url)).headers.get('access-control-allow-origin')).to.equal(null);
  });

  it('tells pages of any origin what is not there', async () => {
    const headers = { origin: 'http://ui.test', 'access-control-request-headers': 'x-auth-token' };
    const asked = await tenant.send('OPTIONS', 'nonsense', undefined, { headers });
    expect(asked.status).to.equal(200);
    expect(asked.headers.get('access-control-allow-headers')).to.include('x-auth-token');
    const told = await tenant.send('GET', 'nonsense', undefined, { headers });
    expect([told.status, told.headers.get('access-control-allow-origin')]).to.deep.equal([404, '*']);
  });

  it('refuses content types it does not know, where it would read them', async () => {
    for (const [type, status] of [
      ['text/plain', 415],
      ['audio/wav', 415],
      ['application/x-json', 201],
      ['application/x-www-form-urlencoded', 201],
    ] as const) {
      const answer = await tenant.send(
        'PUT',
        'menus',
        { name: 'typed' },
        { headers: { 'content-type': type } },
      );
      expect(answer.status, type).to.equal(status);
      if (status === 201) await tenant.send('DELETE', `menus/${answer.body.data.id}`);
    }
  });

  it('refuses bodies that are too large, and says so', async () => {
    const raw = JSON.stringify({ data: { name: 'x'.repeat(8_100_000) } });
    const { status, body } = await tenant.send('PUT', 'menus', undefined, { raw });
    expect([status, body.message]).to.deep.equal([413, 'validation error']);
    expect(body.data).to.have.nested.property('file.maxSize');
  });

  it('lets a document id be chosen, once, and only in the right form', async () => {
    expect((await tenant.send('PUT', 'menus', { id: ids[3], name: 'again' })).body).to.include({
      error: '409',
      message: 'datastore_conflict',
    });
    for (const id of ['limits', '_design/users', '../x', 7, '', 'F'.repeat(32)])
      expect(
        (await tenant.send('PUT', 'menus', { id, name: 'bad id' })).body.data,
        String(id),
      ).to.have.nested.property('id.pattern');
  });

  it('keeps nothing of a client that goes away', async () => {
    const { hostname, port } = new URL(rest.url);
    const before = rest.log.at('error').length;
    const socket = createConnection({ host: hostname, port: Number(port) });
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    socket.write(
      'PUT /v2/user_auth HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"data"',
    );
    await new Promise<void>((resolve) => socket.end(resolve));
    await new Promise<void>((resolve) => socket.once('close', () => resolve()).destroy());
    expect((await rest.send('GET', 'schemas')).status).to.equal(200);
    expect(rest.log.at('error')).to.have.length(before);
  });

  it('wraps an answer in the function that a page names, and in nothing else', async () => {
    const { text, headers } = await tenant.send('GET', `menus/${ids[0]}?jsonp=app.show`);
    expect(headers.get('content-type')).to.match(/^application\/javascript/);
    expect(JSON.parse(text.slice('app.show('.length, -2)).data.id).to.equal(ids[0]);
    const evil = await tenant.send('GET', `menus?jsonp=${encodeURIComponent('alert(1);x')}`);
    expect([evil.status, evil.body.data.jsonp.pattern.value]).to.deep.equal([400, 'alert(1);x']);
  });

  it('compresses what is worth it for those who accept it', async () => {
    const packed = await tenant.send('GET', 'menus', undefined, { headers: { 'accept-encoding': 'gzip' } });
    expect([packed.headers.get('content-encoding'), packed.body.data.length]).to.deep.equal(['gzip', 7]);
    const plain = await tenant.send('GET', 'menus', undefined, {
      headers: { 'accept-encoding': 'identity' },
    });
    expect(plain.headers.get('content-encoding')).to.equal(null);
    expect(plain.headers.get('vary')).to.match(/accept-encoding/i);
  });

  it('sends a list in chunks, with text behind it', async () => {
    const { headers, body } = await tenant.send('GET', 'menus?is_chunked=true&chunk_size=3&page_size=5');
    expect(headers.get('transfer-encoding')).to.equal('chunked');
    expect([body.data.length, body.page_size, body.status]).to.deep.equal([5, '5', 'success']);
    expect(body.next_start_key).to.be.a('string');
  });

  it('takes no verbs that there are not, which would end up in the metrics', async () => {
    const { status } = await rest.send('POST', 'user_auth?verb=made-up', {});
    expect(status).to.equal(405);
    const counted = JSON.stringify(rest.metrics);
    expect(counted).not.to.match(/made-up/i);
  });

  it('tells browsers without a token what they may do with their own account', async () => {
    const { status, headers } = await rest.send('OPTIONS', 'account/menus', undefined, {
      headers: { origin: 'http://page.test' },
    });
    expect(status).to.equal(200);
    expect(headers.get('access-control-allow-methods')).to.include('PUT');
  });

  it('refuses numbers that it could not store', async () => {
    const raw = '{"data":{"name":"n","size":1e999}}';
    const { status, body } = await tenant.send('PUT', 'menus', undefined, { raw });
    expect([status, body.data.json.invalid.message]).to.deep.equal([
      400,
      'the request body is out of range in a number',
    ]);
  });

  it('counts and times requests', async () => {
    const labels = { method: 'GET', endpoint: '/accounts/:account_id/menus', status: '200' };
    const before = rest.metrics.value('http_requests_total', labels);
    await tenant.send('GET', 'menus');
    expect(rest.metrics.value('http_requests_total', labels)).to.equal(before + 1);
    expect(rest.metrics.value('http_request_seconds', { endpoint: labels.endpoint })).to.be.greaterThan(0);
  });
});
