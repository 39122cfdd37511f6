// Port requests: their states and who may say them, numbers that are in service in the end, lists.
import { expect } from 'chai';
import { fromGregorian, gregorian } from '../../../core/couch/index.ts';
import { portRequest } from '../../../core/documents/index.ts';
import { outsider } from '../../../core/testing/outsider.ts';
import { badInputs } from '../testing/bad-input.ts';
import { portBench } from '../testing/ports.ts';
import type { Answer } from '../testing/rest.ts';

describe('port_requests', () => {
  const { rest, reseller, tenant, other, own, carrier, fresh, make } = portBench();

  it('are made unconfirmed, for the account that carries them out', async () => {
    const number = fresh();
    const { body } = await own('PUT', '', {
      name: 'new',
      numbers: { [number.replace('+1', '')]: { used_by: 'callflow' } },
      port_state: 'completed',
      _read_only: { x: 1 },
    });
    expect(body.data).to.deep.include({
      port_state: 'unconfirmed',
      numbers: { [number]: { used_by: 'callflow' } },
      uploads: {},
    });
    expect(body.data._read_only).to.deep.equal({
      account_id: tenant.id,
      account_name: 'acme',
      port_authority: reseller.id,
      port_authority_name: 'reseller',
    });
    const stored = await rest.store.database('port_requests').get(body.data.id);
    expect(stored).to.not.have.any.keys('port_state', 'uploads', '_read_only', 'created');
    expect(stored['pvt_tree']).to.deep.equal([rest.master.id, reseller.id]);
  });

  it('ask for numbers that can come, and once', async () => {
    const [taken, here] = [fresh(), fresh()];
    const id = await make([taken]);
    await rest.send('PUT', `accounts/${other.id}/phone_numbers/${here}`, {}, { token: rest.master.token });
    const elsewhere = fresh();
    await other.send('PUT', 'port_requests', { name: 'x', numbers: { [elsewhere]: {} } });
    for (const [number, path, code, words] of [
      ['123', 'numbers.123', 'pattern', /^must be a number/],
      // What stands before the colon is what Monster UI knows these by.
      [taken, taken, 'type', /^number is on a port request already: [0-9a-f]{32}$/],
      [elsewhere, elsewhere, 'type', /^number is being ported for a different account$/],
      [here, here, 'type', /^number exists on the system already$/],
    ] as const) {
      const { status, body } = await own('PUT', '', { name: 'x', numbers: { [number]: {} } });
      expect([status, Object.keys(body.data)]).to.deep.equal([400, [path]]);
      expect(body.data[path][code].message).to.match(words);
    }
    expect((await own('PATCH', id, { note: 'same numbers' })).status).to.equal(200);
    const made = await rest.send(
      'PUT',
      `accounts/${other.id}/phone_numbers/${taken}`,
      {},
      { token: rest.master.token },
    );
    expect([made.status, made.body.data]).to.deep.equal([
      400,
      { code: 400, error: 'number_is_porting', cause: taken, message: `number ${taken} is porting` },
    ]);
  });

  it('ask a phonebook who has numbers, where there is one', async () => {
    const number = fresh();
    const lookup = (numbers: unknown) => own('POST', '/lnp_lookup', { numbers });
    expect((await lookup([number])).body).to.include({ error: '501', message: 'not_implemented' });
    expect((await lookup('all')).body.data).to.have.nested.property('numbers.type');
    const phonebook = await outsider();
    try {
      const settings = rest.context.systemConfig;
      await settings.set('crossbar.phonebook', 'phonebook_url', `${phonebook.url}/`);
      const found = { numbers: { [number]: { losing_carrier: { name: 'Old' }, carriers: [] } } };
      phonebook.answers.push({ status: 200, body: JSON.stringify({ status: 'success', data: found }) });
      expect((await lookup([number.replace('+1', '')])).body.data).to.deep.equal(found);
      const [{ method, path, body } = { body: '' }] = phonebook.heard;
      expect([method, path, body]).to.deep.equal([
        'POST',
        '/lnp/lookup',
        JSON.stringify({ data: { numbers: [number] } }),
      ]);
      phonebook.answers.push({ status: 500 });
      expect((await lookup([number])).status).to.equal(502);
    } finally {
      await phonebook.stop();
    }
  });

  for (const { path, code, data } of badInputs(portRequest.schema, { name: 'x', numbers: { '+1': {} } }))
    it(`refuse ${path}: ${code}`, async () => {
      const { status, body } = await own('PUT', '', data);
      expect([status, JSON.stringify(body.data[path] ?? {})])
        .to.have.property('1')
        .that.includes(code);
    });

  describe('states', () => {
    const states = ['submitted', 'pending', 'scheduled', 'rejected', 'canceled', 'completed'];
    const ways: Readonly<Record<string, readonly string[]>> = {
      unconfirmed: ['submitted', 'canceled'],
      submitted: ['pending', 'rejected', 'canceled'],
      pending: ['scheduled', 'completed', 'rejected', 'canceled'],
      scheduled: ['completed', 'rejected', 'canceled'],
      rejected: ['submitted', 'completed', 'canceled'],
      canceled: [],
      completed: [],
    };
    const scheduled_date = gregorian() + 86_400;
    const leading: Readonly<Record<string, readonly string[]>> = {
      unconfirmed: [],
      submitted: ['submitted'],
      pending: ['submitted', 'pending'],
      scheduled: ['submitted', 'pending', 'scheduled'],
      rejected: ['submitted', 'rejected'],
      canceled: ['canceled'],
      completed: ['submitted', 'pending', 'completed'],
    };
    for (const from of Object.keys(ways))
      it(`after ${from} are ${ways[from]?.join(', ') || 'none'}`, async () => {
        for (const to of states) {
          const id = await make();
          for (const step of leading[from] ?? []) await carrier('PATCH', `${id}/${step}`, { scheduled_date });
          const { status, body } = await carrier('PATCH', `${id}/${to}`, { reason: 'so', scheduled_date });
          if (ways[from]?.includes(to)) {
            expect([status, body.data.port_state], `${from} ${to}`).to.deep.equal([200, to]);
            const { body: line } = await own('GET', `${id}/timeline`);
            const [note] = line.data.slice(-1);
            expect(note.transition, to).to.deep.equal({ new: to, previous: from });
            expect(note).to.include({ reason: 'so', type: 'transition' });
            expect(note.authorization.account).to.deep.equal({ id: reseller.id, name: 'reseller' });
          } else {
            expect(status, `${from} ${to}`).to.equal(400);
            // What is complete has no numbers left, and that is the first thing wrong with it.
            if (from === 'completed') expect(body.data).to.have.nested.property('numbers.too_few_properties');
            else expect(body.data.port_state.enum.target).to.deep.equal(ways[from]);
          }
        }
      });

    it('are said by who carries it out, but for the first and the last', async () => {
      const id = await make();
      expect((await own('PATCH', `${id}/pending`, {})).status).to.equal(403);
      expect((await own('PATCH', `${id}/submitted`, { name: 'sent' })).body.data).to.include({
        port_state: 'submitted',
        name: 'sent',
      });
      for (const state of ['pending', 'scheduled', 'completed', 'rejected', 'canceled'])
        expect((await own('PATCH', `${id}/${state}`, {})).status, state).to.equal(403);
      expect((await own('PATCH', `${await make()}/canceled`, {})).status).to.equal(200);
    });

    it('are told to other apps, with the reason', async () => {
      const id = await make();
      for (const state of ['submitted', 'pending', 'rejected'])
        await carrier('PATCH', `${id}/${state}`, { reason: `now ${state}` });
      await carrier('PATCH', `${id}/canceled`, {});
      await carrier('PATCH', `${id}/canceled`, {});
      const told = (name: string) =>
        rest.bus.named(name).filter((it) => it['Port-Request-ID'] === id.slice(1));
      for (const [name, content] of [
        ['port_request', 'now submitted'],
        ['port_pending', 'now pending'],
        ['port_rejected', 'now rejected'],
      ] as const) {
        const [message, ...more] = told(name);
        expect(more).to.deep.equal([]);
        expect(message).to.include({ 'Account-ID': tenant.id, 'Authorized-By': reseller.id, Version: 'v2' });
        expect(message?.['Reason']).to.include({
          content,
          account_id: reseller.id,
          user_id: reseller.userId,
        });
      }
      expect(told('port_cancel')).to.have.length(1);
      expect(told('port_cancel')[0]).to.not.have.property('Reason');
    });

    it('come to scheduled for a second, or for a time somewhere', async () => {
      const id = await make();
      for (const state of ['submitted', 'pending']) await carrier('PATCH', `${id}/${state}`, {});
      const schedule = async (data: object) => (await carrier('PATCH', `${id}/scheduled`, data)).body.data;
      const on = (date_time: unknown, timezone: unknown) => ({ schedule_on: { date_time, timezone } });
      for (const [data, path] of [
        [{}, 'scheduled_date.required'],
        [{ scheduled_date: 'soon' }, 'scheduled_date.type'],
        [on('tomorrow', 'UTC'), ['schedule_on.date_time', 'pattern']],
        [on('2030-02-31 25:00', 'UTC'), ['schedule_on.date_time', 'pattern']],
        [on('2030-01-01 10:00', 'Nowhere/At_All'), ['schedule_on.timezone', 'enum']],
        [on('2030-01-01 10:00', undefined), ['schedule_on.timezone', 'required']],
      ] as const) {
        const [field = '', code = ''] = typeof path === 'string' ? path.split('.') : path;
        expect((await schedule(data))[field], JSON.stringify(data)).to.have.property(code);
      }
      const { scheduled_date: at, port_state } = await schedule(on('2030-01-01 10:00', 'America/New_York'));
      expect([port_state, fromGregorian(at).toISOString()]).to.deep.equal([
        'scheduled',
        '2030-01-01T15:00:00.000Z',
      ]);
    });

    it('are said by the master account where no branding names another, and by no account that is not above', async () => {
      const authorityOf = async () => {
        const made = await other.send('PUT', 'port_requests', { name: 'x', numbers: { [fresh()]: {} } });
        return made.body.data._read_only.port_authority;
      };
      expect(await authorityOf()).to.equal(rest.master.id);
      for (const authority of [other.id, reseller.id]) {
        await other.send('DELETE', 'whitelabel');
        await other.send('PUT', 'whitelabel', { domain: 'other.test', port: { authority } });
        expect(await authorityOf()).to.equal(rest.master.id);
      }
    });

    it('leave a request that is on its way to who carries it out', async () => {
      const id = await make();
      await own('PATCH', `${id}/submitted`, {});
      const refused = await own('PATCH', id, { name: 'other' });
      expect([refused.status, refused.body.message]).to.deep.equal([405, 'invalid_method']);
      expect((await own('DELETE', id)).status).to.equal(405);
      expect((await carrier('PATCH', id, { winning_carrier: 'New' })).status).to.equal(200);
      await carrier('PATCH', `${id}/canceled`, {});
      expect((await own('DELETE', id)).status).to.equal(200);
      expect((await own('GET', id)).status).to.equal(404);
    });

    it('put the numbers into service in the end', async () => {
      const [one, two] = [fresh(), fresh()];
      const id = await make([one, two]);
      await rest.send('PUT', `accounts/${tenant.id}/phone_numbers/${two}/port`, {}, { token: tenant.token });
      for (const state of ['submitted', 'pending']) await carrier('PATCH', `${id}/${state}`, {});
      const done = await carrier('PATCH', `${id}/completed`, {});
      expect(done.body.data.numbers, done.text).to.deep.equal({});
      expect(done.body.data._read_only.ported_numbers).to.have.all.keys(one, two);
      for (const number of [one, two])
        expect((await tenant.send('GET', `phone_numbers/${number}`)).body.data.state).to.equal('in_service');
      expect(await rest.store.database('numbers/+1415').get(one)).to.include({ pvt_ported_in: true });
    });

    it('do not take a number from another account', async () => {
      const number = fresh();
      const id = await make([number]);
      for (const state of ['submitted', 'pending']) await carrier('PATCH', `${id}/${state}`, {});
      await other.send('PUT', `phone_numbers/${number}/port`, {});
      expect((await carrier('PATCH', `${id}/completed`, {})).body.message).to.equal('number_exists');
      expect((await own('GET', id)).body.data.port_state).to.equal('pending');
    });
  });

  describe('lists', () => {
    let id: string;
    let number: string;
    before(async () => {
      number = fresh();
      id = (await make([number])).slice(1);
      await own('PATCH', `/${id}/submitted`, {});
    });
    const ids = ({ body }: Answer): string[] =>
      body.data.flatMap((row: { port_requests: { id: string }[] }) => row.port_requests.map((one) => one.id));

    it('are of one account, those below it, or those one carries out', async () => {
      const submitted = '?by_types=submitted';
      const { data } = (await own('GET', submitted)).body;
      expect(data).to.have.length(1);
      expect(data[0]).to.include({ account_id: tenant.id, account_name: 'acme' });
      for (const row of data[0].port_requests) expect(row).to.include({ account_id: tenant.id });
      expect(ids(await own('GET', submitted))).to.include(id);
      expect(ids(await reseller.send('GET', `port_requests${submitted}`))).to.deep.equal([]);
      expect(ids(await reseller.send('GET', `descendants/port_requests${submitted}`))).to.include(id);
      expect(ids(await other.send('GET', `descendants/port_requests${submitted}`))).to.deep.equal([]);
      const carried = (token: string) => rest.send('GET', `port_requests${submitted}`, undefined, { token });
      expect(ids(await carried(reseller.token))).to.include(id);
      expect(ids(await carried(tenant.token))).to.deep.equal([]);
    });

    it('are of some states', async () => {
      for (const [types, has] of [
        ['', true],
        ['?by_types=all', true],
        ['?by_types=progressing', true],
        ['?by_types=pending,submitted', true],
        ['?by_types=suspended', false],
        ['?by_types=completed', false],
        ['/submitted', true],
        ['/completed', false],
      ] as const)
        expect(ids(await own('GET', types)).includes(id), types).to.equal(has);
      expect((await own('GET', '?by_types=lost')).body.data).to.have.nested.property('by_types.enum');
    });

    it('are found by number', async () => {
      const by = (path: string, who = tenant) => who.send('GET', `${path}?by_number=${number.slice(2)}`);
      const found = async (answer: Promise<Answer>) =>
        (await answer).body.data.map((one: { id: string }) => one.id);
      expect(await found(by('port_requests'))).to.deep.equal([id]);
      expect(await found(by('descendants/port_requests', reseller))).to.deep.equal([id]);
      expect(await found(by('port_requests', other))).to.deep.equal([]);
      expect((await own('GET', '?by_number=x')).status).to.equal(400);
    });

    it('say when each was submitted last', async () => {
      const { data } = (await own('GET', '/last_submitted')).body;
      const row = data.find((one: { id: string }) => one.id === id);
      expect(row.transition.transition).to.deep.equal({ new: 'submitted', previous: 'unconfirmed' });
    });
  });
});
