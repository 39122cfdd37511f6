// How tokens come about without a password, what they say, how they are renewed, and what becomes of them when keys grow old.
import { expect } from 'chai';
import type { StoredDocument } from '../../../core/couch/index.ts';
import type { Answer } from '../testing/rest.ts';
import { tenants } from '../testing/tenants.ts';

const day = 86_400;

describe('tokens', () => {
  const { rest, tenant, other } = tenants();

  const reads = async (token: string): Promise<number> =>
    (await tenant.send('GET', 'users', undefined, { token })).status;
  const claimsOf = (token: string): Record<string, unknown> =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  const keyOf = (token: string): string =>
    JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8')).kid;
  const login = async (): Promise<string> =>
    String((await rest.login('admin', 'secret-of-admin', 'acme')).body.auth_token);

  describe('for an address', () => {
    const from = (ip: string): Promise<Answer> =>
      rest.send('PUT', 'ip_auth', {}, { headers: { 'x-forwarded-for': ip } });

    it('are given to the account that has it, and to no user', async () => {
      await tenant.send('PATCH', '', { ips: [{ ip: '192.0.2.7' }] });
      const { status, body, text } = await from('192.0.2.7');
      expect([status, body.data.account_id], text).to.deep.equal([201, tenant.id]);
      expect(body.data).not.to.have.property('owner_id');
      expect(claimsOf(body.auth_token)).to.include({ account_id: tenant.id, method: 'cb_ip_auth' });
      expect(await reads(body.auth_token)).to.equal(200);
      expect((await other.send('GET', 'users', undefined, { token: body.auth_token })).status).to.equal(404);
    });

    it('are not given where nobody has it, or more than one', async () => {
      expect((await from('192.0.2.8')).status).to.equal(401);
      await other.send('PATCH', '', { ips: [{ ip: '192.0.2.7' }] });
      expect((await from('192.0.2.7')).status).to.equal(401);
      await other.send('PATCH', '', { ips: [] });
      expect((await from('192.0.2.7')).status).to.equal(201);
    });
  });

  it('say whose they are, to whoever has them', async () => {
    for (const answer of [
      await rest.send('GET', `auth/tokeninfo?token=${tenant.token}`),
      await rest.send('POST', 'auth/tokeninfo', { token: tenant.token }),
    ]) {
      expect(answer.body.data, answer.text).to.include({
        account_id: tenant.id,
        owner_id: tenant.userId,
        account_name: 'acme',
        method: 'cb_user_auth',
      });
      expect(answer.body.auth_token).to.equal(tenant.token);
    }
    expect((await rest.send('POST', 'auth/tokeninfo', {})).status).to.equal(404);
    const forged = `${tenant.token.slice(0, -4)}AAAA`;
    expect((await rest.send('GET', `auth/tokeninfo?token=${forged}`)).status).to.equal(401);
  });

  it('are renewed for the same user, while they are good', async () => {
    const old = await login();
    const { status, body, text } = await rest.send(
      'PUT',
      'auth',
      { action: 'refresh_token' },
      { token: old },
    );
    expect([status, body.data.owner_id], text).to.deep.equal([201, tenant.userId]);
    expect(body.auth_token).not.to.equal(old);
    expect([await reads(body.auth_token), await reads(old)]).to.deep.equal([200, 200]);
    const refused = (data: object, token?: string) => rest.send('PUT', 'auth', data, { token });
    expect((await refused({ action: 'refresh_token' })).status).to.equal(401);
    expect((await refused({ action: 'dance' }, old)).body.data).to.have.nested.property('action.enum');
    expect((await refused({ action: 'reset_signature_secret' }, old)).status).to.equal(403);
  });

  // Ends the tokens that the other tests use, and so it is the last.
  describe('of keys that grow old', () => {
    it('stay good for a while under another key, and end with theirs', async () => {
      const before = await login();
      const ring = rest.store.database('system_auth');
      /** All keys were made, and are over, so many seconds earlier. */
      const age = (seconds: number): Promise<StoredDocument> =>
        ring.update('signing_keys', (document) => ({
          ...document,
          pvt_keys: (document['pvt_keys'] as { created: number; expires?: number }[]).map((key) => ({
            ...key,
            created: key.created - seconds,
            ...(key.expires !== undefined && { expires: key.expires - seconds }),
          })),
        }));
      await age(91 * day);
      const after = await login();
      expect(keyOf(after)).not.to.equal(keyOf(before));
      expect(keyOf(await login())).to.equal(keyOf(after));
      expect([await reads(before), await reads(after)]).to.deep.equal([200, 200]);
      const keys = await rest.send('GET', 'auth/keys', undefined, { token: await login() });
      expect(keys.body.data).to.deep.equal([keyOf(before), keyOf(after)]);
      await age(31 * day);
      expect([await reads(before), await reads(after)]).to.deep.equal([401, 200]);
    });
  });
});
