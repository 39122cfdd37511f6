// What Kazoo's schemas fill in and refuse (contract/couch.md §4): clients rely on keys that they never sent.
import { expect } from 'chai';
import type { AnyDocument } from '../contract/index.ts';
import * as documents from './index.ts';

const { clickToCall, connectivity, device, directory, fax, group, limits, listEntry } = documents;
const { callflow, media, menu, notification, number, resource, user } = documents;

type Json = Record<string, unknown>;
type Case = readonly [name: string, contract: AnyDocument, data: Json, third: Json];

const sip = { name: 'x' };
const person = { first_name: 'a', last_name: 'b' };
const gateway = { server: 'carrier.test' };
const mail = { from: 'a@b.test', subject: 's', to: {} };

const filled: readonly Case[] = [
  [
    'a button',
    clickToCall,
    { name: 'x', extension: '1' },
    { auth_required: true, custom_application_vars: {} },
  ],
  ['a PBX', connectivity, {}, { servers: [] }],
  ['a directory', directory, { name: 'x' }, { users: [], sort_by: 'last_name', min_dtmf: 3, max_dtmf: 0 }],
  [
    'the result of a fax',
    fax,
    { from_number: '1', to_number: '2', tx_result: {} },
    {
      tx_result: {
        error_message: '',
        fax_bad_rows: 0,
        fax_error_correction: false,
        fax_receiver_id: '',
        fax_speed: 0,
        pages_sent: 0,
        success: false,
        time_elapsed: 0,
      },
    },
  ],
  ['a group', group, { name: 'x' }, { endpoints: {}, music_on_hold: {} }],
  ['limits', limits, {}, { authz_resource_types: [] }],
  ['an entry of a list', listEntry, { list_id: 'x' }, { profile: {} }],
  ['a sound', media, { name: 'x' }, { media_source: 'upload', tts: { voice: 'female/en-US' } }],
  ['a template', notification, mail, { macros: {}, enabled: true }],
  ['the emergency address of a number', number, { e911: e911() }, { e911: e911([]) }],
  [
    'a carrier',
    resource,
    { name: 'x', gateways: [gateway] },
    { flags: [], rules: [], rules_test: [], weight_cost: 50, grace_period: 5 },
  ],
  [
    'actions in a call',
    device,
    { ...sip, metaflows: { numbers: { '1': { module: 'hangup' } } } },
    { metaflows: { binding_digit: '*', numbers: { '1': { module: 'hangup', data: {} } } } },
  ],
];

const deny = { tollfree_us: { action: 'deny' } };
const accepted: readonly (readonly [name: string, contract: AnyDocument, data: Json])[] = [
  ['headers of both directions', device, { ...sip, sip: { custom_sip_headers: { in: { 'X-A': 'b' } } } }],
  ['headers without a direction', device, { ...sip, sip: { custom_sip_headers: { 'X-A': 'b' } } }],
  ['flags by kind', device, { ...sip, outbound_flags: { static: ['a'], dynamic: ['b'] } }],
  ['several models', device, { ...sip, provision: { endpoint_model: ['a', 'b'] } }],
  ['a key that is taken', device, { ...sip, provision: { feature_keys: { '1': null } } }],
  [
    'a key that parks',
    device,
    { ...sip, provision: { combo_keys: { '1': { type: 'parking', value: '3' } } } },
  ],
  ['restrictions', device, { ...sip, call_restriction: deny }],
  ['formatters', user, { ...person, formatters: { to: [{ regex: '^1' }], from: { strip: true } } }],
  ['rules of a dial plan', user, { ...person, dial_plan: { system: ['a'], '^(\\d+)$': { prefix: '+1' } } }],
  ['an address that only a mail server understands', user, { ...person, email: 'jörg@büro.test' }],
  ['a prompt that is another', menu, { name: 'x', media: { exit_media: 'prompt-id' } }],
];

const wrong = (path: string, code: string): Json => ({ path, code });
const refused: readonly Case[] = [
  [
    'a codec that is none',
    device,
    { ...sip, media: { audio: { codecs: ['x'] } } },
    wrong('media.audio.codecs.0', 'enum'),
  ],
  [
    'a codec twice',
    device,
    { ...sip, media: { video: { codecs: ['H264', 'H264'] } } },
    wrong('media.video.codecs', 'uniqueItems'),
  ],
  [
    'a restriction that is none',
    user,
    { ...person, call_restriction: { x: { action: 'no' } } },
    wrong('call_restriction.x.action', 'enum'),
  ],
  ['a flag that is no text', user, { ...person, flags: [{}] }, wrong('flags.0', 'type')],
  [
    'a recording of what there is not',
    user,
    { ...person, call_recording: { inside: {} } },
    wrong('call_recording.inside', 'additionalProperties'),
  ],
  ['no number', callflow, { flow: {}, numbers: [''] }, wrong('numbers.0', 'minLength')],
  [
    'an action in a call, deep down, that is none',
    device,
    { ...sip, metaflows: { patterns: { x: { module: 'play', children: { _: {} } } } } },
    wrong('metaflows.patterns.x.children._.module', 'required'),
  ],
  [
    'a mail to nobody',
    notification,
    { ...mail, to: { email_addresses: ['x'] } },
    wrong('to.email_addresses.0', 'wrong_format'),
  ],
  [
    'a codec of a gateway that is none',
    resource,
    { name: 'x', gateways: [{ ...gateway, codecs: ['x'] }] },
    wrong('gateways.0.codecs.0', 'enum'),
  ],
];

function e911(notification_contact_emails?: string[]): Json {
  const address = { locality: 'x', postal_code: '1', region: 'CA', street_address: '1' };
  return { ...address, ...(notification_contact_emails && { notification_contact_emails }) };
}

describe('documents', () => {
  describe('are filled as Kazoo fills them', () => {
    for (const [name, contract, data, expected] of filled)
      it(name, () => expect(contract.accept(data)).to.deep.include(expected));
  });

  describe('are accepted when Kazoo accepts them, and kept as they came', () => {
    for (const [name, contract, data] of accepted)
      it(name, () => {
        expect(contract.check(data)).to.deep.equal([]);
        expect(contract.accept(data)).to.containSubset(data);
      });
  });

  describe('are refused when Kazoo refuses them, with its code', () => {
    for (const [name, contract, data, expected] of refused)
      it(name, () => expect(contract.check(data)).to.containSubset([expected]));
  });
});
