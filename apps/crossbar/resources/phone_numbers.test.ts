// Numbers: making, taking, changing, releasing; their copies; what uses them; the inventory and the classes.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { accountDatabase } from '../../../core/couch/index.ts';
import { type Rest, startRest, type Tenant } from '../testing/rest.ts';

const number = '+14155550100';
/** Another number for each matter, so that no test needs what another left. */
let last = 200;
const fresh = (): string => `+14155550${String(last++)}`;

describe('phone_numbers', () => {
  let rest: Rest;
  let tenant: Tenant;
  let child: Tenant;
  let other: Tenant;
  before(async () => {
    rest = await startRest();
    tenant = await rest.account('acme');
    child = await rest.account('child', tenant.id);
    other = await rest.account('other');
  });
  after(() => rest.stop());

  const master = (method: string, path: string, data?: unknown, account = tenant.id) =>
    rest.send(method, `accounts/${account}/phone_numbers/${path}`, data, { token: rest.master.token });
  const own = (method: string, path = '', data?: unknown) =>
    tenant.send(method, `phone_numbers${path && `/${path}`}`, data);
  const copy = (of = number) => rest.store.database(accountDatabase(tenant.id)).find(of, { fresh: true });
  const make = async (state: string, account = tenant.id): Promise<string> => {
    const made = fresh();
    const { status, text } = await master('PUT', made, { create_with_state: state }, account);
    expect(status, text).to.equal(201);
    return made;
  };

  it('are made by those who may, in both databases', async () => {
    const refused = await own('PUT', number, {});
    expect([refused.status, refused.body.message]).to.deep.equal([403, 'forbidden']);
    const { status, body, headers } = await master('PUT', '(415) 555-0100', { prepend: { enabled: true } });
    expect([status, headers.get('location')]).to.deep.equal([201, encodeURIComponent(number)]);
    expect(body.data).to.deep.include({ id: number, prepend: { enabled: true }, state: 'in_service' });
    expect(body.data._read_only).to.deep.include({ state: 'in_service', features: ['local', 'prepend'] });
    expect(await rest.store.database('numbers/+1415').get(number)).to.include({
      pvt_assigned_to: tenant.id,
      pvt_module_name: 'knm_local',
      pvt_type: 'number',
    });
    expect(await copy()).to.include({ pvt_assigned_to: tenant.id, pvt_state: 'in_service' });
    const again = await master('PUT', number, {});
    expect(again.body).to.include({ error: '409', message: 'number_exists' });
    expect(again.body.data).to.deep.equal({
      code: 409,
      error: 'number_exists',
      cause: number,
      message: `number ${number} already exists`,
    });
  });

  it('are listed as a map and read one by one, by their owner only', async () => {
    const { body } = await own('GET');
    expect(body.data.numbers[number]).to.include({ state: 'in_service', assigned_to: tenant.id });
    expect(body.data.numbers[number].features_available).to.deep.equal([
      'force_outbound',
      'prepend',
      'ringback',
    ]);
    expect((await own('GET', '?filter_state=reserved')).body.data.numbers).to.deep.equal({});
    expect((await own('GET', '?filter_state=in_service')).body.data.numbers).to.have.all.keys(number);
    const { created } = body.data.numbers[number];
    const within = async (query: string) => Object.keys((await own('GET', query)).body.data.numbers);
    expect(await within(`?created_from=${created}&modified_from=${created}`)).to.deep.equal([number]);
    expect(await within(`?created_from=${created + 1}`)).to.deep.equal([]);
    expect((await own('GET', '4155550100')).body.data.id).to.equal(number);
    expect((await other.send('GET', `phone_numbers/${number}`)).status).to.equal(404);
    expect((await other.send('DELETE', `phone_numbers/${number}`)).status).to.equal(404);
    expect((await other.send('GET', `phone_numbers/${number}/identify`)).status).to.equal(404);
    expect((await own('GET', `${number}/identify`)).body.data).to.deep.equal({
      account_id: tenant.id,
      number,
    });
    expect((await own('GET', 'abc')).status).to.equal(404);
  });

  it('of the accounts below are counted', async () => {
    await make('in_service', child.id);
    await make('reserved', child.id);
    expect((await own('GET')).body.data.cascade_quantity).to.equal(2);
    expect((await child.send('GET', 'phone_numbers')).body.data.cascade_quantity).to.equal(0);
  });

  it('are changed in both databases', async () => {
    expect((await own('PATCH', number, { note: 'x', pvt_assigned_to: other.id })).body.data).to.include({
      note: 'x',
    });
    expect(await copy()).to.include({ note: 'x', pvt_assigned_to: tenant.id });
    const read = (await own('GET', number)).body.data;
    const { body } = await own('POST', number, { ...read, note: undefined, ringback: { early: 'x' } });
    expect(body.data).to.not.have.any.keys('note');
    expect(body.data._read_only.features).to.deep.equal(['local', 'prepend', 'ringback']);
    expect(await copy()).to.not.have.any.keys('state', 'features', 'used_by');
  });

  it('know which app uses them', async () => {
    const flow = { module: 'answer', data: {} };
    const made = await tenant.send('PUT', 'callflows', {
      name: 'main',
      numbers: ['4155550100', '1001'],
      flow,
    });
    expect(made.body.data.numbers).to.deep.equal([number, '1001']);
    expect((await own('GET', number)).body.data._read_only.used_by).to.equal('callflow');
    expect(await copy()).to.include({ pvt_used_by: 'callflow' });
    const thief = await other.send('PUT', 'callflows', { name: 'thief', numbers: [number], flow });
    expect([thief.status, thief.body.message], thief.text).to.deep.equal([403, 'forbidden']);
    const pbx = { servers: [{ DIDs: { [number]: {} }, auth: { auth_method: 'ip', ip: '192.0.2.9' } }] };
    expect((await other.send('PUT', 'connectivity', pbx)).status).to.equal(403);
    await tenant.send('PATCH', `callflows/${made.body.data.id}`, { numbers: ['1001'] });
    expect((await own('GET', number)).body.data._read_only).to.not.have.property('used_by');
    await tenant.send('PUT', 'connectivity', {
      name: 'pbx',
      servers: [{ auth: {}, DIDs: { [number]: {} } }],
    });
    expect((await own('GET', number)).body.data._read_only.used_by).to.equal('trunkstore');
  });

  it('of port requests are shown while they are on their way, to their account only', async () => {
    const [coming, here] = [fresh(), await make('port_in')];
    const asked = { [coming]: { used_by: 'callflow' }, [here]: {} };
    const { id } = (await tenant.send('PUT', 'port_requests', { name: 'p', numbers: asked })).body.data;
    const shown = async (query = '') => (await own('GET', query)).body.data.numbers;
    expect(await shown()).to.not.have.property(coming);
    expect((await own('GET', coming)).status).to.equal(404);
    await tenant.send('PATCH', `port_requests/${id}/submitted`, {});
    const numbers = await shown();
    expect(numbers[coming]).to.deep.include({
      state: 'port_in',
      features: [],
      assigned_to: tenant.id,
      used_by: 'callflow',
      port_id: id,
      port_state: 'submitted',
    });
    expect(numbers[here]).to.have.property('state', 'port_in');
    expect(numbers[here], 'what the account has itself goes first').to.not.have.property('port_id');
    expect(await shown('?include_ports=false'))
      .to.include.keys(here)
      .and.not.have.property(coming);
    expect(await shown('?include_ports=x')).to.not.have.property(coming);
    expect(await shown('?filter_used_by=callflow&page_size=1')).to.have.property(coming);
    expect(await shown('?filter_port_state=completed')).to.deep.equal({});
    const one = (await own('GET', coming)).body.data;
    expect(one).to.include({ id: coming, state: 'port_in', used_by: 'callflow' });
    expect(one._read_only).to.deep.include({ port_id: id, port_state: 'submitted', state: 'port_in' });
    expect((await own('GET', `${coming}?include_ports=false`)).status).to.equal(404);
    expect((await other.send('GET', `phone_numbers/${coming}`)).status).to.equal(404);
    expect((await other.send('GET', 'phone_numbers')).body.data.numbers).to.not.have.property(coming);
    await rest.send(
      'PATCH',
      `accounts/${tenant.id}/port_requests/${id}/canceled`,
      {},
      { token: rest.master.token },
    );
    expect(await shown()).to.not.have.property(coming);
  });

  it('go back to the pool of their carrier and are taken again', async () => {
    await rest.store
      .database('numbers/+1415')
      .update(number, (before) => ({ ...before, pvt_module_name: 'knm_inventory' }));
    expect((await own('DELETE', number)).body.data._read_only.state).to.equal('available');
    expect(await copy()).to.equal(undefined);
    expect((await own('GET', number)).status).to.equal(404);
    expect((await own('DELETE', number)).status).to.equal(404);
    expect((await own('GET', '?prefix=4155550100&quantity=5')).body.data).to.deep.equal([{ number }]);
    expect((await other.send('PUT', `phone_numbers/${number}/activate`, {})).status).to.equal(201);
    expect((await own('PUT', `${number}/activate`, {})).status).to.equal(404);
    const again = await other.send('PUT', `phone_numbers/${number}/activate`, { note: 'again' });
    expect([again.status, again.body.data.state, again.body.data.note]).to.deep.equal([
      201,
      'in_service',
      'again',
    ]);
    expect((await other.send('DELETE', `phone_numbers/${number}?hard=true`)).status).to.equal(403);
    const gone = await master('DELETE', `${number}?hard=true`, undefined, other.id);
    expect(gone.body.data._read_only).to.include({ state: 'deleted', is_deleted: true });
    expect(await rest.store.database('numbers/+1415').find(number)).to.equal(undefined);
  });

  it('are handled many at once', async () => {
    const [one, two, taken] = [fresh(), fresh(), await make('in_service', other.id)];
    const { body } = await master('PUT', 'collection', {
      numbers: [one, two, taken, 'xyz'],
      carrier_name: 'inventory',
    });
    expect(body.data.success).to.have.all.keys(one, two);
    expect(body.data.error).to.have.all.keys(taken, 'xyz');
    expect(body.data.error[taken]).to.include({ code: 409, error: 'number_exists', cause: taken });
    const patched = await own('PATCH', 'collection', { numbers: [one], note: 'y' });
    expect(patched.body.data.success[one]).to.include({ note: 'y' }).and.not.have.property('numbers');
    expect((await own('POST', 'collection', { numbers: [one] })).body.data.success[one]).to.not.have.property(
      'note',
    );
    expect((await own('DELETE', 'collection', { numbers: [one, two] })).body.data.success).to.have.all.keys(
      one,
      two,
    );
    const back = await own('PUT', 'collection/activate', { numbers: [one, fresh()] });
    expect([Object.keys(back.body.data.success), Object.keys(back.body.data.error)]).to.have.deep.property(
      '0',
      [one],
    );
  });

  it('are told of each for itself when all failed, and of one alone like without a list', async () => {
    const [one, two] = [fresh(), fresh()];
    for (const [verb, path, status] of [
      ['PUT', 'collection/activate', 201],
      ['PATCH', 'collection', 200],
      ['DELETE', 'collection', 200],
    ] as const) {
      const both = await own(verb, path, { numbers: [one, two] });
      expect([both.status, both.body.status, both.body.data.success], path).to.deep.equal([
        status,
        'success',
        {},
      ]);
      expect(both.body.data.error[one]).to.include({ code: 404, error: 'not_found', cause: one });
      const alone = await own(verb, path, { numbers: [one] });
      expect([alone.status, alone.body.message, alone.body.data.cause], path).to.deep.equal([
        404,
        'not_found',
        one,
      ]);
    }
  });

  it('cannot be a list that is none', async () => {
    for (const [numbers, code] of [
      [undefined, 'required'],
      [[], 'minItems'],
      ['x', 'type'],
      [['4155550100', number], 'uniqueItems'],
      [Array.from({ length: 501 }, (_, n) => `+1415555${1000 + n}`), 'maxItems'],
    ] as const)
      for (const [verb, path] of [
        ['PUT', 'collection'],
        ['PUT', 'collection/activate'],
        ['POST', 'check'],
        ['POST', 'locality'],
      ] as const) {
        const { status, body } = await own(verb, path, { numbers });
        expect(status, path).to.equal(400);
        expect(body.data.numbers, `${path} ${JSON.stringify(body.data)}`).to.have.property(code);
      }
  });

  it('are searched by prefix, in pages', async () => {
    const made = ['+12125550101', '+12125550102', '+12125550103'];
    await master('PUT', 'collection', { numbers: made, create_with_state: 'available' });
    const search = async (query: string) =>
      (await own('GET', `?${query}`)).body.data.map((row: { number: string }) => row.number);
    expect(await search('prefix=212&quantity=2')).to.deep.equal(made.slice(0, 2));
    expect(await search('prefix=212&quantity=2&offset=2')).to.deep.equal(made.slice(2));
    expect(await search('prefix=212555010')).to.deep.equal(made.slice(0, 1));
    expect(await search('prefix=%2B1212&quantity=9')).to.deep.equal(made);
    expect(await search('prefix=3055')).to.deep.equal([]);
    expect(await search('prefix=20&country=GB')).to.deep.equal([]);
    for (const [query, at] of [
      ['prefix=x', 'prefix.pattern'],
      ['prefix=2', 'prefix.pattern'],
      ['prefix=212&quantity=0', 'quantity.minimum'],
      ['prefix=212&quantity=501', 'quantity.maximum'],
      ['prefix=212&quantity=x', 'quantity.type'],
      ['prefix=212&offset=-1', 'offset.minimum'],
      ['prefix=212&country=ZZ', 'country.enum'],
    ] as const)
      expect((await own('GET', `?${query}`)).body.data, query).to.have.nested.property(at);
    const status = await own('POST', 'check', { numbers: [made[0], '+12125550999'] });
    expect(status.body.data).to.deep.equal({ '+12125550101': 'success', '+12125550999': 'error' });
  });

  it('are searched without a token where the cluster allows it', async () => {
    expect((await rest.send('GET', 'phone_numbers?prefix=212')).status).to.equal(401);
    await rest.context.systemConfig.set('number_manager', 'unauthorized_numbers_lookup', true);
    expect((await rest.send('GET', 'phone_numbers?prefix=212')).body.data).to.have.length(1);
    await rest.context.systemConfig.set('number_manager', 'unauthorized_numbers_lookup', false);
  });

  it('have copies that are mended', async () => {
    const [kept, lost, strange] = [await make('in_service'), await make('in_service'), fresh()];
    const database = rest.store.database(accountDatabase(tenant.id));
    await database.remove(kept, { hard: true });
    await database.remove(lost, { hard: true });
    await database.save({ _id: strange, pvt_type: 'number', pvt_assigned_to: tenant.id });
    expect((await own('POST', `fix/${kept}`, {})).body.data).to.deep.equal({});
    expect((await own('GET')).body.data.numbers)
      .to.include.keys(kept)
      .and.not.include.keys(lost);
    const { numbers } = (await own('POST', 'fix', {})).body.data;
    expect(numbers).to.include.keys(kept, lost).and.not.include.keys(strange);
  });

  describe('places', () => {
    let phonebook: Server;
    const asked: string[] = [];
    before((done) => {
      phonebook = createServer((request, response) => {
        asked.push(`${request.method} ${request.url}`);
        response.statusCode = request.url?.includes('Nowhere') ? 500 : 200;
        response.end(JSON.stringify({ status: 'success', data: { '415': { locality: 'x' } } }));
      }).listen(0, '127.0.0.1', done);
    });
    after(() => phonebook.close());

    it('are asked of the phonebook, where there is one', async () => {
      expect((await own('GET', 'prefix?city=SF')).status).to.equal(501);
      expect((await own('POST', 'locality', { numbers: [number] })).status).to.equal(501);
      const url = `http://127.0.0.1:${(phonebook.address() as AddressInfo).port}/`;
      await rest.context.systemConfig.set('crossbar.phone_numbers', 'phonebook_url', url);
      await rest.context.systemConfig.set('number_manager', 'locality_url', url);
      expect((await own('GET', 'prefix?city=San%20F')).body.data).to.have.property('415');
      expect((await own('POST', 'locality', { numbers: [number] })).status).to.equal(200);
      expect(asked).to.deep.equal(['GET /US/city?pattern=San%20F', 'POST /locality/metadata']);
      expect((await own('GET', 'prefix?city=Nowhere')).status).to.equal(502);
      expect((await own('GET', 'prefix')).body.data).to.have.nested.property('city.required');
    });
  });

  it('have classes, which the cluster may choose', async () => {
    expect((await own('GET', 'classifiers')).body.data.tollfree_us).to.include({
      name: 'tollfree_us',
      friendly_name: 'US TollFree',
    });
    expect((await own('GET', 'classifiers/911')).body.data).to.include({
      name: 'emergency',
      emergency: true,
    });
    expect((await own('GET', 'classifiers/4155550100')).body.data).to.include({ e164: number });
    const classes = { all: { regex: '^\\+(.*)$', friendly_name: 'All' } };
    await rest.context.systemConfig.set('number_manager', 'classifiers', classes);
    expect((await own('GET', 'classifiers')).body.data).to.deep.equal({
      all: { name: 'all', ...classes.all },
    });
    expect((await own('GET', 'classifiers/12')).body.data).to.deep.equal({ number: '12', e164: '12' });
  });
});
