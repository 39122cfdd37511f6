// The rule of tenancy: every operation of every resource, tried with the tokens of everybody who must not get through.
import { expect } from 'chai';
import type { Permission } from '../../../core/contract/index.ts';
import { accountDatabase } from '../../../core/couch/index.ts';
import { modules } from '../resources/index.ts';
import { type Answer, md5, type Rest, startRest, type Tenant } from '../testing/rest.ts';

/** Tokens that the account in the path is none of the business of. */
const outsiders = [
  'stranger',
  "stranger's user",
  "stranger's API key",
  "stranger's impersonated user",
  "stranger's restricted user",
  "stranger's user with a role",
  'sibling',
  'child',
  'grandchild',
  "parent's user",
] as const;
/** Those within its reach, who may not do everything either. */
const insiders = ['user', 'admin', 'API key', 'parent', 'master'] as const;
/** No token at all, or one that is good no more. */
const nobodies = ['nobody', 'expired', 'logged out', 'forged'] as const;
type Who = (typeof outsiders)[number] | (typeof insiders)[number] | (typeof nobodies)[number];

const admins: readonly Who[] = ['admin', 'API key', 'parent', 'master'];
const within: Record<Permission, readonly Who[]> = {
  public: insiders,
  account: insiders,
  owner: admins,
  admin: admins,
  reseller: admins,
  ancestor: ['parent', 'master'],
  superduper: ['master'],
};

const operations = modules.flatMap(({ name, endpoints }) =>
  endpoints.flatMap(({ path, operations: verbs }) =>
    Object.entries(verbs).map(([verb, { permission, anonymous }]) => ({
      ...{ name, path, verb, permission },
      /** Whose token gets nowhere; some operations may be asked for without one. */
      refused: nobodies.filter((who) => !anonymous || who !== 'nobody'),
    })),
  ),
);
const isOfAccount = (path: string): boolean => path.startsWith('/accounts/:account_id');

/**
 * What the whole world shares cannot be the same for who has it and for who has not: a number belongs to one account, and
 * is told to be taken without saying by whom.
 */
const shared = [/^PUT .*\/phone_numbers\/:/];

describe('tenancy', () => {
  let rest: Rest;
  let target: Tenant;
  let stranger: Tenant;
  const tokens = new Map<Who, string>();
  /** Ids of documents of the target, by the resource they belong to. */
  const documents = new Map<string, string>();
  const missing = 'e'.repeat(32);

  before(async function () {
    this.timeout(180_000);
    rest = await startRest();
    await rest.context.systemConfig.set('crossbar', 'rate_limits.capacity', 0);
    const parent = await rest.account('parent');
    target = await rest.reseller('target', parent.id);
    stranger = await rest.reseller('stranger');
    const person = { first_name: 'U', last_name: 'V', username: 'user', password: 'pw' };
    const child = await rest.account('child', target.id);
    await Promise.all([target, parent, stranger].map((one) => one.send('PUT', 'users', person)));
    const token = async (account: string, username = 'user'): Promise<string> =>
      String((await rest.login(username, 'pw', account)).body.auth_token);
    const keyOf = async (account: Tenant): Promise<string> => {
      const { api_key } = (await account.send('GET', 'api_key')).body.data;
      return String((await rest.send('PUT', 'api_auth', { api_key })).body.auth_token);
    };
    tokens
      .set('stranger', stranger.token)
      .set("stranger's user", await token('stranger'))
      .set("stranger's API key", await keyOf(stranger))
      .set("stranger's impersonated user", await impersonated(stranger))
      .set('sibling', (await rest.account('sibling', parent.id)).token)
      .set('child', child.token)
      .set('grandchild', (await rest.account('grandchild', child.id)).token)
      .set("parent's user", await token('parent'))
      .set('user', await token('target'))
      .set('admin', target.token)
      .set('API key', await keyOf(target))
      .set('parent', parent.token)
      .set('master', rest.master.token)
      .set('forged', `${target.token.slice(0, -4)}AAAA`);
    // Rules that let everything through, so that only the tenancy stands between.
    const rules = { _: [{ rules: { '#': ['_'] } }] };
    const role = await stranger.send('PUT', 'roles', { name: 'all', priv_level: 'admin', rules });
    await stranger.send('PUT', 'users', { ...person, username: 'bearer', role: role.body.data.id });
    tokens.set("stranger's user with a role", await token('stranger', 'bearer'));
    const restricted = await rest.account('restricted');
    await restricted.send('POST', 'token_restrictions', { restrictions: { _: { _: rules } } });
    tokens.set("stranger's restricted user", restricted.token);
    await rest.context.systemConfig.set('crossbar', 'auth.token_auth_expiry_s', -1);
    tokens.set('expired', (await rest.login('admin', 'secret-of-admin', 'target')).body.auth_token);
    await rest.context.systemConfig.set('crossbar', 'auth.token_auth_expiry_s', 3600);
    const over = (await rest.login('admin', 'secret-of-admin', 'target')).body.auth_token;
    await rest.send('DELETE', 'token_auth', undefined, { token: over });
    tokens.set('logged out', over);
    await makeDocuments();
  });
  after(() => rest.stop());

  async function impersonated({ id, userId }: Tenant): Promise<string> {
    const raw = JSON.stringify({ data: {}, action: 'impersonate_user' });
    const { token } = rest.master;
    return (await rest.send('PUT', `accounts/${id}/users/${userId}/user_auth`, undefined, { token, raw }))
      .body.auth_token;
  }

  /** One of each kind that can be made without knowing more of it. */
  async function makeDocuments(): Promise<void> {
    for (const { name, plain } of modules) {
      if (!plain) continue;
      const { body, status } = await target.send('PUT', name, plain.example);
      if (status === 201) documents.set(name, String(body.data.id));
    }
    documents.set('users', target.userId);
    expect([...documents.keys()]).to.include.members(['users', 'devices', 'menus', 'callflows']);
  }

  /** The path with the account and the ids of its documents filled in, or ids of nothing. */
  function filled(path: string, account: string, real: boolean): string {
    const parts = path.split('/').slice(1);
    return parts
      .map((part, at) => {
        if (part === ':account_id') return account;
        if (!part.startsWith(':')) return part;
        if (part === ':token') return real ? target.token : `${target.token.slice(0, -4)}AAAA`;
        return real ? (documents.get(parts[at - 1] ?? '') ?? target.userId) : missing;
      })
      .join('/');
  }

  function attempt(who: Who, verb: string, path: string): Promise<Answer> {
    const data = verb === 'GET' ? undefined : { name: 'mine now', id: documents.get('devices') };
    const token = tokens.get(who);
    return rest.send(verb, path, data, token === undefined ? {} : { token });
  }

  /** What an answer tells, whichever ids were asked for. */
  function told({ status, body, text }: Answer, ...ids: readonly string[]): unknown {
    const { data, message } = body ?? { data: text };
    const text_ = ids.reduce(
      (all, id) => all.replaceAll(id, 'ID'),
      JSON.stringify({ status, data, message }),
    );
    return JSON.parse(text_);
  }

  /** Revisions of everything that belongs to the target. */
  async function belongings(): Promise<string[]> {
    const names = await rest.store.list(accountDatabase(target.id));
    const all = await Promise.all(
      names.map(async (name) =>
        (await rest.store.database(name).all({ includeDocs: true })).map(
          ({ id, doc }) => `${name} ${id} ${doc?._rev}`,
        ),
      ),
    );
    return all.flat().sort();
  }

  for (const { name, path, verb, permission, refused } of operations.filter(({ path }) =>
    isOfAccount(path),
  )) {
    if (permission === 'public') continue;
    it(`${name}: ${verb} ${path} of another account is as good as none`, async () => {
      const before = await belongings();
      const none = told(await attempt('stranger', verb, filled(path, missing, false)), missing);
      expect(none).to.deep.equal({ status: 404, data: ['ID'], message: 'bad identifier' });
      await Promise.all(
        [...outsiders, ...refused].map(async (who) => {
          const answer = await attempt(who, verb, filled(path, target.id, true));
          const isRefused = (refused as readonly Who[]).includes(who);
          if (isRefused) expect(answer.status, `${who}: ${answer.text}`).to.equal(401);
          else expect(told(answer, target.id), who).to.deep.equal(none);
          for (const secret of [target.realm, target.name, target.userId])
            expect(JSON.stringify(answer.body.data), who).not.to.include(secret);
        }),
      );
      expect(await belongings()).to.deep.equal(before);
    });
    it(`${name}: ${verb} ${path} is for ${permission}`, async () => {
      const before = await belongings();
      for (const who of insiders.filter((one) => !within[permission].includes(one))) {
        const { status, text } = await attempt(who, verb, filled(path, target.id, true));
        expect(status, `${who}: ${text}`).to.equal(403);
      }
      expect(await belongings()).to.deep.equal(before);
    });
  }

  const withIds = operations.filter(({ path }) => path.replace(':account_id', '').includes(':'));
  for (const { name, path, verb, permission } of withIds) {
    if (permission === 'public' || permission === 'superduper') continue;
    if (shared.some((one) => one.test(`${verb} ${path}`))) continue;
    it(`${name}: ${verb} ${path} with the ids of another account finds none`, async () => {
      const before = await belongings();
      const theirs = await attempt('stranger', verb, filled(path, stranger.id, true));
      const none = await attempt('stranger', verb, filled(path, stranger.id, false));
      const ids = [missing, target.userId, ...documents.values(), target.token];
      expect(told(theirs, ...ids)).to.deep.equal(told(none, ...ids));
      expect(theirs.text).not.to.include(target.realm);
      expect(await belongings()).to.deep.equal(before);
    });
  }

  for (const { name, path, verb, permission } of operations.filter(({ path }) => !isOfAccount(path))) {
    it(`${name}: ${verb} ${path} is for ${permission}`, async () => {
      if (permission === 'public') return;
      for (const who of nobodies)
        expect((await attempt(who, verb, filled(path, '', false))).status, who).to.equal(401);
      const refused: Record<typeof permission, readonly Who[]> = {
        account: [],
        owner: ['user', "parent's user"],
        admin: ['user', "parent's user"],
        reseller: ['user', "parent's user"],
        ancestor: ['user', 'admin', 'parent'],
        superduper: ['user', 'admin', 'parent', ...outsiders],
      };
      for (const who of refused[permission]) {
        const { status, text } = await attempt(who, verb, filled(path, '', false));
        expect(status, `${who}: ${text}`).to.equal(403);
      }
    });
  }

  it('lets those through who may', async () => {
    for (const { path, verb, permission } of operations) {
      if (verb !== 'GET') continue;
      const allowed = isOfAccount(path)
        ? within[permission]
        : permission === 'superduper'
          ? ['master']
          : admins;
      if (path.includes(':token')) continue;
      for (const who of allowed as readonly Who[]) {
        const { status, text } = await attempt(who, 'GET', filled(path, target.id, false));
        // What is asked of other apps finds nobody on this bus, and there is no gateway for payments.
        const passed =
          status !== 401 &&
          (status !== 403 || /siblings/.test(path)) &&
          (status < 500 || /nobody_listens|not_implemented/.test(text));
        expect(passed, `${who} GET ${path}: ${status} ${text}`).to.equal(true);
      }
    }
  });

  it('lets a user change what is their own and nothing that makes them more', async () => {
    const token = tokens.get('user');
    const me = (await rest.send('GET', `user_auth/${token}`, undefined, { token })).body.data.owner_id;
    const send = (data: object, id = me) =>
      rest.send('PATCH', `accounts/${target.id}/users/${id}`, data, { token });
    expect((await send({ timezone: 'Europe/Berlin' })).status).to.equal(200);
    expect((await send({ priv_level: 'admin' })).status).to.equal(403);
    expect((await send({ role: 'x' })).status).to.equal(403);
    expect((await send({ username: 'root', password: 'x' })).status).to.equal(403);
    expect((await send({ timezone: 'Europe/Berlin' }, target.userId)).status).to.equal(403);
  });

  it('holds for name and password with every request too', async () => {
    const header = (account: string, pair: string) => ({
      authorization: `Basic ${Buffer.from(`${account}:${pair}`).toString('base64')}`,
    });
    const get = (account: string, headers: Record<string, string>) =>
      rest.send('GET', `accounts/${account}/users`, undefined, { headers });
    const own = header(stranger.id, 'user:pw');
    expect((await get(stranger.id, own)).status).to.equal(200);
    expect((await get(stranger.id, header(stranger.id, md5('user:pw')))).status).to.equal(200);
    expect((await get(stranger.id, own)).status).to.equal(200);
    const theirs = await get(target.id, own);
    expect(told(theirs, target.id)).to.deep.equal(told(await get(missing, own), missing));
    for (const wrong of [header(stranger.id, 'user:no'), header(missing, 'user:pw'), header('', ':')])
      expect((await get(stranger.id, wrong)).status).to.equal(401);
    await stranger.send('PATCH', `users/${stranger.userId}`, { username: 'admin', password: 'second' });
    expect((await get(stranger.id, header(stranger.id, 'admin:secret-of-admin'))).status).to.equal(401);
    expect((await get(stranger.id, header(stranger.id, 'admin:second'))).status).to.equal(200);
  });
});
