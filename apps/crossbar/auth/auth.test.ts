// Logging in by every way Kazoo knows, what is stored of a password, and when a token ends.
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { accountDatabase, type StoredDocument } from '../../../core/couch/index.ts';
import { start } from '../app.ts';
import { md5 } from '../testing/rest.ts';
import { tenants } from '../testing/tenants.ts';

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

describe('authentication', () => {
  const { rest, tenant } = tenants();

  const putAuth = (data: object) => rest.send('PUT', 'user_auth', data);
  const person = async (username: string, more: object = {}) => {
    const data = { first_name: 'A', last_name: 'B', username, password: 'opensesame', ...more };
    return String((await tenant.send('PUT', 'users', data)).body.data.id);
  };
  const stored = (id: string) => rest.store.database(accountDatabase(tenant.id)).get(id, { fresh: true });

  it('answers with a token and what Monster UI wants to know', async () => {
    const { status, body } = await rest.login('admin', 'secret-of-admin', 'A.c-M e!');
    expect(status).to.equal(201);
    expect(body.data).to.include({
      account_id: tenant.id,
      owner_id: tenant.userId,
      account_name: 'acme',
      is_master_account: false,
    });
    const [header, claims] = body.auth_token
      .split('.')
      .slice(0, 2)
      .map((part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()));
    expect(header).to.include({ alg: 'RS256', typ: 'JWT' }).and.have.property('kid');
    expect(claims).to.include({
      iss: 'kazoo',
      account_id: tenant.id,
      owner_id: tenant.userId,
      method: 'cb_user_auth',
    });
    expect(claims.exp - Date.now() / 1000).to.be.within(3500, 3600);
  });

  it('knows md5 and sha, name, realm and number', async () => {
    await rest.send(
      'PUT',
      `accounts/${tenant.id}/phone_numbers/+14155550100`,
      {},
      { token: rest.master.token },
    );
    const pair = 'admin:secret-of-admin';
    for (const hint of [
      { account_name: 'acme' },
      { account_realm: 'ACME.test' },
      { realm: 'acme.test' },
      { phone_number: '4155550100' },
    ])
      for (const credentials of [
        { credentials: md5(pair) },
        { credentials: md5(pair).toUpperCase(), method: 'md5' },
        { credentials: sha1(pair), method: 'sha' },
      ])
        expect(
          (await putAuth({ ...hint, ...credentials })).status,
          JSON.stringify({ hint, credentials }),
        ).to.equal(201);
  });

  it('refuses the rest with 401 or 400', async () => {
    const credentials = md5('admin:secret-of-admin');
    for (const [data, status] of [
      [{ credentials: md5('admin:wrong'), account_name: 'acme' }, 401],
      [{ credentials, account_name: 'nobody' }, 401],
      [{ credentials, account_name: '!!' }, 401],
      [{ credentials, account_realm: 'nowhere.test' }, 401],
      [{ credentials, phone_number: '1001' }, 401],
      [{ credentials, account_name: 'acme', method: 'sha' }, 401],
      [{ credentials }, 400],
      [{ account_name: 'acme' }, 400],
      [{ credentials: 'admin:secret-of-admin', account_name: 'acme' }, 400],
      [{ credentials, account_name: { $gt: null } }, 400],
      [{ credentials: [credentials], account_name: 'acme' }, 400],
    ] as const)
      expect((await putAuth(data)).status, JSON.stringify(data)).to.equal(status);
    const refusals = rest.log.records.filter(({ message }) => message === 'login refused');
    expect(refusals.at(-1)?.fields).to.deep.include({ clientIp: '127.0.0.1', account_name: 'acme' });
  });

  it('stores neither the password nor what a client would send', async () => {
    const id = await person('carol');
    const text = JSON.stringify(await stored(id));
    for (const secret of ['opensesame', md5('carol:opensesame'), sha1('carol:opensesame')])
      expect(text).not.to.include(secret);
    expect((await stored(id)).pvt_argon2_auth).to.have.keys('md5', 'sha');
  });

  it('takes a name with capitals as it was typed and in lower case', async () => {
    const given = { username: 'BigCase', password: 'opensesame', first_name: 'Big', last_name: 'Case' };
    const { body } = await tenant.send('PUT', 'users', given);
    expect(body.data.username).to.equal('bigcase');
    for (const digest of [md5, sha1])
      for (const name of ['BigCase', 'bigcase']) {
        const method = digest === md5 ? 'md5' : 'sha';
        const credentials = digest(`${name}:opensesame`);
        expect((await putAuth({ account_name: 'acme', credentials, method })).status, name).to.equal(201);
      }
    const shouted = md5('BIGCASE:opensesame');
    expect((await putAuth({ account_name: 'acme', credentials: shouted })).status).to.equal(401);
  });

  it('ends tokens when the password changes, the user is disabled or deleted', async () => {
    const id = await person('dave');
    const log = async (password: string) =>
      (await rest.login('dave', password, 'acme')).body.auth_token as string;
    const works = async (token: string) => (await tenant.send('GET', '', undefined, { token })).status;
    const first = await log('opensesame');
    expect(await works(first)).to.equal(200);
    expect(
      (await tenant.send('PATCH', `users/${id}`, { username: 'dave', password: 'second' })).status,
    ).to.equal(200);
    expect(await works(first)).to.equal(401);
    expect((await rest.login('dave', 'opensesame', 'acme')).status).to.equal(401);
    const second = await log('second');
    await tenant.send('PATCH', `users/${id}`, { email: 'dave@acme.test' });
    expect(await works(second)).to.equal(200);
    await tenant.send('PATCH', `users/${id}`, { enabled: false });
    expect(await works(second)).to.equal(401);
    expect((await rest.login('dave', 'second', 'acme')).status).to.equal(401);
    await tenant.send('PATCH', `users/${id}`, { enabled: true });
    expect(await works(second)).to.equal(200);
    await tenant.send('DELETE', `users/${id}`);
    expect(await works(second)).to.equal(401);
  });

  it('keeps name and password together', async () => {
    const id = await person('erin');
    expect(
      (await tenant.send('PATCH', `users/${id}`, { username: 'eve' })).body.data,
    ).to.have.nested.property('password.required');
    expect(
      (await tenant.send('PUT', 'users', { first_name: 'A', last_name: 'B', password: 'x' })).body.data,
    ).to.have.nested.property('username.required');
    expect(
      (
        await tenant.send('PUT', 'users', {
          first_name: 'A',
          last_name: 'B',
          username: 'ERIN',
          password: 'x',
        })
      ).body.data,
    ).to.have.nested.property('username.unique');
  });

  it('lets nobody in whose name was taken away', async () => {
    const id = await person('frank');
    const token: string = (await rest.login('frank', 'opensesame', 'acme')).body.auth_token;
    const { status, text } = await tenant.send('PATCH', `users/${id}`, { username: null });
    expect(status, text).to.equal(200);
    expect((await rest.login('frank', 'opensesame', 'acme')).status).to.equal(401);
    expect((await tenant.send('GET', '', undefined, { token })).status).to.equal(401);
    const again = { username: 'frank', password: 'opensesame' };
    expect((await tenant.send('PATCH', `users/${id}`, again)).status).to.equal(200);
    expect((await rest.login('frank', 'opensesame', 'acme')).status).to.equal(201);
  });

  it('takes users as Kazoo stored them and salts what it finds', async () => {
    const database = rest.store.database(accountDatabase(tenant.id));
    const legacy = { pvt_type: 'user', first_name: 'L', last_name: 'G', username: 'old', enabled: true };
    const { _id } = await database.save({
      ...legacy,
      pvt_md5_auth: md5('old:pw'),
      pvt_sha1_auth: sha1('old:pw'),
    } as unknown as StoredDocument);
    expect((await rest.login('old', 'wrong', 'acme')).status).to.equal(401);
    const { body } = await rest.login('old', 'pw', 'acme');
    expect((await tenant.send('GET', '', undefined, { token: body.auth_token })).status).to.equal(200);
    expect(await stored(_id)).to.not.have.any.keys('pvt_md5_auth', 'pvt_sha1_auth');
    expect((await rest.login('old', 'pw', 'acme')).status).to.equal(201);
    expect(
      (await putAuth({ credentials: sha1('old:pw'), method: 'sha', account_name: 'acme' })).status,
    ).to.equal(201);
  });

  it('locks out a disabled account and its tokens, and lets it in again', async () => {
    const other = await rest.account('late');
    const set = (enabled: boolean) =>
      rest.send('PATCH', `accounts/${other.id}`, { enabled }, { token: rest.master.token });
    expect((await set(false)).body.data.enabled).to.equal(false);
    const refused = await rest.login('admin', 'secret-of-admin', 'late');
    expect([refused.status, refused.body.message]).to.deep.equal([423, 'locked']);
    expect(refused.body.data).to.have.nested.property('account.disabled');
    expect((await other.send('GET', '')).status).to.equal(423);
    await set(true);
    expect((await other.send('GET', '')).status).to.equal(200);
    // Not by itself.
    expect((await other.send('PATCH', '', { enabled: false })).body.data.enabled).to.equal(true);
  });

  it('takes an API key, until it is renewed', async () => {
    const { api_key } = (await tenant.send('GET', 'api_key')).body.data;
    expect((await tenant.send('GET', '?include_api_key=true')).body.data.api_key).to.equal(api_key);
    expect((await tenant.send('GET', '')).body.data).not.to.have.property('api_key');
    const { status, body } = await rest.send('PUT', 'api_auth', { api_key });
    expect(status).to.equal(201);
    const token = String(body.auth_token);
    expect((await tenant.send('GET', 'users', undefined, { token })).status).to.equal(200);
    await tenant.send('PUT', 'api_key', {});
    expect((await tenant.send('GET', 'users', undefined, { token })).status).to.equal(401);
    expect((await rest.send('PUT', 'api_auth', { api_key })).status).to.equal(401);
    expect((await rest.send('PUT', 'api_auth', { api_key: 'short' })).status).to.equal(400);
  });

  it('finds a token wherever it may stand, and takes no other', async () => {
    const { token, id } = tenant;
    const path = `accounts/${id}/users`;
    const status = async (more: string, headers: Record<string, string> = {}) =>
      (await rest.send('GET', path + more, undefined, { headers })).status;
    expect(await status(`?auth_token=${token}`)).to.equal(200);
    expect(await status('', { authorization: `Bearer ${token}` })).to.equal(200);
    expect(await status('', { authorization: token })).to.equal(200);
    const created = await rest.send('PUT', `accounts/${id}/menus`, undefined, {
      raw: JSON.stringify({ data: { name: 'm' }, 'Auth-Token': token }),
    });
    expect(created.status).to.equal(201);
    const [head = '', claims = '', signature = ''] = token.split('.');
    const forged = Buffer.from(
      JSON.stringify({
        ...JSON.parse(Buffer.from(claims, 'base64url').toString()),
        account_id: rest.master.id,
      }),
    ).toString('base64url');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
    for (const wrong of [
      '',
      'x',
      'a.b.c',
      `${head}.${forged}.${signature}`,
      `${none}.${claims}.`,
      `${head}.${claims}.`,
      'ÿ',
    ])
      expect(await status('', wrong === 'ÿ' ? {} : { 'x-auth-token': wrong }), wrong).to.equal(401);
  });

  it('takes the tokens of another crossbar: none of them keeps anything of its own', async () => {
    const another = await start(rest.context);
    const path = `v2/accounts/${tenant.id}`;
    const headers = { 'x-auth-token': tenant.token };
    expect((await fetch(`http://127.0.0.1:${another.port}/${path}`, { headers })).status).to.equal(200);
    await another.stop();
  });

  it('ends a token after its time', async () => {
    await rest.context.systemConfig.set('crossbar', 'auth.token_auth_expiry_s', -1);
    const { body } = await rest.login('admin', 'secret-of-admin', 'acme');
    await rest.context.systemConfig.set('crossbar', 'auth.token_auth_expiry_s', 3600);
    expect((await tenant.send('GET', '', undefined, { token: body.auth_token })).status).to.equal(401);
  });

  it('says what a token is about', async () => {
    const { body } = await rest.send('GET', `user_auth/${tenant.token}`, undefined, { token: tenant.token });
    expect(body.data).to.include({ account_id: tenant.id, method: 'cb_user_auth' });
    expect(
      (await rest.send('GET', `user_auth/${rest.master.token}`, undefined, { token: tenant.token })).status,
    ).to.equal(401);
  });

  it('lets the master stand in for a user, and nobody else', async () => {
    const path = `accounts/${tenant.id}/users/${tenant.userId}/user_auth`;
    const raw = JSON.stringify({ data: {}, action: 'impersonate_user' });
    const { status, body } = await rest.send('PUT', path, undefined, { token: rest.master.token, raw });
    expect(status).to.equal(201);
    expect((await tenant.send('GET', 'users', undefined, { token: body.auth_token })).status).to.equal(200);
    expect((await rest.send('PUT', path, undefined, { token: tenant.token, raw })).status).to.equal(403);
  });
});
