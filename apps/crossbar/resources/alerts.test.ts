// alerts: who makes them, who sees them, who removes them.
import { expect } from 'chai';
import { gregorian } from '../../../core/couch/index.ts';
import { type Rest, startRest, type Tenant } from '../testing/rest.ts';

describe('alerts', () => {
  let rest: Rest;
  let acme: Tenant;
  let other: Tenant;
  let user: string;
  before(async () => {
    rest = await startRest();
    acme = await rest.account('acme');
    other = await rest.account('other');
    const person = { first_name: 'U', last_name: 'V', username: 'u', password: 'pw' };
    await acme.send('PUT', 'users', person);
    user = String((await rest.login('u', 'pw', 'acme')).body.auth_token);
  });
  after(() => rest.stop());

  const make = async (title: string, to: object[], more: object = {}): Promise<string> => {
    const data = { title, message: 'm', category: 'c', to, ...more };
    const made = await acme.send('PUT', 'alerts', data, { token: rest.master.token });
    expect(made.status, made.text).to.equal(201);
    return made.body.data.id;
  };
  const titles = async (who: Tenant, token = who.token) =>
    (await who.send('GET', 'alerts', undefined, { token })).body.data
      .map(({ title }: { title: string }) => title)
      .sort();

  it('are made by operators alone, and seen by those whom they are for', async () => {
    const data = { title: 't', message: 'm', category: 'c', to: [{ type: 'account', value: 'all' }] };
    expect((await acme.send('PUT', 'alerts', data)).status).to.equal(403);
    const bad = await acme.send('PUT', 'alerts', { ...data, to: 'all' }, { token: rest.master.token });
    expect(bad.body.data).to.have.nested.property('to.type');
    await make('all', [{ type: 'account', value: 'all' }]);
    const own = await make('acme', [{ type: 'account', value: acme.id }]);
    const admins = await make('admins', [{ type: 'user', value: 'admins' }]);
    await make('twice', [
      { type: 'user', value: 'all' },
      { type: 'account', value: acme.id },
    ]);
    await make('over', [{ type: 'account', value: 'all' }], { expiration_date: gregorian() - 60 });
    expect(await titles(acme)).to.deep.equal(['acme', 'admins', 'all', 'twice']);
    expect(await titles(acme, user)).to.deep.equal(['acme', 'all', 'twice']);
    expect(await titles(other)).to.deep.equal(['admins', 'all', 'twice']);
    expect((await acme.send('GET', `alerts/${own}`)).body.data).to.include({ title: 'acme' });
    expect((await other.send('GET', `alerts/${own}`)).status).to.equal(404);
    expect((await acme.send('GET', `alerts/${admins}`, undefined, { token: user })).status).to.equal(404);
  });

  it('are removed by whom alone they are for, else by operators', async () => {
    const own = await make('own', [{ type: 'account', value: acme.id }]);
    const shared = await make('shared', [{ type: 'account', value: 'all' }]);
    expect((await acme.send('DELETE', `alerts/${own}`, undefined, { token: user })).status).to.equal(403);
    expect((await other.send('DELETE', `alerts/${own}`)).status).to.equal(404);
    expect((await acme.send('DELETE', `alerts/${own}`)).status).to.equal(200);
    expect((await acme.send('DELETE', `alerts/${shared}`)).status).to.equal(404);
    expect(
      (await acme.send('DELETE', `alerts/${shared}`, undefined, { token: rest.master.token })).status,
    ).to.equal(200);
    expect(await titles(acme))
      .to.not.include.members(['own'])
      .and.not.to.include('shared');
  });
});
