// Calls to carriers: order, failover, endings; the caller that gives up; numbers that are ours; emergencies.
import { expect } from 'chai';
import type { FakeCall } from '../../core/testing/index.ts';
import { accountId, otherId, withBench } from './testing/bench.ts';

const cause = (value: string) => ({ 'Application-Response': value });
/** The switch says this for each bridge in turn. */
const bridges =
  (...causes: string[]) =>
  (call: FakeCall) =>
    call.on('bridge', () => cause(causes.shift() ?? 'SUCCESS'));
const endpoints = (call: FakeCall) =>
  call.commands.filter((it) => it['Application-Name'] === 'bridge').map((it) => it['Endpoints'][0]);

describe('trunkstore: calls to carriers', () => {
  const bench = withBench();

  it('bridges by the cheapest carrier and tells how it ended', async () => {
    await bench.carrier('dear', { weight_cost: 80 });
    await bench.carrier('cheap', { weight_cost: 10 });
    const { call, answer } = await bench.offnet();
    expect(await answer).to.include({ 'Response-Message': 'SUCCESS', 'Response-Code': 'sip:200' });
    expect(endpoints(call)).to.have.length(1);
    expect(endpoints(call)[0]).to.deep.include({
      'Invite-Format': 'route',
      Route: 'sip:+14155550199@cheap.carrier.example',
      'Outbound-Caller-ID-Number': '+14155550100',
      'Endpoint-Progress-Timeout': 8,
    });
    expect(endpoints(call)[0]['Custom-Channel-Vars']).to.include({
      'Resource-ID': 'cheap',
      'Resource-Type': 'offnet-termination',
      'Global-Resource': 'true',
      'E164-Destination': '+14155550199',
      'DID-Classifier': 'did_us',
    });
  });

  it('goes on to the next gateway and carrier while a failure is theirs', async () => {
    await bench.carrier('a', { weight_cost: 1, gateways: [{ server: 'a1' }, { server: 'a2', port: 5080 }] });
    await bench.carrier('b', { weight_cost: 2 });
    const failing = bridges('NORMAL_TEMPORARY_FAILURE', 'RECOVERY_ON_TIMER_EXPIRE', 'SUCCESS');
    const { call, answer } = await bench.offnet({ Timeout: 40 }, failing);
    expect((await answer)['Response-Message']).to.equal('SUCCESS');
    expect(endpoints(call).map((it) => it.Route)).to.deep.equal([
      'sip:+14155550199@a1',
      'sip:+14155550199@a2:5080',
      'sip:+14155550199@b.carrier.example',
    ]);
    expect(bench.metrics.value('stepswitch_failed_attempts_total', { carrier: 'a' })).to.equal(2);
  });

  it('tries nobody else after an answer about the called party', async () => {
    await bench.carrier('a');
    await bench.carrier('b');
    const { call, answer } = await bench.offnet({}, bridges('USER_BUSY'));
    expect(await answer).to.include({ 'Response-Message': 'USER_BUSY', 'Response-Code': 'sip:486' });
    expect(endpoints(call)).to.have.length(1);
  });

  it('an operator says which causes are final', async () => {
    await bench.config.set('stepswitch', 'final_causes', ['NO_ANSWER']);
    await bench.carrier('a');
    await bench.carrier('b');
    const { call, answer } = await bench.offnet({}, bridges('USER_BUSY', 'NO_ANSWER'));
    expect((await answer)['Response-Message']).to.equal('NO_ANSWER');
    expect(endpoints(call)).to.have.length(2);
  });

  it('a bridge that the switch refuses counts as a failure of its carrier', async () => {
    await bench.carrier('a');
    await bench.carrier('b');
    let tries = 0;
    const { call, answer } = await bench.offnet({}, (it) =>
      it.on('bridge', () => (++tries === 1 ? 'refuse' : cause('SUCCESS'))),
    );
    expect((await answer)['Response-Message']).to.equal('SUCCESS');
    expect(endpoints(call)).to.have.length(2);
  });

  it('the caller hangs up while it rings: nothing more is tried and nothing is left', async () => {
    await bench.carrier('a');
    await bench.carrier('b');
    const { call, answer } = await bench.offnet({}, (it) => it.on('bridge', () => 'wait'));
    await call.next('bridge');
    await call.hangup();
    expect(await answer).to.include({ 'Response-Message': 'ORIGINATOR_CANCEL', 'Response-Code': 'sip:487' });
    expect(call.names()).to.deep.equal(['bridge']);
    expect(bench.metrics.value('stepswitch_calls')).to.equal(0);
  });

  it('stopped while a carrier rings, it answers nothing: whoever asked watches the call', async () => {
    await bench.carrier('c1');
    const { call, answer } = await bench.offnet({}, (it) => it.on('bridge', () => 'wait'));
    answer.catch(() => undefined);
    await call.next('bridge');
    await bench.app.stop();
    expect(bench.bus.named('offnet_resp')).to.deep.equal([]);
  });

  it('a connected call that is hung up was a success', async () => {
    await bench.carrier('a');
    const { call, answer } = await bench.offnet({}, (it) => it.on('bridge', () => 'wait'));
    await call.next('bridge');
    await call.event('CHANNEL_BRIDGE', { 'Other-Leg-Call-ID': 'b' });
    await call.hangup('NORMAL_CLEARING');
    expect((await answer)['Response-Message']).to.equal('SUCCESS');
  });

  it('a caller that is transferred is let go of', async () => {
    await bench.carrier('a');
    const { call, answer } = await bench.offnet({}, (it) => it.on('bridge', () => 'wait'));
    await call.next('bridge');
    await call.event('CHANNEL_TRANSFEREE');
    expect((await answer)['Response-Message']).to.equal('TRANSFER');
  });

  it('without a carrier there is no route, and the answer says what to do', async () => {
    await bench.carrier('other', { rules: ['^\\+44'] });
    const { call, answer } = await bench.offnet();
    const told = await answer;
    expect(told).to.include({ 'Response-Message': 'NO_ROUTE_DESTINATION', 'Response-Code': 'sip:404' });
    expect(told['Error-Message']).to.include('+14155550199');
    expect(call.names()).to.deep.equal([]);
  });

  it('uses the carriers of an account that hunts, and of those above it only', async () => {
    await bench.document({ ...local('own'), pvt_type: 'resource' });
    const { call, answer } = await bench.offnet({ 'Hunt-Account-ID': accountId });
    expect((await answer)['Response-Message']).to.equal('SUCCESS');
    expect(endpoints(call)[0]['Custom-Channel-Vars']).to.include({
      'Resource-ID': 'own',
      'Global-Resource': 'false',
    });
    const denied = await bench.offnet({ 'Hunt-Account-ID': otherId });
    expect((await denied.answer)['Response-Message']).to.equal('NO_ROUTE_DESTINATION');
  });

  it('a number of the cluster comes back by loopback for its own account', async () => {
    await bench.carrier('a');
    await bench.number('+14155550199', {}, otherId);
    const { call, answer } = await bench.offnet();
    expect((await answer)['Response-Message']).to.equal('SUCCESS');
    const [endpoint] = endpoints(call);
    expect(endpoint).to.include({
      'Invite-Format': 'loopback',
      Route: '+14155550199',
      'Account-ID': otherId,
    });
    expect(endpoint['Custom-Channel-Vars']).to.include({
      'Account-ID': otherId,
      'Authorizing-Type': 'resource',
      Inception: '+14155550199@other.example.org',
    });
  });

  it('goes out all the same when the number or the request says so, or when it is not in service', async () => {
    await bench.carrier('a');
    await bench.number('+14155550199', { force_outbound: true }, otherId);
    await bench.number('+14155550198', { pvt_state: 'reserved' }, otherId);
    await bench.number('+14155550197', {}, otherId);
    for (const fields of [
      {},
      { 'To-DID': '+14155550198' },
      { 'To-DID': '+14155550197', 'Force-Outbound': true },
    ]) {
      const { call, answer } = await bench.offnet(fields);
      await answer;
      expect(endpoints(call)[0]['Invite-Format']).to.equal('route');
    }
  });

  it('an emergency call needs an emergency caller id and prefers emergency carriers', async () => {
    await bench.carrier('normal', { weight_cost: 1 });
    await bench.carrier('psap', { weight_cost: 90, emergency: true });
    for (const extension of [undefined, '1001']) {
      const refused = await bench.offnet({ 'To-DID': '911', 'Emergency-Caller-ID-Number': extension });
      expect(await refused.answer).to.include({
        'Response-Message': 'MANDATORY_IE_MISSING',
        'Response-Code': 'sip:403',
      });
    }
    const { call, answer } = await bench.offnet({
      'To-DID': '911',
      'Emergency-Caller-ID-Number': '+14155550111',
    });
    await answer;
    expect(endpoints(call)[0]).to.include({
      Route: 'sip:911@psap.carrier.example',
      'Outbound-Caller-ID-Number': '+14155550111',
    });
    const ordinary = await bench.offnet();
    await ordinary.answer;
    expect(endpoints(ordinary.call)[0].Route).to.include('@normal');
  });

  it('what is not built is said, not left unanswered', async () => {
    const originate = await bench.offnet({ 'Resource-Type': 'originate' });
    expect(await originate.answer).to.include({
      'Response-Message': 'SERVICE_NOT_IMPLEMENTED',
      'Response-Code': 'sip:501',
    });
    const nowhere = await bench.offnet({ 'Control-Queue': undefined });
    expect((await nowhere.answer)['Response-Code']).to.equal('sip:400');
  });

  it('a changed carrier counts for the next call', async () => {
    await bench.carrier('a');
    await (await bench.offnet()).answer;
    await bench.store.database('offnet').update('a', (it) => ({ ...it, enabled: false }));
    expect((await (await bench.offnet()).answer)['Response-Message']).to.equal('NO_ROUTE_DESTINATION');
  });
});

const local = (id: string) => ({ _id: id, name: id, rules: ['.*'], gateways: [{ server: 'pbx.example' }] });
