// What a number may have and may become: its features and its states, for everybody who has to do with it.
import { expect } from 'chai';
import { accountDatabase } from '../../../core/couch/index.ts';
import { number as contract } from '../../../core/documents/index.ts';
import { badInputs } from '../testing/bad-input.ts';
import { type Rest, startRest, type Tenant } from '../testing/rest.ts';
import { abandoned, type NumberDocument } from './states.ts';

const number = '+14155550100';
let last = 200;
const fresh = (): string => `+14155550${String(last++)}`;

describe('a number', () => {
  let rest: Rest;
  let tenant: Tenant;
  let child: Tenant;
  let other: Tenant;
  before(async () => {
    rest = await startRest();
    tenant = await rest.account('acme');
    child = await rest.account('child', tenant.id);
    other = await rest.account('other');
    await master('PUT', number, {});
  });
  after(() => rest.stop());

  const master = (method: string, path: string, data?: unknown, account = tenant.id) =>
    rest.send(method, `accounts/${account}/phone_numbers/${path}`, data, { token: rest.master.token });
  const own = (method: string, path = '', data?: unknown) =>
    tenant.send(method, `phone_numbers${path && `/${path}`}`, data);
  const make = async (state: string, account = tenant.id): Promise<string> => {
    const made = fresh();
    const { status, text } = await master('PUT', made, { create_with_state: state }, account);
    expect(status, text).to.equal(201);
    return made;
  };

  describe('features', () => {
    it('of carriers are refused for numbers of none, unless the cluster or the number says so', async () => {
      const e911 = { street_address: 'A St', locality: 'B', region: 'CA', postal_code: '94105' };
      for (const wanted of [{ e911 }, { cnam: { display_name: 'Acme' } }, { porting: {} }]) {
        const { status, body } = await own('PATCH', number, wanted);
        expect([status, body.data.error]).to.deep.equal([403, 'forbidden']);
      }
      const { systemConfig } = rest.context;
      await systemConfig.set('number_manager', 'features.local_feature_override', true);
      const cnam = { display_name: 'Acme', inbound_lookup: true };
      const set = await own('PATCH', number, { e911, cnam });
      expect(set.body.data._read_only.features).to.include.members(['e911', 'inbound_cnam', 'outbound_cnam']);
      await systemConfig.set('number_manager', 'features.local_feature_override', false);
      expect((await own('PATCH', number, { note: 'stays' })).body.data).to.deep.include({ cnam });
      const gone = await own('PATCH', number, { e911: null, cnam: null });
      expect(gone.body.data._read_only.features).to.not.include.members(['e911']);
    });

    it('are those that the number allows, where it says so', async () => {
      const limited = await make('in_service');
      const database = rest.store.database('numbers/+1415');
      const stored = await database.get(limited, { fresh: true });
      const fields = { pvt_features_allowed: ['cnam', 'prepend'], pvt_features_denied: ['prepend'] };
      await database.save({ ...stored, ...fields });
      const { _read_only } = (await own('GET', limited)).body.data;
      expect(_read_only).to.deep.include({
        features_available: ['cnam'],
        features_allowed: ['cnam', 'prepend'],
        features_denied: ['prepend'],
      });
      expect((await own('PATCH', limited, { cnam: { display_name: 'A' } })).status).to.equal(200);
      expect((await own('PATCH', limited, { prepend: { enabled: true } })).status).to.equal(403);
    });

    it('say who the number comes from, for superdupers', async () => {
      expect((await own('PATCH', number, { carrier_name: 'inventory' })).status).to.equal(403);
      const wrong = await master('PATCH', number, { carrier_name: 'nobody' });
      expect(wrong.body.data).to.have.nested.property('carrier_name.enum');
      const named = (await master('PATCH', number, { carrier_name: 'inventory' })).body.data;
      expect(named).to.not.have.property('carrier_name');
      expect(named._read_only.carrier_module).to.equal('inventory');
      expect(named._read_only.features_available).to.include.members(['cnam', 'e911', 'carrier_name']);
      await master('PATCH', number, { carrier_name: 'knm_local' });
    });

    it('have a failover that can be reached, on numbers of a PBX', async () => {
      const trunk = await make('in_service');
      expect((await own('PATCH', trunk, { failover: { e164: '4155550123' } })).status).to.equal(403);
      const servers = [{ auth: {}, DIDs: { [trunk]: {} } }];
      await tenant.send('PUT', 'connectivity', { name: 'pbx of failover', servers });
      for (const [failover, at] of [
        [{ e164: 'x' }, 'failover.e164'],
        [{ sip: 'x' }, 'failover.sip'],
        [{}, 'failover'],
      ] as const) {
        const { status, body } = await own('PATCH', trunk, { failover });
        expect([status, Object.keys(body.data)]).to.deep.equal([400, [at]]);
        expect(body.data[at]).to.have.property('invalid');
      }
      const set = await own('PATCH', trunk, { failover: { sip: 'sip:a@pbx.test' } });
      expect(set.body.data.features).to.include('failover');
    });

    for (const { path, code, data } of badInputs(contract.schema, {}))
      it(`refuses ${path}: ${code}`, async () => {
        const { status, body } = await own('POST', number, data);
        expect(status, JSON.stringify(body)).to.equal(400);
        expect(body.data[path], JSON.stringify(body.data)).to.have.property(code);
      });
  });

  describe('states', () => {
    const stateOf = async (of: string): Promise<unknown> =>
      (await rest.store.database('numbers/+1415').get(of, { fresh: true }))['pvt_state'];

    for (const state of ['aging', 'available', 'in_service', 'port_in', 'reserved'])
      it(`begin ${state} when a superduper wants it so`, async () => {
        expect(await stateOf(await make(state))).to.equal(state);
      });

    for (const state of ['deleted', 'discovery', 'port_out', 'released'])
      it(`cannot begin ${state}`, async () => {
        const { status, body } = await master('PUT', fresh(), { create_with_state: state });
        expect([status, body.data.error]).to.deep.equal([403, 'forbidden']);
      });

    it('in which others may make numbers are two, where their account may, and that of a port', async () => {
      const account = await rest.account('buyer');
      const put = (state: string, path = '') =>
        account.send('PUT', `phone_numbers/${fresh()}${path}`, { create_with_state: state });
      expect((await put('in_service')).status).to.equal(403);
      expect((await put('port_in')).body.data.state).to.equal('port_in');
      expect((await put('in_service', '/port')).body.data.state).to.equal('port_in');
      const info = async () =>
        (await account.send('GET', 'phone_numbers/carriers_info')).body.data.usable_creation_states;
      expect(await info()).to.deep.equal([]);
      const accounts = rest.store.database('accounts');
      const stored = await accounts.get(account.id, { fresh: true });
      await accounts.save({ ...stored, pvt_wnm_allow_additions: true });
      expect(await info()).to.deep.equal(['in_service', 'reserved']);
      expect((await put('in_service')).status).to.equal(201);
      expect((await put('reserved')).status).to.equal(201);
      expect((await put('available')).status).to.equal(403);
    });

    it('lead from one to another as Kazoo has it', async () => {
      const aging = await make('aging');
      expect((await own('PUT', `${aging}/activate`, {})).body.data.state).to.equal('in_service');
      const port = await make('port_in');
      expect((await own('PUT', `${port}/activate`, {})).body.data.state).to.equal('in_service');
      const reserved = await make('reserved');
      expect((await own('PUT', `${reserved}/activate`, {})).body.data.state).to.equal('in_service');
      expect((await own('PUT', `${reserved}/reserve`, {})).body.data.state).to.equal('reserved');
      const again = await own('PUT', `${reserved}/reserve`, {});
      expect([again.status, again.body.message]).to.deep.equal([400, 'no_change_required']);
      const aged = await make('aging');
      const refused = await own('PUT', `${aged}/reserve`, {});
      expect(refused.body.data).to.deep.equal({
        code: 400,
        error: 'invalid_state_transition',
        message: 'invalid state transition',
        cause: 'from aging to reserved',
      });
      expect((await own('PUT', `${fresh()}/reserve`, {})).status).to.equal(404);
    });

    it('of a number that was reserved come back when it is released', async () => {
      const shared = await make('reserved');
      expect((await child.send('PUT', `phone_numbers/${shared}/activate`, {})).body.data.state).to.equal(
        'in_service',
      );
      expect(await rest.store.database(accountDatabase(tenant.id)).find(shared, { fresh: true })).to.equal(
        undefined,
      );
      expect((await own('GET', shared)).status).to.equal(404);
      expect((await child.send('DELETE', `phone_numbers/${shared}`)).body.data.state).to.equal('reserved');
      expect((await own('GET', shared)).body.data.state).to.equal('reserved');
      expect((await own('DELETE', shared)).body.data.state).to.equal('deleted');
    });

    it('of a number whose account is gone: it is released, to none that is gone as well', () => {
      const gone = { _id: number, pvt_assigned_to: 'gone', pvt_used_by: 'callflow' };
      const left = (more: Partial<NumberDocument>) =>
        abandoned({ ...gone, ...more }, 'aging', (id) => id === tenant.id);
      expect(left({ pvt_state: 'in_service' })).to.deep.equal({
        _id: number,
        pvt_state: 'aging',
        pvt_previously_assigned_to: 'gone',
      });
      const history = ['gone', 'gone too', tenant.id];
      expect(left({ pvt_state: 'in_service', pvt_reserve_history: history })).to.deep.include({
        pvt_state: 'reserved',
        pvt_assigned_to: tenant.id,
        pvt_reserve_history: [tenant.id],
      });
      for (const pvt_state of ['port_out', 'deleted', 'available'] as const)
        expect(left({ pvt_state })).to.deep.equal({
          _id: number,
          pvt_state,
          pvt_previously_assigned_to: 'gone',
        });
    });

    it('of released numbers may be aging', async () => {
      await rest.context.systemConfig.set('number_manager', 'released_state', 'aging');
      const one = fresh();
      await master('PUT', one, { carrier_name: 'inventory' });
      expect((await own('DELETE', one)).body.data.state).to.equal('aging');
      await rest.context.systemConfig.set('number_manager', 'released_state', 'available');
    });

    it('of no carrier are deleted when they are released, as all are where that is wanted', async () => {
      const released = async (one: string) => {
        const { body } = await own('DELETE', one);
        const stands = await rest.store.database('numbers/+1415').find(one, { fresh: true });
        const copy = await rest.store.database(accountDatabase(tenant.id)).find(one, { fresh: true });
        return [body.data._read_only, stands?.['pvt_state'], copy];
      };
      const [ours, bought, other] = [await make('in_service'), fresh(), fresh()];
      for (const one of [bought, other])
        expect((await master('PUT', one, { carrier_name: 'inventory' })).status).to.equal(201);
      const [shown, ...left] = await released(ours);
      expect(shown).to.include({ state: 'deleted', is_deleted: true });
      expect(left).to.deep.equal([undefined, undefined]);
      expect((await released(bought)).slice(1)).to.deep.equal(['available', undefined]);
      await rest.context.systemConfig.set('number_manager', 'should_permanently_delete', true);
      expect((await released(other)).slice(1)).to.deep.equal([undefined, undefined]);
      await rest.context.systemConfig.set('number_manager', 'should_permanently_delete', false);
    });

    it('are taken from an account below, never from one beside', async () => {
      const below = await make('in_service', child.id);
      expect((await own('PUT', `${below}/activate`, {})).body.data.state).to.equal('in_service');
      const beside = await make('in_service', other.id);
      for (const verb of ['activate', 'reserve'])
        expect((await own('PUT', `${beside}/${verb}`, {})).status).to.equal(404);
    });
  });

  it('stands in a file with those of the account, a line each', async () => {
    for (const options of [{ path: '?accept=csv' }, { path: '', headers: { accept: 'text/csv' } }]) {
      const { path, ...more } = options;
      const { text, headers } = await tenant.send('GET', `phone_numbers${path}`, undefined, more);
      expect(headers.get('content-type')).to.match(/^text\/csv/);
      const [head, ...lines] = text.trim().split('\r\n');
      expect(head).to.match(/^number,state,/);
      expect(lines.some((line) => line.startsWith(`${number},in_service,`))).to.equal(true);
    }
  });
});
