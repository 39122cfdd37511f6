// Paths that lead through a user or a device to what any other path leads to.
import { expect } from 'chai';
import { tenants } from '../testing/tenants.ts';

describe('paths through a user or a device', () => {
  const { tenant, other, rest } = tenants();
  let device: string;
  before(async () => {
    device = (await tenant.send('PUT', 'devices', { name: 'Desk' })).body.data.id;
  });

  it('lead to any resource of the account', async () => {
    const path = `users/${tenant.userId}/menus`;
    const made = await tenant.send('PUT', path, { name: 'Main' });
    expect(made.status, made.text).to.equal(201);
    const { id } = made.body.data;
    expect((await tenant.send('GET', path)).body.data).to.deep.equal([{ id, name: 'Main' }]);
    expect((await tenant.send('PATCH', `${path}/${id}`, { name: 'First' })).body.data.name).to.equal('First');
    expect((await tenant.send('GET', `devices/${device}/menus/${id}`)).body.data.name).to.equal('First');
    expect((await tenant.send('DELETE', `${path}/${id}`)).status).to.equal(200);
    expect((await tenant.send('GET', `users/${tenant.userId}/devices/${device}`)).status).to.equal(200);
  });

  it('are missing where there is no such user, device or resource', async () => {
    const outcome = async (path: string, token = tenant.token) => {
      const { status, body } = await rest.send('GET', `accounts/${tenant.id}/${path}`, undefined, { token });
      return [status, body.message];
    };
    for (const id of [device, other.userId, 'nobody', '_design%2Fusers'])
      expect(await outcome(`users/${id}/menus`), id).to.deep.equal([404, 'bad_identifier']);
    expect(await outcome(`devices/${tenant.userId}/menus`)).to.deep.equal([404, 'bad_identifier']);
    expect(await outcome(`users/${tenant.userId}/nonsense`)).to.deep.equal([404, 'not_found']);
    // Nobody learns of users of others, or without a token.
    expect(await outcome(`users/${tenant.userId}/menus`, other.token)).to.deep.equal([404, 'bad identifier']);
    expect(await outcome(`users/nobody/menus`, '')).to.deep.equal([401, 'invalid_credentials']);
  });

  it('know verbs as the resource does', async () => {
    const path = `users/${tenant.userId}/menus`;
    const wrong = await tenant.send('POST', path, {});
    expect([wrong.status, wrong.headers.get('allow')]).to.deep.equal([405, 'GET, PUT, OPTIONS']);
    expect((await tenant.send('OPTIONS', path)).headers.get('allow')).to.equal('GET, PUT, OPTIONS');
  });
});
