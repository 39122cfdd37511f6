// Resource selectors and rates by tasks: made from a file, read in every form, removed by a file.
import { expect } from 'chai';
import type { Answer, Tenant } from '../testing/rest.ts';
import { tenants } from '../testing/tenants.ts';

describe('tasks about carriers', () => {
  const { rest, tenant, other } = tenants();

  const master = (method: string, path: string, data?: unknown) =>
    rest.send(method, path, data, { token: rest.master.token });

  /** Runs a task to its end; `root` is where it is ordered. */
  async function run(send: Tenant['send'], query: string, records?: readonly object[]): Promise<Answer> {
    const made = await send('PUT', `tasks?${query}`, records ? { records } : {});
    expect(made.status, made.text).to.equal(201);
    const { id } = made.body.data._read_only;
    await send('PATCH', `tasks/${id}`);
    for (;;) {
      const { body } = await send('GET', `tasks/${id}`);
      if (body.data._read_only.end_timestamp !== undefined) return send('GET', `tasks/${id}/output`);
    }
  }

  describe('resource_selectors', () => {
    const path = 'resource_selectors';
    const rows = [
      { name: 'area', selector: '1415', resource: 'west' },
      { name: 'area', selector: '1212', resource: 'east', value: 'v', start_time: 5 },
      { name: 'account', selector: 'x', resource: 'west' },
    ];
    const get = async (at = '', from = tenant) => (await from.send('GET', `${path}${at}`)).body.data;

    it('are none until a task brings them', async () => {
      expect(await get()).to.deep.equal([]);
      expect(await get('/name')).to.deep.equal([]);
      expect((await tenant.send('GET', `${path}/${tenant.id}`)).status).to.equal(404);
      const output = await run(tenant.send, `category=${path}&action=import`, rows);
      expect(output.text).to.include('area,1212,east,v,5,');
      expect(await get('', other)).to.deep.equal([]);
    });

    it('are listed by name and by carrier, counted and one by one', async () => {
      expect((await get()).map(({ selector }: { selector: string }) => selector)).to.have.members([
        '1415',
        '1212',
        'x',
      ]);
      expect(await get('/name')).to.deep.equal([{ account: 1 }, { area: 2 }]);
      expect(await get('/resource')).to.deep.equal([{ east: 1 }, { west: 2 }]);
      expect(await get('/name/area')).to.deep.equal([{ east: 1 }, { west: 1 }]);
      expect(await get('/resource/west')).to.deep.equal([{ account: 1 }, { area: 1 }]);
      for (const at of ['/resource/west/name/area', '/name/area/resource/west'])
        expect((await get(at)).map(({ selector }: { selector: string }) => selector)).to.deep.equal(['1415']);
    });

    it('are read, replaced and deleted; another account sees none', async () => {
      const [{ id }] = await get('/resource/east/name/area');
      expect(await get(`/${id}`)).to.include({ selector: '1212', value: 'v', start_time: 5 });
      expect((await other.send('GET', `${path}/${id}`)).status).to.equal(404);
      const replaced = await tenant.send('POST', `${path}/${id}`, { ...rows[1], selector: '1213' });
      expect(replaced.body.data).to.include({ selector: '1213' });
      expect(
        (await tenant.send('POST', `${path}/${id}`, { name: 'area' })).body.data,
      ).to.have.nested.property('selector.required');
      expect((await tenant.send('DELETE', `${path}/${id}`)).status).to.equal(200);
      expect(await get('/resource')).to.deep.equal([{ west: 2 }]);
      await run(tenant.send, `category=${path}&action=delete`, [rows[0] ?? {}]);
      expect(await get('/name')).to.deep.equal([{ account: 1 }]);
    });

    it('have rules', async () => {
      expect((await tenant.send('GET', `${path}/rules`)).status).to.equal(404);
      await tenant.send('POST', `${path}/rules`, { area: { order: 1 } });
      expect(await get('/rules')).to.deep.include({ area: { order: 1 } });
    });

    it('of the master account are those of the whole system', async () => {
      expect((await master('GET', path)).body.data).to.deep.equal([]);
      expect((await rest.send('GET', path, undefined, { token: tenant.token })).status).to.equal(403);
      const send: Tenant['send'] = (method, at, data) =>
        master(method, `accounts/${rest.master.id}/${at}`, data);
      await run(send, `category=${path}&action=import`, rows.slice(0, 1));
      expect((await master('GET', `${path}/name`)).body.data).to.deep.equal([{ area: 1 }]);
    });
  });

  describe('rates', () => {
    const send: Tenant['send'] = (method, at, data) => master(method, at, data);
    const prefixes = async () =>
      (await master('GET', 'rates?ascending=true')).body.data.map(({ prefix }: { prefix: number }) => prefix);

    it('are brought, written and removed by files', async () => {
      const output = await run(send, 'category=rates&action=import', [
        { prefix: 1415, rate_cost: 0.1, iso_country_code: 'US', direction: 'inbound;outbound' },
        { prefix: 44, rate_cost: 'much', iso_country_code: 'GB' },
        { prefix: 49, rate_cost: 0.2, iso_country_code: 'DE', rate_name: 'Germany' },
      ]);
      expect(output.text).to.include('rate_cost');
      expect(await prefixes()).to.have.members([1415, 49]);
      const { text } = await run(send, 'category=rates&action=export');
      expect(text).to.include('inbound;outbound').and.include('Germany');
      await run(send, 'category=rates&action=delete', [
        { prefix: 49, rate_name: 'another' },
        { prefix: 1415, iso_country_code: 'US' },
      ]);
      expect(await prefixes()).to.deep.equal([49]);
      const refused = await tenant.send('PUT', 'tasks?category=rates&action=export', {});
      expect(refused.status).to.equal(403);
    });
  });
});
