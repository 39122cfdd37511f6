// Endpoints: what is inherited, what is rung, what is left out and why.
import { expect } from 'chai';
import { compile } from '../contract/index.ts';
import { endpointSchema } from '../messages/endpoints.ts';
import { buildEndpoints, callerIdOf, mergeEndpoint, privacyOf, type RingParameters } from './index.ts';

const call: RingParameters = { accountId: 'acc', callerId: 'd1', destination: '1002' };
const account = {
  _id: 'acc',
  name: 'Acme',
  realm: 'acme.test',
  language: 'en-us',
  caller_id: { external: { name: 'Acme', number: '+14155550100' }, asserted: { number: '+1', realm: 'r' } },
  call_restriction: { international: { action: 'deny' } },
  flags: ['a'],
};
const user = {
  _id: 'u2',
  first_name: 'Bob',
  last_name: 'Jones',
  caller_id: { external: { number: '+14155550102' } },
  music_on_hold: { media_id: 'moh' },
  flags: ['a', 'u'],
};
const device = {
  _id: 'd2',
  name: "Bob's phone",
  owner_id: 'u2',
  sip: { username: 'bob', password: 'secret', invite_format: 'contact' },
  caller_id: { internal: { number: '1002' }, external: { name: 'nobody' } },
  call_restriction: { international: { action: 'inherit' }, did_us: { action: 'deny' } },
  media: { audio: { codecs: ['PCMU', 'PCMA'] } },
};
const bob = mergeEndpoint(account, user, device);
const only = (outcome: ReturnType<typeof buildEndpoints>) => {
  if ('skipped' in outcome) throw new Error(outcome.skipped);
  for (const endpoint of outcome.endpoints) expect(compile(endpointSchema).check(endpoint)).to.deep.equal([]);
  return outcome.endpoints;
};

describe('mergeEndpoint', () => {
  it('completes the device by user and account', () => {
    expect(bob).to.include({
      _id: 'd2',
      name: "Bob's phone",
      owner_id: 'u2',
      language: 'en-us',
      enabled: true,
    });
    expect(bob['music_on_hold']).to.deep.equal({ media_id: 'moh' });
    expect(bob['flags']).to.deep.equal(['a', 'u']);
  });

  it('keeps names and numbers of one level together', () => {
    expect(callerIdOf(bob, 'external')).to.deep.equal({ number: '+14155550102' });
    expect(callerIdOf(bob, 'internal')).to.deep.equal({ name: 'Bob Jones', number: '1002' });
    expect(callerIdOf(bob, 'emergency', { name: 'x' })).to.deep.equal({ name: 'x', number: '+14155550102' });
    expect(callerIdOf(bob, 'asserted', { name: 'x' })).to.deep.equal({ number: '+1', realm: 'r' });
    expect(callerIdOf({}, 'internal', { name: 'Anna', number: '7' })).to.deep.equal({
      name: 'Anna',
      number: '7',
    });
  });

  it('lets no device lift what the account denies', () => {
    expect(bob['call_restriction']).to.deep.equal({
      international: { action: 'deny' },
      did_us: { action: 'deny' },
    });
  });

  it('is off when any level is, and takes the forward that is on', () => {
    expect(mergeEndpoint(account, { ...user, enabled: false }, device)['enabled']).to.equal(false);
    const forwarded = { ...user, call_forward: { enabled: true, number: '1' } };
    expect(mergeEndpoint(account, forwarded, device)['call_forward']).to.include({ number: '1' });
    const off = { ...device, call_forward: { enabled: false, number: '2' } };
    expect(mergeEndpoint(account, forwarded, off)['call_forward']).to.include({ number: '1' });
    expect(mergeEndpoint(account, user, off)['call_forward']).to.include({ number: '2' });
    expect(mergeEndpoint(account, user)).to.include({ _id: 'u2', owner_id: 'u2', name: 'Bob Jones' });
  });

  it('says what is hidden', () => {
    const hidden = (outbound_privacy: string) => privacyOf({ caller_id_options: { outbound_privacy } });
    expect(hidden('full')).to.deep.equal({ 'Privacy-Hide-Name': true, 'Privacy-Hide-Number': true });
    expect(hidden('name')).to.deep.equal({ 'Privacy-Hide-Name': true });
    expect(hidden('none')).to.deep.equal({});
  });
});

describe('buildEndpoints', () => {
  it('makes a SIP endpoint', () => {
    const [endpoint] = only(buildEndpoints(bob, { ...call, timeout: 20, delay: 2 }));
    expect(endpoint).to.deep.equal({
      'Invite-Format': 'contact',
      'Account-ID': 'acc',
      'Endpoint-ID': 'd2',
      'Endpoint-Timeout': 20,
      'Endpoint-Delay': 2,
      'Presence-ID': 'bob@acme.test',
      'Callee-ID-Name': 'Bob Jones',
      'Callee-ID-Number': '1002',
      'Hold-Media': '/acc/moh',
      'To-User': 'bob',
      'To-Username': 'bob',
      'To-Realm': 'acme.test',
      'To-DID': '1002',
      Codecs: ['PCMU', 'PCMA'],
      'Custom-Channel-Vars': {
        'Account-ID': 'acc',
        'Owner-ID': 'u2',
        'Authorizing-ID': 'd2',
        'Authorizing-Type': 'device',
      },
    });
  });

  it('asks for encryption where it is enforced', () => {
    const media = { encryption: { enforce_security: true, methods: ['srtp'] } };
    const [endpoint] = only(buildEndpoints(mergeEndpoint(account, user, { ...device, media }), call));
    expect(endpoint?.['Custom-Channel-Vars']).to.include({ 'RTP-Secure-Media': 'true' });
  });

  it('sends ringtone and headers, formats the number, follows a route', () => {
    const sip = {
      ...device.sip,
      invite_format: 'npan',
      number: '+14155550102',
      custom_sip_headers: { out: { X: 'y' } },
    };
    const ringtones = { internal: 'bell-1', external: 'bell-2' };
    const [npan] = only(buildEndpoints({ ...device, sip, ringtones }, { ...call, offnet: true }));
    expect(npan).to.deep.include({
      'To-DID': '4155550102',
      'Custom-SIP-Headers': { X: 'y', 'Alert-Info': 'bell-2' },
    });
    const [route] = only(buildEndpoints({ _id: 'd3', sip: { route: 'sip:door@10.0.0.1' } }, call));
    expect(route).to.include({ 'Invite-Format': 'route', Route: 'sip:door@10.0.0.1' });
  });

  it('says why it skips', () => {
    const skipped = (changes: object, wishes = {}) =>
      buildEndpoints({ ...bob, ...changes }, { ...call, ...wishes });
    expect(skipped({ enabled: false })).to.deep.equal({ skipped: 'disabled' });
    expect(skipped({ do_not_disturb: { enabled: true } })).to.deep.equal({ skipped: 'do_not_disturb' });
    expect(skipped({ _id: 'd1' })).to.deep.equal({ skipped: 'calls_itself' });
    expect(skipped({ _id: 'd1' }, { can_call_self: true })).to.have.property('endpoints');
    expect(skipped({ exclude_from_queues: true }, { queue: true })).to.deep.equal({
      skipped: 'excluded_from_queues',
    });
    expect(skipped({ device_type: 'mobile' })).to.deep.equal({ skipped: 'mobile_without_number' });
    expect(skipped({ sip: {} })).to.deep.equal({ skipped: 'not_dialable' });
  });

  it('forwards instead, as well, or when the phone fails', () => {
    const forward = { enabled: true, number: '+14155550199', require_keypress: true };
    const build = (more: object, wishes = {}) =>
      only(buildEndpoints({ ...bob, call_forward: { ...forward, ...more } }, { ...call, ...wishes }));
    const [away] = build({});
    expect(away).to.include({
      'Invite-Format': 'loopback',
      'To-DID': '+14155550199',
      'Ignore-Early-Media': true,
    });
    expect(away?.['Custom-Channel-Vars']).to.include({
      'Call-Forward': 'true',
      'Authorizing-Type': 'callforward',
      'Retain-CID': 'true',
      'Confirm-Key': '1',
    });
    const formats = (list: readonly { 'Invite-Format': string }[]) => list.map((one) => one['Invite-Format']);
    expect(formats(build({ substitute: false }))).to.deep.equal(['contact', 'loopback']);
    const [failing] = build({ failover: true });
    expect(failing?.Failover).to.include({ 'Invite-Format': 'loopback' });
    expect(formats(build({ direct_calls_only: true }, { direct: false }))).to.deep.equal(['contact']);
    const [back] = only(
      buildEndpoints({ ...bob, call_forward: forward }, { ...call, callerNumber: '+14155550199' }),
    );
    expect(back).to.include({ 'Invite-Format': 'contact' });
  });
});
