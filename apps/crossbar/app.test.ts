// The whole API over HTTP: envelopes, logging in, paging, errors, one sequence per resource.
import { expect } from 'chai';
import { tenants } from './testing/tenants.ts';

describe('crossbar', () => {
  const { tenant } = tenants();

  it('logs in and shows the account', async () => {
    const answer = await tenant.send('GET', '');
    expect(answer.status).to.equal(200);
    expect(answer.body.data).to.include({ id: tenant.id, name: 'acme', realm: 'acme.test' });
  });

  for (const [path, data, change] of [
    ['menus', { name: 'One' }, { name: 'Two' }],
    ['groups', { name: 'One', endpoints: {} }, { name: 'Two' }],
    ['devices', { name: 'One', sip: { username: 'phone1', password: 'secret1' } }, { name: 'Two' }],
    ['users', { first_name: 'One', last_name: 'X', username: 'one', password: 'pw' }, { first_name: 'Two' }],
    ['callflows', { name: 'One', numbers: ['1001'], flow: { module: 'answer', data: {} } }, { name: 'Two' }],
    ['connectivity', { name: 'One', servers: [] }, { name: 'Two' }],
    ['media', { name: 'One' }, { name: 'Two' }],
    ['resources', { name: 'One', gateways: [{ server: '127.0.0.1' }] }, { name: 'Two' }],
  ] as const)
    it(`${path}: create, read, list, patch, replace, delete`, async () => {
      const created = await tenant.send('PUT', path, { ...data, pvt_type: 'x', ui_metadata: { a: 1 } });
      expect(created.status, created.text).to.equal(201);
      const { id } = created.body.data;
      expect(created.headers.get('location')).to.equal(id);
      const read = await tenant.send('GET', `${path}/${id}`);
      expect(read.body.data).to.include({ id }).and.not.have.any.keys('_id', '_rev', 'pvt_type');
      expect(read.body.data.ui_metadata).to.deep.equal({ a: 1 });
      expect(read.headers.get('etag')).to.equal(`"${read.body.revision}"`);
      const list = await tenant.send('GET', path);
      // The list of connectivity are ids.
      const idsOf = (rows: readonly (string | { id: string })[]) =>
        rows.map((row) => (typeof row === 'string' ? row : row.id));
      expect(idsOf(list.body.data)).to.include(id);
      const patched = await tenant.send('PATCH', `${path}/${id}`, { ...change, ui_metadata: null });
      expect(patched.status, patched.text).to.equal(200);
      expect(patched.body.data).to.include(change).and.not.have.property('ui_metadata');
      const stale = await tenant.send('PATCH', `${path}/${id}`, change, {
        headers: { 'if-match': `"${read.body.revision}"` },
      });
      expect(stale.status).to.equal(412);
      const { password: _, ...replacement } = data as Record<string, unknown>;
      expect((await tenant.send('POST', `${path}/${id}`, replacement)).status).to.equal(200);
      expect((await tenant.send('POST', `${path}/${id}`, { name: 7, first_name: {} })).status).to.equal(400);
      const gone = await tenant.send('DELETE', `${path}/${id}`);
      expect(gone.body.data._read_only).to.deep.equal({ deleted: true });
      expect((await tenant.send('GET', `${path}/${id}`)).status).to.equal(404);
      expect(idsOf((await tenant.send('GET', path)).body.data)).not.to.include(id);
    });
});
