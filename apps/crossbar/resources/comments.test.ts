// comments over REST: beside any document of an account and the account itself; who may; what is none.
import { expect } from 'chai';
import type { Answer } from '../testing/rest.ts';
import { tenants } from '../testing/tenants.ts';

describe('comments', () => {
  const { rest, tenant, other } = tenants();
  let menu: string;
  before(async () => {
    menu = `menus/${(await tenant.send('PUT', 'menus', { name: 'Welcome' })).body.data.id}`;
  });

  const outcome = ({ status, body }: Answer): unknown[] => [status, body.message];
  const texts = ({ body }: Answer): string[] =>
    body.data.comments.map(({ content }: { content: string }) => content);
  const said = (...contents: string[]) => ({
    comments: contents.map((content, timestamp) => ({ content, timestamp, author: 'nobody' })),
  });

  for (const [name, path] of [
    ['a document', () => `${menu}/comments`],
    ['the account', () => 'comments'],
  ] as const)
    it(`of ${name} are added, replaced and removed, and stay in it`, async () => {
      const at = path();
      expect(texts(await tenant.send('GET', at))).to.deep.equal([]);
      const put = await tenant.send('PUT', at, said('first', 'second'));
      expect([put.status, texts(put)]).to.deep.equal([201, ['first', 'second']]);
      expect(put.body.data.comments[0]).to.include({
        author: 'Ann Admin',
        account_id: tenant.id,
        user_id: tenant.userId,
      });
      expect((await tenant.send('GET', `${at}/1`)).body.data.content).to.equal('second');
      const better = await tenant.send('POST', `${at}/0`, { content: 'better', timestamp: 9 });
      expect(better.body.data).to.include({ content: 'better', timestamp: 9 });
      expect(texts(await tenant.send('GET', at))).to.deep.equal(['second', 'better']);
      const document = await tenant.send('GET', at.slice(0, -'/comments'.length));
      expect(texts(document)).to.deep.equal(['second', 'better']);
      const stale = { headers: { 'if-match': '"0-none"' } };
      expect((await tenant.send('DELETE', `${at}/0`, undefined, stale)).status).to.equal(412);
      expect(texts(await tenant.send('DELETE', `${at}/0`))).to.deep.equal(['better']);
      expect(texts(await tenant.send('DELETE', at))).to.deep.equal([]);
    });

  it('of the account reach its copy', async () => {
    await tenant.send('PUT', 'comments', said('known'));
    const copy = await rest.store.database('accounts').get(tenant.id);
    expect(copy['comments']).to.have.length(1);
  });

  it('of what is not there, or has none, are none', async () => {
    for (const path of [
      `menus/${'0'.repeat(32)}/comments`,
      `devices/${menu.slice('menus/'.length)}/comments`,
      `nothing/${menu.slice('menus/'.length)}/comments`,
      `phone_numbers/+14155550100/comments`,
      `${menu}/comments/0`,
      `${menu}/comments/x`,
      'menus/_design%2Fusers/comments',
    ])
      expect((await tenant.send('GET', path)).status, path).to.equal(404);
    expect(outcome(await tenant.send('POST', `${menu}/comments/0`, { content: 'x' }))).to.deep.equal([
      404,
      'bad_identifier',
    ]);
  });

  for (const [data, path, code] of [
    [{}, 'comments', 'required'],
    [{ comments: [] }, 'comments', 'minItems'],
    [{ comments: 'x' }, 'comments', 'type'],
    [{ comments: [{}] }, 'comments.0.content', 'required'],
    [{ comments: [{ content: '' }] }, 'comments.0.content', 'minLength'],
    [{ comments: [{ content: 'x', timestamp: 'y' }] }, 'comments.0.timestamp', 'type'],
    [{ comments: [{ content: 'x', is_private: true, action_required: true }] }, 'comments', 'rejected'],
  ] as const)
    it(`refuse ${path}: ${code}`, async () => {
      const { status, body } = await tenant.send('PUT', `${menu}/comments`, data);
      expect([status, Object.keys(body.data[path] ?? {})]).to.deep.equal([400, [code]]);
    });

  it('are for administrators who reach the account', async () => {
    await tenant.send('PUT', `${menu}/comments`, said('inside'));
    const person = { first_name: 'Bob', last_name: 'User', username: 'bob', password: 'secret-of-bob' };
    await tenant.send('PUT', 'users', person);
    const user = (await rest.login('bob', 'secret-of-bob', 'acme')).body.auth_token;
    for (const [method, path] of [
      ['GET', 'comments'],
      ['PUT', 'comments'],
      ['DELETE', 'comments'],
      ['GET', 'comments/0'],
      ['POST', 'comments/0'],
      ['DELETE', 'comments/0'],
    ] as const) {
      const sent = { PUT: said('theirs'), POST: { content: 'theirs' } }[method as string];
      const of = (token: string) =>
        rest.send(method, `accounts/${tenant.id}/${menu}/${path}`, sent, { token });
      expect((await of(other.token)).status, `${method} ${path}`).to.equal(404);
      expect((await of(user)).status, `${method} ${path}`).to.equal(403);
      expect((await other.send(method, `${menu}/${path}`, sent)).status, `${method} ${path}`).to.equal(404);
    }
    expect(texts(await tenant.send('GET', `${menu}/comments`))).to.deep.equal(['inside']);
  });
});
