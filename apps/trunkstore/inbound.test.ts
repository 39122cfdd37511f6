// Calls from carriers: whose number it is, what the account is told, who is refused at once.
import { expect } from 'chai';
import { startCallControl } from '../../core/calls/index.ts';
import { routeReq } from '../../core/messages/route.ts';
import { accountId, realm, withBench } from './testing/bench.ts';

describe('trunkstore: calls from carriers', () => {
  const bench = withBench();
  const fromCarrier = {
    'Account-ID': undefined,
    'Authorizing-Type': 'resource',
    'Authorizing-ID': 'c1',
    'Resource-ID': 'c1',
  };
  /** A call from the carrier c1; answers how it was refused, if it was. */
  const ring = async (number: string, fields: { from?: string; vars?: object; patience?: number } = {}) => {
    const vars = { ...fromCarrier, ...fields.vars };
    const from = fields.from ?? `+14155550123@carrier.example`;
    const route = { accountId, number, vars, from, realm: 'edge.example' };
    const call = await bench.fake.route(route, fields.patience ?? 1500);
    return { call, refusal: bench.fake.answers.at(-1) };
  };
  const relayed = () => bench.bus.named('route_req').at(-1);

  it('relays the request to the account of the number, with the same Msg-ID and Server-ID', async () => {
    await bench.carrier('c1');
    await bench.number('+14155550100', { ringback: { early: 'tone_stream://x', transfer: 'music' } });
    const bus = bench.bus.peer('callflow@test');
    const control = await startCallControl(bus);
    await bus.consume(
      { bindings: [{ exchange: 'callmgr', key: `route.req.audio.${accountId}` }], contracts: [routeReq] },
      async (request) => void (await control.offer(request)),
    );
    const { call } = await ring('4155550100');
    expect(call, 'the account can answer the switch directly').to.not.equal(undefined);
    const [first, second] = bench.bus.named('route_req');
    expect(second).to.include({
      'Msg-ID': first?.['Msg-ID'],
      'Server-ID': first?.['Server-ID'],
      Request: '+14155550100@edge.example',
      'Ringback-Media': 'tone_stream://x',
      'Transfer-Media': 'music',
    });
    expect(second?.['Custom-Channel-Vars']).to.deep.equal({
      'Account-ID': accountId,
      'Account-Realm': realm,
      'Authorizing-Type': 'resource',
      'Authorizing-ID': 'c1',
      'Resource-ID': 'c1',
      'Resource-Type': 'offnet-origination',
      'Global-Resource': 'true',
      Inception: '4155550100@edge.example',
      'Ignore-Display-Updates': 'true',
      'E164-Destination': '+14155550100',
      'Did-Classifier': 'did_us',
      'Ringback-Media': 'tone_stream://x',
      'Transfer-Media': 'music',
    });
    await control.stop();
  });

  it('refuses at once what is not ours or not in use', async () => {
    await bench.number('+14155550101', { pvt_state: 'available' });
    await bench.number('+14155550102');
    await bench.store.database(accountId).update(accountId, (it) => ({ ...it, pvt_enabled: false }));
    const code = async (number: string) => (await ring(number)).refusal?.['Route-Error-Code'];
    expect(await code('+14155550999')).to.equal(404);
    expect(await code('alice')).to.equal(404);
    expect(await code('+14155550101')).to.equal(404);
    expect(await code('+14155550102')).to.equal(480);
    expect(bench.metrics.value('stepswitch_inbound_total', { outcome: 'unknown_number' })).to.equal(2);
  });

  it('leaves calls alone that no carrier brought', async () => {
    const vars = { 'Authorizing-Type': undefined };
    expect((await ring('+14155550999', { vars, patience: 20 })).refusal).to.equal(undefined);
  });

  it('finds the number in To when the request names none, or where the operator says so', async () => {
    await bench.number('+442079460000');
    const ask = async (user: string, to: string) => {
      const fields = { ...requestOf(user), To: `${to}@edge.example`, 'Custom-Channel-Vars': fromCarrier };
      const request = { ...fields, 'Caller-ID-Number': '1000' };
      await bench.bus
        .peer('ecallmgr@test')
        .request(routeReq, request, { timeout: 30 })
        .catch(() => undefined);
      return relayed()?.['Request'];
    };
    expect(await ask('pbx', '+442079460000')).to.equal('+442079460000@edge.example');
    await bench.config.set('stepswitch', 'assume_inbound_e164', true);
    expect(await ask('442079460000', 'x')).to.equal('+442079460000@edge.example');
    bench.bus.clear();
    await bench.config.set('stepswitch', 'inbound_user_field', 'To');
    expect(await ask('+14155550999', '442079460000')).to.equal('+442079460000@edge.example');
  });

  it('rewrites by the formatters of the carrier first', async () => {
    await bench.carrier('c1', {
      formatters: { request: [{ regex: '^9901(\\d{10})$', prefix: '+1', direction: 'inbound' }] },
    });
    await bench.number('+14155550100');
    await ring('99014155550100', { patience: 20 });
    expect(relayed()?.['Request']).to.equal('+14155550100@edge.example');
  });

  it('puts the prepend of the number before the caller id', async () => {
    await bench.number('+14155550100', { prepend: { enabled: true, name: 'Sales ', number: '7' } });
    await ring('+14155550100', { patience: 20 });
    expect(relayed()).to.include({ 'Caller-ID-Name': 'Sales Caller', 'Caller-ID-Number': '71000' });
  });

  it('keeps out whom the account has on a blacklist, and anonymous callers where it wants so', async () => {
    await bench.number('+14155550100');
    const list = { _id: 'bl', pvt_type: 'blacklist', name: 'no', numbers: { '1000': {} } };
    await bench.document({ ...list, should_block_anonymous: true });
    await bench.store.database(accountId).update(accountId, (it) => ({ ...it, blacklists: ['bl'] }));
    expect((await ring('+14155550100')).refusal?.['Route-Error-Code']).to.equal(603);
    const request = {
      ...requestOf('+14155550100'),
      'Caller-ID-Number': 'anonymous',
      'Custom-Channel-Vars': { 'Authorizing-Type': 'resource', 'Resource-ID': 'c1' },
    };
    const answer = await bench.bus.peer('ecallmgr@test').request(routeReq, request);
    expect(answer['Route-Error-Code']).to.equal(433);
  });
});

const requestOf = (number: string) => ({
  'Call-ID': 'c',
  From: 'anonymous@anonymous.invalid',
  To: `${number}@edge.example`,
  Request: `${number}@edge.example`,
});
