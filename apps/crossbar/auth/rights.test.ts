// Keys, ends of tokens, roles and restrictions, the second factor, recovery, and what is kept of all that.
import { expect } from 'chai';
import { Secret, TOTP } from 'otpauth';
import { monthDatabase } from '../../../core/couch/index.ts';
import { passwordRecovery } from '../../../core/messages/notification.ts';
import { md5, type Rest, startRest, type Tenant } from '../testing/rest.ts';

describe('rights', () => {
  let rest: Rest;
  let tenant: Tenant;
  before(async function () {
    this.timeout(120_000);
    rest = await startRest();
    tenant = await rest.account('acme');
  });
  after(() => rest.stop());

  const person = async (username: string, more: object = {}): Promise<string> => {
    const data = { first_name: 'A', last_name: 'B', username, password: 'pw', ...more };
    return String((await tenant.send('PUT', 'users', data)).body.data.id);
  };
  const tokenOf = async (username: string): Promise<string> =>
    String((await rest.login(username, 'pw', 'acme')).body.auth_token);
  const works = async (token: string) => (await tenant.send('GET', '', undefined, { token })).status;
  const master = (method: string, path: string, data?: object) =>
    rest.send(method, path, data, { token: rest.master.token });

  it('another key signs, and the tokens of the one before stay good until it is ended', async () => {
    await person('keys');
    const [old] = (await master('GET', 'auth/keys')).body.data;
    const before = await tokenOf('keys');
    const { id } = (await master('PUT', 'auth/keys')).body.data;
    expect((await master('GET', 'auth/keys')).body.data).to.deep.equal([old, id]);
    const after = await tokenOf('keys');
    expect([await works(before), await works(after)]).to.deep.equal([200, 200]);
    const kid = JSON.parse(Buffer.from(after.split('.')[0] ?? '', 'base64url').toString()).kid;
    expect(kid).to.equal(id);
    const { body } = await master('GET', `auth/keys/${id}`);
    expect(body.data).to.include({ signs: true }).and.not.have.property('private_key');
    expect((await tenant.send('GET', '', undefined, { token: after })).status).to.equal(200);
    expect((await rest.send('PUT', 'auth/keys', {}, { token: tenant.token })).status).to.equal(403);
    await master('PUT', `auth/keys/${id}`, { action: 'reset_private_key' });
    expect([await works(before), await works(after)]).to.deep.equal([200, 401]);
    expect(await works(await tokenOf('keys'))).to.equal(200);
  });

  it('a new secret of a user or an account ends their tokens, logging out one of them', async () => {
    const id = await person('ends');
    const reset = { action: 'reset_signature_secret' };
    const first = await tokenOf('ends');
    expect((await tenant.send('PUT', `users/${id}/auth`, reset, { token: first })).status).to.equal(201);
    expect(await works(first)).to.equal(401);
    const [second, third] = [await tokenOf('ends'), await tokenOf('ends')];
    expect((await rest.send('DELETE', 'token_auth', undefined, { token: second })).status).to.equal(200);
    expect([await works(second), await works(third)]).to.deep.equal([401, 200]);
    const other = await rest.account('whole');
    await other.send('PUT', 'auth', reset);
    expect((await other.send('GET', '')).status).to.equal(401);
    expect(await works(third)).to.equal(200);
  });

  it('a role lets through what its rules name, and gives nobody more', async () => {
    const rules = { users: [{ rules: { '#': ['_'] } }], menus: [{ rules: { '/': ['GET'] } }] };
    const role = (await tenant.send('PUT', 'roles', { name: 'Desk', priv_level: 'admin', rules })).body.data
      .id;
    const plain = await person('plain');
    const bearer = await person('bearer', { role });
    const token = await tokenOf('bearer');
    const status = async (method: string, path: string, data?: object) =>
      (await tenant.send(method, path, data, { token })).status;
    expect(await status('GET', 'menus')).to.equal(200);
    expect(await status('PUT', 'menus', { name: 'm' })).to.equal(403);
    expect(await status('GET', 'devices')).to.equal(403);
    expect(await status('GET', 'api_key')).to.equal(403);
    expect(await status('PATCH', `users/${plain}`, { timezone: 'UTC+1' })).to.equal(200);
    expect(await status('PATCH', `users/${plain}`, { priv_level: 'admin' })).to.equal(403);
    expect(await status('PATCH', `users/${bearer}`, { role: null })).to.equal(403);
    expect(await status('PATCH', `users/${tenant.userId}`, { username: 'admin', password: 'x' })).to.equal(
      403,
    );
    await tenant.send('DELETE', `roles/${role}`);
    expect(await status('GET', 'menus')).to.equal(403);
  });

  it('token restrictions hold for the way of logging in and the level they name', async () => {
    const other = await rest.account('narrow');
    const rules = { devices: [{ allowed_accounts: ['{AUTH_ACCOUNT_ID}'], rules: { '#': ['GET'] } }] };
    await other.send('POST', 'token_restrictions', { restrictions: { cb_api_auth: { _: rules } } });
    const { api_key } = (await other.send('GET', 'api_key')).body.data;
    const token = (await rest.send('PUT', 'api_auth', { api_key })).body.auth_token;
    expect((await other.send('GET', 'devices', undefined, { token })).status).to.equal(200);
    const refused = await other.send('PUT', 'devices', { name: 'd' }, { token });
    expect([refused.status, refused.body.data.cause]).to.deep.equal([
      403,
      'access denied by token restrictions',
    ]);
    expect((await other.send('PUT', 'devices', { name: 'd' })).status).to.equal(201);
  });

  it('a user who has a second factor needs it, each code once', async () => {
    const id = await person('factor');
    const token = await tokenOf('factor');
    const factor = (method: string, data?: object, as = token) =>
      tenant.send(method, `users/${id}/multi_factor`, data, { token: as });
    expect((await factor('PUT', {}, tenant.token)).status).to.equal(400);
    const { secret } = (await factor('PUT', {})).body.data;
    const codes = new TOTP({ secret: Secret.fromBase32(secret) });
    const now = Date.now();
    // Each later than the one before, and all within what clocks may differ.
    const code = (shift: number) => codes.generate({ timestamp: now + shift * 30_000 });
    const confirmed = await factor('POST', { code: code(0) });
    const [recovery] = confirmed.body.data.recovery_codes;
    const stored = JSON.stringify((await tenant.send('GET', `users/${id}`)).body);
    expect(stored).not.to.include(secret).and.not.to.include('pvt_totp');
    const asked = await rest.login('factor', 'pw', 'acme');
    expect([asked.status, asked.body.data.multi_factor_request]).to.deep.equal([
      401,
      { provider_name: 'totp', enrolled: true },
    ]);
    const credentials = md5('factor:pw');
    const login = (multi_factor_response: string) =>
      rest.send('PUT', 'user_auth', { credentials, account_name: 'acme', multi_factor_response });
    const answer = code(1);
    expect((await login(answer)).status).to.equal(201);
    expect((await login(answer)).status).to.equal(401);
    expect((await login(recovery)).status).to.equal(201);
    expect((await login(recovery)).status).to.equal(401);
    const authorization = `Basic ${Buffer.from(`${tenant.id}:factor:pw`).toString('base64')}`;
    const basic = await rest.send('GET', `accounts/${tenant.id}`, undefined, { headers: { authorization } });
    expect(basic.status).to.equal(401);
    expect((await factor('DELETE', undefined, tenant.token)).status).to.equal(200);
    expect((await rest.login('factor', 'pw', 'acme')).status).to.equal(201);
  });

  it('who forgot the password gets a link that is good once, and nobody learns who there is', async () => {
    const id = await person('forgot', { email: 'forgot@acme.test' });
    rest.bus.clear();
    const mailed = await rest.bus.peer('mail@localhost').consume(
      {
        queue: 'mails',
        bindings: [{ exchange: 'notifications', key: 'notifications.*.*' }],
        contracts: [passwordRecovery],
      },
      async () => undefined,
    );
    const ask = (username: string) =>
      rest.send('PUT', 'user_auth/recovery', {
        username,
        account_name: 'acme',
        ui_url: 'https://ui.acme.test/#/login',
      });
    const [known, unknown] = [await ask('forgot'), await ask('nobody')];
    expect([known.status, known.body.data]).to.deep.equal([unknown.status, unknown.body.data]);
    await rest.bus.settled();
    const [mail, ...more] = rest.bus.named('password_recovery');
    expect(more).to.deep.equal([]);
    expect(mail).to.include({ Email: 'forgot@acme.test', 'User-ID': id });
    const [, reset_id] = /recovery=([0-9a-f]+)$/.exec(mail?.['Password-Reset-Link']) ?? [];
    const use = () => rest.send('POST', 'user_auth/recovery', { reset_id });
    const { status, body } = await use();
    expect([status, body.data.require_password_update]).to.deep.equal([200, true]);
    const token = String(body.auth_token);
    expect(await works(token)).to.equal(200);
    expect((await use()).body.data).to.have.nested.property('user.not_found');
    await tenant.send('PATCH', `users/${id}`, { username: 'forgot', password: 'new' }, { token });
    const user = (await tenant.send('GET', `users/${id}`)).body.data;
    expect(user.require_password_update).to.equal(false);
    await mailed.stop();
  });

  it('keeps what was changed, by whom and from where, without secrets, for its administrators', async () => {
    const id = await person('audited');
    await tenant.send('PATCH', `users/${id}`, {
      timezone: 'Asia/Tokyo',
      username: 'audited',
      password: 'hush',
    });
    const raw = JSON.stringify({ data: {}, action: 'impersonate_user' });
    const as = await rest.send('PUT', `accounts/${tenant.id}/users/${tenant.userId}/user_auth`, undefined, {
      token: rest.master.token,
      raw,
    });
    await tenant.send('DELETE', `users/${id}`, undefined, { token: as.body.auth_token });
    const entries = async (query: string) =>
      (await tenant.send('GET', `audit_logs?ascending=true&${query}`)).body.data;
    const month = rest.store.database(monthDatabase(tenant.id, new Date()));
    const written = async () =>
      (await month.all({ includeDocs: true })).filter(({ doc }) => JSON.stringify(doc).includes(id)).length;
    for (let n = 0; (await written()) < 3 && n < 1000; n++) await new Promise(setImmediate);
    const found = await entries(`document_id=${id}`);
    expect(found.map((row: { verb: string }) => row.verb).sort()).to.deep.equal(['DELETE', 'PATCH', 'PUT']);
    const change = found.find((row: { verb: string }) => row.verb === 'PATCH');
    expect(change.who).to.include({ user_id: tenant.userId, account_id: tenant.id });
    const whole = (await tenant.send('GET', `audit_logs/${change.id}`)).body.data;
    expect(whole).to.include({
      client_ip: '127.0.0.1',
      status: 200,
      path: `/v2/accounts/${tenant.id}/users/${id}`,
    });
    expect(whole.changes[0].after).to.include({ timezone: 'Asia/Tokyo', pvt_argon2_auth: '[redacted]' });
    expect(JSON.stringify(whole)).not.to.include('hush');
    const gone = found.find((row: { verb: string }) => row.verb === 'DELETE');
    expect(gone.who).to.include({
      original_account_id: rest.master.id,
      original_user_id: rest.master.userId,
    });
    expect((await entries(`document_id=${id}&user_id=${rest.master.userId}`)).length).to.equal(1);
    const token = await person('reader').then(() => tokenOf('reader'));
    expect((await tenant.send('GET', 'audit_logs', undefined, { token })).status).to.equal(403);
    const attempts = (await tenant.send('GET', 'security/attempts')).body.data;
    expect(attempts[0]).to.include({ auth_module: 'cb_user_auth', client_ip: '127.0.0.1' });
  });
});
