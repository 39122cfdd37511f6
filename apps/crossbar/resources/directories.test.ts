// Directories with their users, on the screen and on paper; hot desks.
import { expect } from 'chai';
import { tenants } from '../testing/tenants.ts';

describe('directories and hotdesks', () => {
  const { rest, tenant } = tenants();

  it('has the users who say so, with the callflow that rings each', async () => {
    const { id } = (await tenant.send('PUT', 'directories', { name: 'Staff' })).body.data;
    const flow = { module: 'user', data: {} };
    const callflow = (await tenant.send('PUT', 'callflows', { numbers: ['2001', '2002'], flow })).body.data
      .id;
    const person = { first_name: 'Bob', last_name: 'Zappa', directories: { [id]: callflow } };
    const user = (await tenant.send('PUT', 'users', person)).body.data.id;
    const shown = (await tenant.send('GET', `directories/${id}`)).body.data;
    expect(shown.users).to.deep.equal([{ user_id: user, callflow_id: callflow }]);
    const back = await tenant.send('POST', `directories/${id}`, shown);
    expect(back.status, back.text).to.equal(200);
    expect(await rest.store.database(tenant.id).get(id)).not.to.have.property('users');
    for (const [query, headers] of [
      ['?accept=pdf', {}],
      ['', { accept: 'application/pdf' }],
    ] as const) {
      const pdf = await tenant.send('GET', `directories/${id}${query}`, undefined, { headers });
      expect(pdf.headers.get('content-type')).to.equal('application/pdf');
      expect(pdf.headers.get('content-disposition')).to.include('acme-directory.pdf');
      expect(pdf.text).to.match(/^%PDF-/);
    }
  });

  it('says who is at which phone, from all sides', async () => {
    const person = { first_name: 'Carl', last_name: 'C' };
    const user = (await tenant.send('PUT', 'users', person)).body.data.id;
    const phone = { name: 'lobby', hotdesk: { users: { [user]: {} } } };
    const device = (await tenant.send('PUT', 'devices', phone)).body.data.id;
    const rows = [{ device_id: device, device_name: 'lobby' }];
    expect((await tenant.send('GET', 'hotdesks')).body.data).to.deep.equal(rows);
    expect((await tenant.send('GET', `users/${user}/hotdesks`)).body.data).to.deep.equal(rows);
    expect((await tenant.send('GET', `users/${tenant.userId}/hotdesks`)).body.data).to.deep.equal([]);
    const [there] = (await tenant.send('GET', `devices/${device}/hotdesks`)).body.data;
    expect(there).to.include({ id: user, ...person });
    expect((await tenant.send('GET', 'users/nobody/hotdesks')).status).to.equal(404);
    expect((await tenant.send('GET', 'devices/none/hotdesks')).status).to.equal(404);
    expect((await tenant.send('GET', `users/${user}/devices`)).body.data[0]).to.include({ hotdesked: true });
  });
});
