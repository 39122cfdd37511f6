// PBX trunks both ways: which calls are taken, how they leave, how they reach the PBX, and what happens when it is away.
import { expect } from 'chai';
import type { FakeCall } from '../../core/testing/index.ts';
import { accountId, realm, withBench } from './testing/bench.ts';

const did = '+14155550100';
const outside = '+12125550199';
const said = (cause: string) => ({ 'Application-Response': cause });

describe('trunkstore: PBX trunks', () => {
  const bench = withBench();
  const pbx = (server: object = {}, fields: object = {}) =>
    bench.document({
      _id: 'pbx',
      pvt_type: 'sys_info',
      name: 'PBX',
      servers: [{ auth: { auth_method: 'password', auth_user: 'trunk1' }, DIDs: { [did]: {} }, ...server }],
      ...fields,
    });
  const endpointOf = (call: FakeCall | undefined, at = 0) =>
    call?.commands.filter((it) => it['Application-Name'] === 'bridge')[at]?.['Endpoints'][0];
  const bridges = (...causes: string[]) => ({
    prepare: (call: FakeCall) => call.on('bridge', () => said(causes.shift() ?? 'SUCCESS')),
  });

  describe('from the PBX', () => {
    const fromPbx = { 'Authorizing-Type': 'sys_info', 'Authorizing-ID': 'pbx', 'Account-Realm': realm };
    const dial = (number: string, options: object = {}, patience = 1000) =>
      bench.fake.route({ accountId, number, vars: fromPbx, from: `trunk1@${realm}`, ...options }, patience);

    it('goes out by a carrier with the caller id and the flags of the trunk', async () => {
      await bench.carrier('plain', { weight_cost: 1 });
      await bench.carrier('flagged', { flags: ['pbx', 'z'] });
      await pbx({
        options: {
          caller_id: { cid_name: 'Acme', cid_number: did },
          flags: ['pbx'],
          dynamic_flags: ['zone'],
          sip_headers: [{ 'X-Trunk': '1' }],
          timeout: 30,
        },
      });
      const call = await dial(outside, bridges());
      const command = await call?.next('bridge');
      expect(command).to.deep.include({ Timeout: 30, 'Custom-SIP-Headers': { 'X-Trunk': '1' } });
      expect(endpointOf(call)).to.include({
        Route: `sip:${outside}@flagged.carrier.example`,
        'Outbound-Caller-ID-Name': 'Acme',
        'Outbound-Caller-ID-Number': did,
      });
      await call?.next('hangup');
      expect(bench.fake.answers[0]?.['Custom-Channel-Vars']).to.include({ 'Account-ID': accountId });
    });

    it('shows the caller id of the DID that the PBX presents', async () => {
      await bench.carrier('c');
      await pbx({
        DIDs: { '+11000': {}, 1000: { caller_id: { cid_number: '+14155550177' } } },
        options: { caller_id: { cid_number: did } },
      });
      const call = await dial(outside, bridges());
      await call?.next('hangup');
      expect(endpointOf(call)['Outbound-Caller-ID-Number']).to.equal('+14155550177');
    });

    it('refuses the PBX as the carriers refused the call', async () => {
      await bench.carrier('c');
      await pbx();
      const call = await dial(outside, bridges('USER_BUSY'));
      expect((await call?.next('respond'))?.['Response-Code']).to.equal(486);
      const none = await dial('+442079460000', bridges('UNALLOCATED_NUMBER'));
      expect((await none?.next('respond'))?.['Response-Code']).to.equal(404);
    });

    it('lets an emergency call out with the emergency caller id', async () => {
      await bench.carrier('c');
      await pbx({ options: { emergency_caller_id: { cid_number: did } } });
      const call = await dial('911', bridges());
      await call?.next('hangup');
      expect(endpointOf(call)).to.include({ 'Outbound-Caller-ID-Number': did });
    });

    it('leaves extensions to callflow, unless the server hunts for them and no callflow has them', async () => {
      await pbx();
      expect(await dial('2001', {}, 30)).to.equal(undefined);
      await bench.store.database(accountId).remove('pbx', { hard: true });
      await pbx({ options: { hunt_non_reconcilable: true } });
      await bench.document({ _id: 'cf', pvt_type: 'callflow', numbers: ['2001'], flow: {} });
      expect(await dial('2001', {}, 30)).to.equal(undefined);
      expect(await dial('2002')).to.not.equal(undefined);
    });

    it('takes nothing from a disabled server, and refuses what the trunk may not call', async () => {
      await pbx({ options: { enabled: false } });
      expect(await dial(outside, {}, 30)).to.equal(undefined);
      await bench.store.database(accountId).remove('pbx', { hard: true });
      await pbx({}, { call_restriction: { did_us: { action: 'deny' } } });
      expect(await dial(outside, {}, 100)).to.equal(undefined);
      expect(bench.fake.answers.at(-1)?.['Route-Error-Code']).to.equal(403);
    });

    it('the PBX hangs up while it rings: both parts let go', async () => {
      await bench.carrier('c');
      await pbx();
      const call = await dial(outside, { prepare: (it: FakeCall) => it.on('bridge', () => 'wait') });
      await call?.next('bridge');
      await call?.hangup();
      await bench.bus.settled();
      expect(call?.names()).to.deep.equal(['bridge']);
      expect(bench.metrics.value('trunkstore_calls')).to.equal(0);
      expect(bench.metrics.value('stepswitch_calls')).to.equal(0);
      expect(bench.metrics.value('stepswitch_outbound_total', { cause: 'ORIGINATOR_CANCEL' })).to.equal(1);
    });
  });

  describe('to the PBX', () => {
    const fromCarrier = { 'Authorizing-Type': 'resource', Inception: `${did}@edge.example` };
    const ring = (options: object = {}, patience = 1000) =>
      bench.fake.route({ accountId, number: did, vars: fromCarrier, ...options }, patience);

    it('rings the server that has the DID where it registered, in the form it wants', async () => {
      await bench.number(did, { pvt_used_by: 'trunkstore' });
      await pbx({
        options: { inbound_format: '1npan', progress_timeout: 6, delay: 1, ignore_early_media: true },
      });
      const call = await ring(bridges());
      await call?.next('hangup');
      expect(endpointOf(call)).to.deep.include({
        'Invite-Format': '1npan',
        'To-Username': 'trunk1',
        'To-Realm': realm,
        'To-DID': did,
        'Endpoint-Progress-Timeout': 6,
        'Endpoint-Delay': 1,
        'Ignore-Early-Media': true,
        'Custom-Channel-Vars': { 'Authorizing-ID': 'pbx', 'Authorizing-Type': 'sys_info' },
      });
    });

    it('rings a server by its address', async () => {
      await pbx({ auth: { auth_method: 'IP', ip: '192.0.2.9', port: 5080 } });
      const call = await ring(bridges());
      await call?.next('hangup');
      expect(endpointOf(call)).to.include({ 'To-IP': '192.0.2.9:5080', 'Invite-Format': 'npan' });
    });

    it('goes to the SIP failover, then to the number, when the PBX does not take the call', async () => {
      await bench.carrier('c');
      await pbx({ DIDs: { [did]: { failover: { sip: 'backup@192.0.2.1', e164: outside } } } });
      const call = await ring(bridges('NO_USER_RESPONSE', 'USER_BUSY', 'SUCCESS'));
      await call?.next('hangup');
      expect(endpointOf(call, 1)).to.include({ 'Invite-Format': 'route', Route: 'sip:backup@192.0.2.1' });
      expect(endpointOf(call, 2)).to.include({
        Route: `sip:${outside}@c.carrier.example`,
        'Outbound-Caller-ID-Number': '1000',
      });
    });

    it('uses the failover of the number document when the trunk has none', async () => {
      await bench.carrier('c');
      await bench.number(did, { failover: { e164: outside } });
      await pbx();
      const call = await ring(bridges('NO_USER_RESPONSE', 'SUCCESS'));
      await call?.next('hangup');
      expect(endpointOf(call, 1)).to.include({ Route: `sip:${outside}@c.carrier.example` });
    });

    it('no failover after the caller has given up', async () => {
      await pbx({ DIDs: { [did]: { failover: { sip: 'backup@192.0.2.1' } } } });
      const call = await ring({ prepare: (it: FakeCall) => it.on('bridge', () => 'wait') });
      await call?.next('bridge');
      await call?.hangup();
      await bench.bus.settled();
      expect(call?.names()).to.deep.equal(['bridge']);
    });

    it('leaves numbers alone that another app uses, or that no PBX has', async () => {
      expect(await ring({}, 30)).to.equal(undefined);
      await bench.number(did, { pvt_used_by: 'callflow' });
      await pbx();
      expect(await ring({}, 30)).to.equal(undefined);
    });
  });
});
