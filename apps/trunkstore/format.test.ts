// Gateways as endpoints: number forms, addresses, credentials, From, media, headers, caller ids.
import { expect } from 'chai';
import { defaultClassifiers } from '../../core/telephony/index.ts';
import { type Formatting, gatewayEndpoint, type OffnetRequest, routeOf } from './format.ts';
import { applyFormatters } from './formatters.ts';
import type { Choice, Gateway } from './selection.ts';
import { carrierDocument } from './testing/bench.ts';

const numbers = { country: 'US', areaCode: '', classifiers: defaultClassifiers };
const request = {
  'Application-Name': 'bridge',
  'Resource-Type': 'audio',
  'To-DID': '+14155550199',
  'Account-Realm': 'acme.example.org',
  'Outbound-Caller-ID-Name': 'Out',
  'Outbound-Caller-ID-Number': '+12125550100',
  'Caller-ID-Number': '1000',
} as unknown as OffnetRequest;

function endpointOf(
  gateway: object,
  carrier: object = {},
  more: Partial<Formatting> & { choice?: object } = {},
) {
  const choice = {
    carrier: { id: 'c', global: true, document: carrierDocument('c', carrier) },
    number: '+14155550199',
    weight: 1,
    emergency: false,
    prefix: undefined,
    suffix: undefined,
    gateways: [],
    ...more.choice,
  } as unknown as Choice;
  const formatting: Formatting = {
    request,
    numbers,
    emergency: false,
    emergencyCaller: { number: '+1911' },
    defaultCallerIdType: 'external',
    progressTimeout: 8,
    vars: {},
    ...more,
  };
  return gatewayEndpoint(choice, { server: 'gw.example', ...gateway } as Gateway, formatting);
}

describe('trunkstore: gateways', () => {
  it('writes the number in the form of the gateway, between prefix and suffix', () => {
    const user = (gateway: object, choice?: object) =>
      endpointOf(gateway, {}, { ...(choice ? { choice } : {}) }).Route?.replace('@gw.example', '');
    expect(user({})).to.equal('sip:+14155550199');
    expect(user({ invite_format: 'npan' })).to.equal('sip:4155550199');
    expect(user({ invite_format: '1npan', prefix: '#31#' })).to.equal('sip:%2331%2314155550199');
    expect(user({ invite_format: 'strip_plus', suffix: '00' })).to.equal('sip:1415555019900');
    expect(user({ invite_format: 'e164' }, { number: '4155550199' })).to.equal('sip:+14155550199');
    expect(user({ invite_format: 'username', username: 'acme' })).to.equal('sip:acme');
    expect(user({ prefix: '1' }, { prefix: '2' })).to.equal('sip:2+14155550199');
  });

  it('addresses servers by name, address and port', () => {
    const route = (gateway: object) => routeOf(gateway as Gateway, '1');
    expect(route({ server: 'gw.example', port: 5060 })).to.equal('sip:1@gw.example');
    expect(route({ server: 'gw.example', port: 5080 })).to.equal('sip:1@gw.example:5080');
    expect(route({ server: '192.0.2.1:5090' })).to.equal('sip:1@192.0.2.1:5090');
    expect(route({ server: '2001:db8::1', port: 5070 })).to.equal('sip:1@[2001:db8::1]:5070');
    expect(route({ server: '[2001:db8::1]:5070' })).to.equal('sip:1@[2001:db8::1]:5070');
    expect(route({ server: 'x', route: 'sip:fixed@there' })).to.equal('sip:fixed@there');
  });

  it('hands on credentials, headers, media and the interface', () => {
    const gateway = {
      username: 'u',
      password: 'p',
      realm: 'gw.realm',
      custom_sip_headers: { 'X-A': '1' },
      custom_sip_interface: 'sipinterface_2',
      bypass_media: true,
      progress_timeout: 4,
      invite_parameters: {
        static: ['npdi'],
        dynamic: ['Account-Realm', { key: 'To-DID', tag: 'did' }, 'none'],
      },
    };
    const media = { audio: { codecs: ['PCMA'] }, encryption: { enforce_security: true, methods: ['srtp'] } };
    const endpoint = endpointOf(gateway, { media });
    expect(endpoint).to.deep.include({
      'Auth-User': 'u',
      'Auth-Password': 'p',
      'Auth-Realm': 'gw.realm',
      'To-Realm': 'gw.realm',
      'Custom-SIP-Headers': { 'X-A': '1' },
      'SIP-Interface': 'sipinterface_2',
      'Bypass-Media': true,
      'Endpoint-Progress-Timeout': 4,
      Codecs: ['PCMA'],
      'SIP-Invite-Parameters': ['npdi', 'account-realm=acme.example.org', 'did=+14155550199'],
    });
    expect(endpoint['Custom-Channel-Vars']).to.include({ 'RTP-Secure-Media': 'true' });
    expect(endpointOf({ codecs: ['PCMU'] }, { media }).Codecs).to.deep.equal(['PCMU']);
  });

  it('says From as the gateway, the carrier or the account wants it', () => {
    const realm = (gateway: object, carrier: object = {}) => endpointOf(gateway, carrier)['To-Realm'];
    expect(realm({})).to.equal(undefined);
    expect(realm({ format_from_uri: true, from_uri_realm: 'own' }, { from_uri_realm: 'theirs' })).to.equal(
      'own',
    );
    expect(realm({}, { format_from_uri: true, from_uri_realm: 'theirs' })).to.equal('theirs');
    expect(realm({ realm: 'r' }, { from_account_realm: true })).to.equal('acme.example.org');
  });

  it('shows the caller id that the gateway asks for', () => {
    const shown = (gateway: object, more = {}) => endpointOf(gateway, {}, more)['Outbound-Caller-ID-Number'];
    expect(shown({})).to.equal('+12125550100');
    expect(shown({ caller_id_type: 'internal' })).to.equal('1000');
    expect(shown({ caller_id_type: 'emergency' })).to.equal('+1911');
    expect(shown({}, { emergency: true })).to.equal('+1911');
    expect(endpointOf({}, { caller_id_options: { type: 'internal' } })['Outbound-Caller-ID-Number']).to.equal(
      '1000',
    );
  });

  it('rewrites fields by formatters: regex, prefix, value, strip, direction, invite format', () => {
    const fields = { 'To-DID': '+14155550199', 'Outbound-Caller-ID-Number': '+12125550100', Request: '12@r' };
    const format = (formatters: object, inviteFormat = 'npan') =>
      applyFormatters(fields, formatters, { direction: 'outbound', inviteFormat, numbers });
    expect(format({ to_did: [{ regex: '^\\+1(\\d+)$', prefix: '00' }] })['To-DID']).to.equal('004155550199');
    expect(format({ 'Outbound-Caller-ID-Number': { match_invite_format: true } })).to.include({
      'Outbound-Caller-ID-Number': '2125550100',
    });
    expect(format({ request: [{ value: 'x' }] }).Request).to.equal('x@r');
    expect(format({ request: [{ strip: true }] })).to.not.have.property('Request');
    expect(format({ to_did: [{ value: 'x', direction: 'inbound' }] })['To-DID']).to.equal('+14155550199');
    const rewritten = endpointOf({}, { formatters: { to_did: { regex: '^\\+(.*)$', prefix: '011' } } });
    expect(rewritten.Route).to.equal('sip:01114155550199@gw.example');
  });
});
