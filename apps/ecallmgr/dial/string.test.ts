// Dial strings of bridges and originates.
import { expect } from 'chai';
import fc from 'fast-check';
import type { BridgeEndpoint } from '../../../core/telephony/endpoint.ts';
import { dialString } from './string.ts';

const options = { proxy: '10.0.0.1:5060', method: 'simultaneous', legVars: {}, shared: {} } as const;
const phone: BridgeEndpoint = { 'Invite-Format': 'username', 'To-User': '1002', 'To-Realm': 'a.example.org' };

describe('dial strings', () => {
  it('ring a registered user through the edge, by address of record', () => {
    expect(dialString([phone], options)).to.equal(
      "[sip_h_X-KAZOO-AOR='sip:1002@a.example.org',sip_invite_domain='a.example.org']sofia/sipinterface_1/1002@a.example.org;fs_path=sip:10.0.0.1:5060",
    );
  });

  it('ring several at once or in turn', () => {
    const other: BridgeEndpoint = { ...phone, 'To-User': '1003' };
    expect(dialString([phone, other], options)).to.include(':5060,[');
    expect(dialString([phone, other], { ...options, method: 'single' })).to.include(':5060|[');
  });

  it('ring nobody twice, and whom they can when one cannot be dialled', () => {
    const once = dialString([phone], options);
    expect(dialString([phone, phone], options)).to.equal(once);
    const inTurn = { ...options, method: 'single' } as const;
    expect(dialString([{ 'Invite-Format': 'endpoint' }, phone], inTurn)).to.equal(once);
  });

  it('take early media of one phone, and of several in turn, but of none that ring at once', () => {
    const both = [phone, { ...phone, 'To-User': '1003' }];
    expect(dialString([phone], options)).not.to.include('ignore_early_media');
    expect(dialString(both, { ...options, method: 'single' })).not.to.include('ignore_early_media');
    expect(dialString(both, options).match(/ignore_early_media='true'/g)).to.have.length(2);
  });

  it('go straight to a carrier, or through the proxy it names', () => {
    const carrier: BridgeEndpoint = {
      'Invite-Format': 'route',
      Route: 'sip:+4930123@carrier.example.org:5080',
      'Auth-User': 'u',
      'Auth-Password': 'p,w]',
    };
    expect(dialString([carrier], options)).to.equal(
      "[sip_auth_username='u',sip_auth_password='p\\,w)']sofia/sipinterface_1/sip:+4930123@carrier.example.org:5080",
    );
    expect(dialString([{ ...carrier, 'Proxy-IP': '10.0.0.9:5060' }], options)).to.match(
      /;fs_path=sip:10\.0\.0\.9:5060$/,
    );
  });

  it('shape numbers as the carrier wants them', () => {
    const to = { 'To-DID': '+14155550100', 'To-IP': '192.0.2.9' } as const;
    const user = (format: BridgeEndpoint['Invite-Format']): string | undefined =>
      /sipinterface_1\/([^@]*)@192/.exec(dialString([{ 'Invite-Format': format, ...to }], options))?.[1];
    expect(user('e164')).to.equal('+14155550100');
    expect(user('strip_plus')).to.equal('14155550100');
    expect(user('npan')).to.equal('4155550100');
    expect(user('1npan')).to.equal('14155550100');
  });

  it('forward over loopback, handing down whose the call is', () => {
    const forward: BridgeEndpoint = {
      'Invite-Format': 'loopback',
      Route: '1003',
      'Custom-Channel-Vars': { 'Confirm-Key': '1', 'Confirm-File': 'ivr-x', 'Account-ID': 'a' },
    };
    const text = dialString([forward], { ...options, media: { 'ivr-x': 'http://m/x.wav' } });
    expect(text).to.match(/\]loopback\/1003\/context_2$/);
    expect(text).to.include("group_confirm_key='1'").and.include("group_confirm_file='http://m/x.wav'");
    expect(text).to.include('loopback_export=').and.not.include('ecallmgr_Confirm');
  });

  it('refuse what cannot be dialled, with the reason', () => {
    for (const endpoint of [
      { 'Invite-Format': 'username', 'To-Realm': 'x' },
      { 'Invite-Format': 'username', 'To-User': '1' },
      { 'Invite-Format': 'username', 'To-User': '1', 'To-Realm': 'x;fs_path=sip:evil' },
      { 'Invite-Format': 'route', Route: 'sip:1@a b' },
      { 'Invite-Format': 'loopback', Route: '1/2 &system' },
      { 'Invite-Format': 'endpoint' },
    ] as BridgeEndpoint[])
      expect(() => dialString([endpoint], options), JSON.stringify(endpoint)).to.throw(
        /cannot be dialled|SIP host/,
      );
  });

  it('let no customer text out of its value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, header) => {
        const endpoint: BridgeEndpoint = {
          ...phone,
          'Outbound-Caller-ID-Name': name,
          'To-User': `u${name}`,
          'Custom-SIP-Headers': { 'X-Test': header },
        };
        const text = dialString([endpoint], options);
        expect(text.match(/\]/g)).to.have.length(1);
        expect(text.match(/\[/g)).to.have.length(1);
        expect(text).to.not.match(/[\r\n|]|\$\{/);
      }),
    );
  });

  it('say what Kazoo says in fields and Custom-Channel-Vars as variables of the switch', () => {
    const text = dialString(
      [
        {
          ...phone,
          'SIP-Invite-Parameters': ['intercom=true', 'x=1'],
          'To-URI': 'sip:1002@other.example.org',
          'Enable-T38-Gateway': 'peer',
          'Endpoint-Timeout': 0,
          'Hold-Media': '/acc/moh',
          Codecs: ['G722_16', 'PCMA'],
          'Custom-SIP-Headers': { Diversions: ['<sip:1@x>', '<sip:2@x>'], 'User-to-User': 'a' },
          'Custom-Channel-Vars': {
            Realm: 'a.example.org',
            'RTP-Secure-Media': 'true',
            'Auto-Answer': true,
            'Ignore-Display-Updates': 'true',
          },
        },
      ],
      {
        ...options,
        shared: { 'Asserted-Identity-Number': '+4930123', 'Custom-Channel-Vars': { Realm: 'a.example.org' } },
        media: { '/acc/moh': 'http://m/moh.wav' },
      },
    );
    for (const wanted of [
      "sip_invite_params='intercom=true;x=1'",
      "sip_invite_to_uri='<sip:1002@other.example.org>'",
      "execute_on_answer='t38_gateway peer'",
      "hold_music='http://m/moh.wav'",
      "absolute_codec_string='G722\\,G7221@16000h\\,PCMA'",
      "sip_h_P-Asserted-Identity='<sip:+4930123@a.example.org>'",
      "sip_cid_type='none'",
      "sip_h_Diversion='<sip:1@x>\\, <sip:2@x>'",
      "sip_h_User-to-User='a'",
      "rtp_secure_media='true'",
      "ecallmgr_RTP-Secure-Media='true'",
      "sip_auto_answer='true'",
      "alert_info='intercom'",
      "ignore_display_updates='true'",
    ])
      expect(text).to.include(wanted);
    expect(text).to.not.include('leg_timeout');
  });

  it('go over loopback when a route says so', () => {
    const text = dialString([{ 'Invite-Format': 'route', Route: 'loopback/2001' }], options);
    expect(text)
      .to.match(/\]loopback\/2001\/context_2$/)
      .and.include('loopback_export=');
  });

  it('keeps a name whole that FreeSWITCH would cut', () => {
    const named = (name: string): string =>
      dialString([{ ...phone, 'Outbound-Caller-ID-Name': name }], options);
    expect(named('Sales/Support: a@b|c')).to.include("origination_caller_id_name='Sales-Support- a-b-c'");
  });

  it('never send headers that the edge believes', () => {
    const headers = {
      'X-AUTH-Token': 'x@y',
      'X-KAZOO-AOR': 'sip:x@y',
      'x-fs-z': '1',
      From: 'me',
      'X-Good': '1',
    };
    const text = dialString([{ ...phone, 'Custom-SIP-Headers': headers }], options);
    expect(text).to.include("sip_h_X-Good='1'");
    expect(text).to.not.match(/X-AUTH|x-fs|sip_h_From/);
    expect(text.match(/X-KAZOO-AOR='([^']*)'/)?.[1]).to.equal('sip:1002@a.example.org');
  });
});
