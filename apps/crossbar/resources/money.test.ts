// Ledgers, transactions and allotments over REST: what is entered adds up, nobody gives themselves money, nothing is charged in secret.
import { expect } from 'chai';
import { accountDatabase, gregorian, monthDatabase, type StoredDocument } from '../../../core/couch/index.ts';
import type { Answer } from '../testing/rest.ts';
import { tenants } from '../testing/tenants.ts';

describe('money', () => {
  const { rest, tenant, other } = tenants();

  const asMaster = () => ({ token: rest.master.token });
  const outcome = ({ status, body }: Answer): unknown[] => [status, body?.message];
  const entry = {
    amount: 10.25,
    description: 'by hand',
    source: { service: 'payments', id: 'p1' },
    usage: { type: 'voip', quantity: 60, unit: 'sec' },
  };
  const month = () => new Date().toISOString().slice(0, 7).replace('-', '');

  describe('ledgers', () => {
    let id = '';

    it('take credits and debits in dollars, and add them up', async () => {
      const credited = await tenant.send('PUT', 'ledgers/credit', entry, asMaster());
      expect(credited.status, credited.text).to.equal(201);
      id = credited.body.data.id;
      expect(id).to.match(new RegExp(`^${month()}-[0-9a-f]{32}$`));
      expect(credited.body.data).to.include({ amount: 10.25, description: 'by hand' });
      expect(credited.body.data.account).to.deep.equal({ id: tenant.id, name: 'acme' });
      const debit = { ...entry, amount: 3, source: { service: 'services', id: 's1' } };
      const debited = await tenant.send('PUT', 'ledgers/debit', debit, asMaster());
      expect(debited.body.data.amount).to.equal(-3);
      expect((await tenant.send('GET', 'ledgers/total')).body.data).to.deep.equal({ amount: 7.25 });
      const { data } = (await tenant.send('GET', 'ledgers')).body;
      expect(data.payments).to.deep.equal({
        amount: 10.25,
        usage: { type: 'voip', quantity: 60, unit: 'sec' },
      });
      expect(data.services.amount).to.equal(-3);
    });

    it('are listed by service and read one by one', async () => {
      const { data } = (await tenant.send('GET', 'ledgers/payments')).body;
      expect(data.map((row: { id: string; amount: number }) => [row.id, row.amount])).to.deep.equal([
        [id, 10.25],
      ]);
      expect((await tenant.send('GET', `ledgers/payments/${id}`)).body.data).to.include({ amount: 10.25 });
      for (const path of [
        `ledgers/services/${id}`,
        'ledgers/payments/nothing',
        `ledgers/payments/${month()}-x`,
      ])
        expect(outcome(await tenant.send('GET', path)), path).to.deep.equal([404, 'bad_identifier']);
      expect(outcome(await other.send('GET', `ledgers/payments/${id}`))).to.deep.equal([
        404,
        'bad_identifier',
      ]);
      expect((await tenant.send('GET', 'ledgers/unheard-of')).body.data).to.deep.equal([]);
    });

    it('are summed up by month, and by the account that caused it', async () => {
      const { data } = (await tenant.send('GET', `ledgers/summary/${month()}`)).body;
      expect(data.summary.payments.amount).to.equal(10.25);
      expect(data.breakdown).to.have.length(1);
      expect(data.breakdown[0]).to.deep.include({ account: { id: tenant.id, name: 'acme' }, total: 7.25 });
      const none = (await tenant.send('GET', 'ledgers/summary/200001')).body.data;
      expect(none).to.deep.equal({ summary: {}, breakdown: [] });
      expect(outcome(await tenant.send('GET', 'ledgers/summary/202613'))).to.deep.equal([
        404,
        'bad_identifier',
      ]);
    });

    it('of earlier months count, up to what was carried over', async () => {
      const put = (year: number, units: number, service: string) => {
        const database = monthDatabase(other.id, new Date(Date.UTC(year, 0, 1)));
        const fields = { pvt_type: 'ledger', amount: units, source: { service, id: 'x' } };
        return rest.store.database(database).save(fields as object as StoredDocument);
      };
      await put(2020, 990_000, 'payments');
      await put(2021, 20_000, 'rollovers');
      await put(2021, 10_000, 'payments');
      await put(2022, 5_000, 'payments');
      expect((await other.send('GET', 'ledgers/total')).body.data).to.deep.equal({ amount: 3.5 });
    });

    it('of the reseller may be touched with them', async () => {
      const raw = JSON.stringify({ data: entry, impact_reseller: true });
      const answer = await tenant.send('PUT', 'ledgers/debit', undefined, { ...asMaster(), raw });
      expect(answer.status, answer.text).to.equal(201);
      expect(answer.body.data[tenant.id]).to.deep.include({ available_dollars: -3, is_reseller: false });
      expect(answer.body.data[rest.master.id].ledger.account.id).to.equal(tenant.id);
      expect(answer.body.data[rest.master.id].available_dollars).to.equal(-10.25);
    });

    it('take the same only once a month, and what is missing of it when it is sent again', async () => {
      const again = await tenant.send('PUT', 'ledgers/credit', entry, asMaster());
      expect(outcome(again)).to.deep.equal([409, 'datastore_conflict']);
      const { usage, source, ...first } = entry;
      const elsewise = await tenant.send('PUT', 'ledgers/credit', { source, usage, ...first }, asMaster());
      expect(elsewise.status).to.equal(409);
      const other = { ...entry, source: { service: 'payments', id: 'p2' } };
      // Whoever died after the first of two writes left the reseller without.
      expect((await tenant.send('PUT', 'ledgers/credit', other, asMaster())).status).to.equal(201);
      const raw = JSON.stringify({ data: other, impact_reseller: true });
      const send = () => tenant.send('PUT', 'ledgers/credit', undefined, { ...asMaster(), raw });
      const repeated = await send();
      expect(repeated.body.data[rest.master.id].available_dollars, repeated.text).to.equal(0);
      expect(repeated.body.data[tenant.id].available_dollars).to.equal(7.25);
      expect(outcome(await send())).to.deep.equal([409, 'datastore_conflict']);
    });

    it('are not the business of the account itself to fill, and what does not fit is refused', async () => {
      for (const kind of ['credit', 'debit'])
        expect(outcome(await tenant.send('PUT', `ledgers/${kind}`, entry))).to.deep.equal([403, 'forbidden']);
      for (const [field, value] of [
        ['amount', 0],
        ['amount', -5],
        ['amount', 'much'],
        ['amount', undefined],
        ['source', undefined],
        ['source', { service: 's' }],
        ['usage', { type: 'voip', quantity: 'x', unit: 'sec' }],
        ['description', 5],
        ['metadata', 'x'],
        ['period', { start: 'x' }],
      ] as const) {
        const { status, body } = await tenant.send(
          'PUT',
          'ledgers/credit',
          { ...entry, [field]: value },
          asMaster(),
        );
        expect([status, Object.keys(body.data)[0]?.split('.')[0]], `${field} ${value}`).to.deep.equal([
          400,
          field,
        ]);
      }
    });

    it('have names', async () => {
      const { data } = (await tenant.send('GET', 'ledgers/available')).body;
      expect(data.map(({ name }: { name: string }) => name)).to.include('per-minute-voip');
    });
  });

  describe('transactions', () => {
    it('are listed and read, in dollars', async () => {
      const _id = `${month()}-${'a'.repeat(32)}`;
      await rest.store.database(monthDatabase(tenant.id, new Date())).save({
        _id,
        pvt_type: 'transaction',
        amount: 50_000,
        status: 'completed',
      } as object as StoredDocument);
      const { data } = (await tenant.send('GET', 'transactions')).body;
      expect(data).to.have.length(1);
      expect(data[0]).to.include({ id: _id, amount: 5, status: 'completed' });
      expect((await tenant.send('GET', `transactions/${_id}`)).body.data).to.include({ amount: 5 });
      expect(outcome(await other.send('GET', `transactions/${_id}`))).to.deep.equal([404, 'bad_identifier']);
    });

    for (const kind of ['sale', 'refund'])
      it(`say that no bookkeeper makes a ${kind}`, async () => {
        const put = (data: unknown, options = asMaster()) =>
          tenant.send('PUT', `transactions/${kind}`, data, options);
        const answer = await put({ amount: 5 });
        expect(outcome(answer)).to.deep.equal([501, 'not_implemented']);
        expect(answer.body.data.message).to.include('nothing was charged');
        expect((await put({ amount: 5 }, { token: tenant.token })).status).to.equal(403);
        for (const amount of [0, -1, 'x', undefined]) expect((await put({ amount })).status).to.equal(400);
        expect((await tenant.send('GET', 'transactions')).body.data).to.have.length(1);
      });
  });

  describe('allotments', () => {
    const minutes = { tollfree: { amount: 600, cycle: 'monthly' } };

    it('are set by whoever sells them, beside the limits', async () => {
      expect(outcome(await tenant.send('GET', 'allotments'))).to.deep.equal([400, 'bad request']);
      expect(outcome(await tenant.send('POST', 'allotments', minutes))).to.deep.equal([403, 'forbidden']);
      const set = await tenant.send('POST', 'allotments', minutes, asMaster());
      expect(set.status, set.text).to.equal(200);
      expect((await tenant.send('GET', 'allotments')).body.data).to.deep.equal(minutes);
      expect((await tenant.send('GET', 'limits')).body.data).to.not.have.property('tollfree');
      await tenant.send('PATCH', 'limits', { twoway_trunks: 3 }, asMaster());
      expect((await tenant.send('GET', 'allotments')).body.data).to.deep.equal(minutes);
    });

    it('are used up', async () => {
      const save = (seconds: number, pvt_created: number) =>
        rest.store.database(monthDatabase(tenant.id, new Date())).save({
          pvt_type: 'allotment_consumption',
          classification: 'tollfree',
          seconds,
          pvt_created,
        } as object as StoredDocument);
      await save(60, gregorian());
      await save(30, gregorian());
      const { tollfree } = (await tenant.send('GET', 'allotments/consumed')).body.data;
      expect(tollfree).to.include({ cycle: 'monthly', consumed: 90 });
      expect(tollfree.consumed_to - tollfree.consumed_from).to.be.within(28 * 86_400, 31 * 86_400);
      const later = gregorian() + 10;
      const query = `allotments/consumed?created_from=${later}&created_to=${later + 60}`;
      expect((await tenant.send('GET', query)).body.data.tollfree).to.deep.include({
        cycle: 'manual',
        consumed: 0,
      });
      const long = await tenant.send('GET', 'allotments/consumed?created_from=0&created_to=99999999999');
      expect(outcome(long)).to.deep.equal([400, 'validation error']);
      expect((await tenant.send('GET', 'allotments/consumed?created_from=x')).status).to.equal(400);
    });

    it('that do not fit are refused', async () => {
      for (const [value, path] of [
        [{ cycle: 'monthly' }, 'tollfree.amount'],
        [{ amount: -1, cycle: 'monthly' }, 'tollfree.amount'],
        [{ amount: 1, cycle: 'yearly' }, 'tollfree.cycle'],
        [{ amount: 1, cycle: 'daily', increment: 0 }, 'tollfree.increment'],
        [{ amount: 1, cycle: 'daily', minimum: -1 }, 'tollfree.minimum'],
        [{ amount: 1, cycle: 'daily', no_consume_time: -1 }, 'tollfree.no_consume_time'],
        [{ amount: 1, cycle: 'daily', group_consume: [5] }, 'tollfree.group_consume.0'],
        ['x', 'tollfree'],
      ] as const) {
        const { status, body } = await tenant.send('POST', 'allotments', { tollfree: value }, asMaster());
        expect([status, Object.keys(body.data)], path).to.deep.equal([400, [path]]);
      }
      const stored = await rest.store.database(accountDatabase(tenant.id)).get('limits');
      expect(stored['pvt_allotments']).to.deep.equal(minutes);
    });
  });

  describe('braintree', () => {
    const paths = [
      ['GET', 'customer'],
      ['POST', 'customer'],
      ['GET', 'cards'],
      ['PUT', 'cards'],
      ['GET', 'cards/x'],
      ['POST', 'cards/x'],
      ['DELETE', 'cards/x'],
      ['GET', 'addresses'],
      ['PUT', 'addresses'],
      ['GET', 'addresses/x'],
      ['POST', 'addresses/x'],
      ['DELETE', 'addresses/x'],
      ['GET', 'transactions'],
      ['GET', 'transactions/x'],
      ['GET', 'client_token'],
    ] as const;

    for (const [method, path] of paths)
      it(`says to ${method} ${path} that nothing talks to it`, async () => {
        const sent = method === 'PUT' || method === 'POST' ? {} : undefined;
        const { status, body } = await tenant.send(method, `braintree/${path}`, sent);
        expect([status, body.message]).to.deep.equal([501, 'not_implemented']);
        expect(JSON.stringify(body.data)).to.include('Braintree');
        const theirs = await rest.send(method, `accounts/${tenant.id}/braintree/${path}`, sent, {
          token: other.token,
        });
        expect(theirs.status).to.equal(404);
      });

    for (const [method, path, sent, at] of [
      ['POST', 'customer', { email: {} }, 'email'],
      ['POST', 'customer', { credit_card: 'x' }, 'credit_card'],
      ['PUT', 'cards', { number: [] }, 'number'],
      ['POST', 'cards/x', { make_default: 'x' }, 'make_default'],
      ['PUT', 'cards', { billing_address: { region: {} } }, 'billing_address.region'],
      ['PUT', 'addresses', { locality: {} }, 'locality'],
      ['POST', 'addresses/x', { locality: {} }, 'locality'],
    ] as const)
      it(`refuses ${at} of ${method} ${path}`, async () => {
        const { status, body } = await tenant.send(method, `braintree/${path}`, sent);
        expect([status, Object.keys(body.data[at] ?? {})]).to.deep.equal([400, ['type']]);
      });
  });
});
