// The typed client against a crossbar: what it sends is what the API takes, and what it says is what was answered.
import { expect } from 'chai';
import { type Rest, startRest, type Tenant } from '../../apps/crossbar/testing/rest.ts';
import { ApiError, Client } from './index.ts';

describe('the typed client', () => {
  let rest: Rest;
  let tenant: Tenant;
  let client: Client;

  before(async () => {
    rest = await startRest();
    tenant = await rest.account('acme');
    client = new Client({ url: `${rest.url}/v2/` });
    const session = await client.login('admin', 'secret-of-admin', { account_name: 'acme' });
    expect(session).to.include({ account_id: tenant.id, owner_id: tenant.userId });
  });
  after(() => rest.stop());

  const failure = async (work: Promise<unknown>): Promise<ApiError> => {
    const error = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(ApiError);
    return error as ApiError;
  };

  it('makes, reads, changes and removes a document', async () => {
    const path = { account_id: tenant.id };
    const made = await client.call('putAccountsMenus', { path, data: { name: 'Welcome', retries: 2 } });
    const one = { ...path, id: made.data.id };
    const read = await client.call('getAccountsMenusById', { path: one });
    expect(read.data).to.deep.equal(made.data);
    const changed = await client.call('patchAccountsMenusById', { path: one, data: { retries: 4 } });
    expect(changed.data).to.include({ name: 'Welcome', retries: 4 });
    const late = client.call('patchAccountsMenusById', {
      path: one,
      data: { retries: 5 },
      ifMatch: String(read.revision),
    });
    expect((await failure(late)).status).to.equal(412);
    await client.call('deleteAccountsMenusById', { path: one });
    expect(await failure(client.call('getAccountsMenusById', { path: one }))).to.include({
      status: 404,
      code: 'bad_identifier',
    });
  });

  it('reads a list page after page, with filters', async () => {
    const path = { account_id: tenant.id };
    for (const n of [1, 2, 3, 4, 5])
      await client.call('putAccountsMenus', {
        path,
        data: { name: `Menu ${n}`, flags: [n % 2 ? 'odd' : 'even'] },
      });
    const names: unknown[] = [];
    for await (const row of client.each('getAccountsMenus', { path, query: { page_size: 2 } }))
      names.push(row['name']);
    expect(names.sort()).to.deep.equal(['Menu 1', 'Menu 2', 'Menu 3', 'Menu 4', 'Menu 5']);
    const { data } = await client.call('getAccountsMenus', { path, query: { filter_name: 'Menu 3' } });
    expect(data).to.have.length(1);
  });

  it('says where a request is wrong, and what cannot be sent', async () => {
    const path = { account_id: tenant.id };
    // @ts-expect-error a name is no number
    const wrong = await failure(client.call('putAccountsMenus', { path, data: { name: 5 } }));
    expect(wrong).to.include({ status: 400, code: 'validation error' });
    expect(wrong.data).to.have.nested.property('name.type');
    expect(wrong.requestId).to.match(/^[0-9a-f]{32}$/);
    // @ts-expect-error the account is missing
    const missing = await client.call('getAccountsMenus', { path: {} }).catch(String);
    expect(missing).to.match(/TypeError: .* needs account_id/);
  });

  it('gives what is no JSON as it comes', async () => {
    const csv = await client.file('getAccountsMenus', { path: { account_id: tenant.id } }, 'text/csv');
    expect(csv.headers.get('content-type')).to.match(/^text\/csv/);
    expect((await csv.text()).split('\n')[0]).to.include('name');
  });

  it('is refused without a token, and where nobody answers', async () => {
    const path = { account_id: tenant.id };
    const stranger = new Client({ url: `${rest.url}/v2` });
    expect((await failure(stranger.call('getAccountsMenus', { path }))).status).to.equal(401);
    const banner = new Client({ url: `${rest.url}/no-api` });
    expect((await failure(banner.call('getAbout', {}))).message).to.include('GET /about');
  });
});
