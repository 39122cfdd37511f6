// Every resource and verb, tried with the tokens of everybody who must not get through.
import { expect } from 'chai';
import type { Permission } from '../../../core/contract/index.ts';
import { modules } from '../resources/index.ts';
import { type Rest, startRest, type Tenant } from '../testing/rest.ts';

/** Who asks, seen from the account in the path. */
type Who =
  | 'nobody'
  | 'stranger'
  | 'sibling'
  | 'child'
  | 'user'
  | 'parent user'
  | 'admin'
  | 'parent'
  | 'master';

const everybody: readonly Who[] = [
  'nobody',
  'stranger',
  'sibling',
  'child',
  'user',
  'parent user',
  'admin',
  'parent',
  'master',
];

const within: Record<Permission, readonly Who[]> = {
  public: everybody,
  account: ['user', 'admin', 'parent', 'master'],
  owner: ['admin', 'parent', 'master'],
  admin: ['admin', 'parent', 'master'],
  ancestor: ['parent', 'master'],
  superduper: ['master'],
};
/** Without an account in the path it is the caller's own account that counts. */
const withAdmin: readonly Who[] = ['stranger', 'sibling', 'child', 'admin', 'parent', 'master'];
const atTop: Record<Permission, readonly Who[]> = {
  ...within,
  account: everybody.filter((who) => who !== 'nobody'),
  owner: withAdmin,
  admin: withAdmin,
};

describe('authorisation of every resource and verb', () => {
  let rest: Rest;
  let target: Tenant;
  const tokens = new Map<Who, string>();
  before(async () => {
    rest = await startRest();
    const parent = await rest.account('parent');
    target = await rest.account('target', parent.id);
    const sibling = await rest.account('sibling', parent.id);
    const child = await rest.account('child', target.id);
    const stranger = await rest.account('stranger');
    const person = { first_name: 'U', last_name: 'V', username: 'user', password: 'pw' };
    await target.send('PUT', 'users', person);
    await parent.send('PUT', 'users', person);
    tokens.set('stranger', stranger.token).set('sibling', sibling.token).set('child', child.token);
    tokens.set('user', (await rest.login('user', 'pw', 'target')).body.auth_token);
    tokens.set('parent user', (await rest.login('user', 'pw', 'parent')).body.auth_token);
    tokens.set('admin', target.token).set('parent', parent.token).set('master', rest.master.token);
  });
  after(() => rest.stop());

  for (const { name, endpoints } of modules)
    for (const { path, operations } of endpoints)
      for (const [verb, { permission }] of Object.entries(operations))
        it(`${name}: ${verb} ${path} is for ${permission}`, async () => {
          const allowed = (path.startsWith('/accounts/:account_id') ? within : atTop)[permission];
          for (const who of everybody.filter((one) => !allowed.includes(one))) {
            const { status, body } = await attempt(verb, path, tokens.get(who));
            const expected = who === 'nobody' ? 401 : 403;
            expect(status, `${who}: ${JSON.stringify(body)}`).to.equal(expected);
            expect(body.status).to.equal('error');
            expect(JSON.stringify(body.data)).not.to.include(target.id);
          }
        });

  it('lets those through who may', async () => {
    for (const { path, operations } of modules.flatMap(({ endpoints }) => endpoints)) {
      const permission = operations.GET?.permission;
      if (permission === undefined) continue;
      const allowed = (path.startsWith('/accounts/:account_id') ? within : atTop)[permission];
      for (const who of allowed) {
        const { status } = await attempt('GET', path, tokens.get(who), 'missing');
        // What is asked of other apps finds nobody on this bus.
        const passed =
          status !== 401 &&
          (status !== 403 || /siblings|:token/.test(path)) &&
          (status < 500 || /registrations|status/.test(path));
        expect(passed, `${who} GET ${path}: ${status}`).to.equal(true);
      }
    }
  });

  it('shows the documents of another account to nobody under an account of their own', async () => {
    const { body } = await target.send('PUT', 'devices', { name: 'd' });
    const stranger = tokens.get('stranger');
    const own = (await rest.send('GET', `user_auth/${stranger}`, undefined, { token: stranger })).body.data
      .account_id;
    const theirs = await rest.send('GET', `accounts/${own}/devices/${body.data.id}`, undefined, {
      token: stranger,
    });
    const none = await rest.send('GET', `accounts/${own}/devices/${'f'.repeat(32)}`, undefined, {
      token: stranger,
    });
    expect(theirs.status).to.equal(404);
    const { data: one, status, message } = theirs.body;
    expect({ status, message, data: { ...one, cause: 0 } }).to.deep.equal({
      status: none.body.status,
      message: none.body.message,
      data: { ...none.body.data, cause: 0 },
    });
  });

  it('lets a user change what is their own and nothing that makes them more', async () => {
    const token = tokens.get('user');
    const me = (await rest.send('GET', `user_auth/${token}`, undefined, { token })).body.data.owner_id;
    const send = (data: object, id = me) =>
      rest.send('PATCH', `accounts/${target.id}/users/${id}`, data, { token });
    expect((await send({ timezone: 'Europe/Berlin' })).status).to.equal(200);
    expect((await send({ priv_level: 'admin' })).status).to.equal(403);
    expect((await send({ username: 'root', password: 'x' })).status).to.equal(403);
    expect((await send({ timezone: 'Europe/Berlin' }, target.userId)).status).to.equal(403);
  });

  function attempt(verb: string, path: string, token: string | undefined, id = 'f'.repeat(32)) {
    const filled = path
      .replace(':account_id', target.id)
      .replace(':token', tokens.get('admin') ?? '')
      .replace(/:\w+/g, id);
    const data = verb === 'GET' ? undefined : {};
    return rest.send(verb, filled.slice(1), data, { token });
  }
});
