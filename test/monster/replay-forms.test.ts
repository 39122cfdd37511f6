// What the forms of Monster UI's apps send when little more than a name is typed in, and what they read from the answers.
import { expect } from 'chai';
import { md5, type Rest, startRest, type Tenant } from '../../apps/crossbar/testing/rest.ts';

/** What its client adds to everything that it writes. */
const ui_metadata = { version: '4.3.0', ui: 'monster-ui', origin: 'callflows' };

describe('what the forms of Monster UI send', () => {
  let rest: Rest;
  let acme: Tenant;

  before(async () => {
    rest = await startRest();
    acme = await rest.account('acme');
  });
  after(() => rest.stop());

  const ask = (method: string, path: string, data?: object) =>
    rest.send(
      method,
      path.replace(/^A(?=$|\/)/, `accounts/${acme.id}`),
      data && { ...data, ui_metadata },
      acme,
    );
  const get = async (path: string) => (await ask('GET', path)).body;

  /** As the page sends it when nothing but a name was typed in, and what it reads from the answer. */
  const forms: readonly (readonly [path: string, sent: object, read: object])[] = [
    ['blacklists', { should_block_anonymous: false, numbers: {} }, { numbers: {} }],
    [
      'conferences',
      { member: { join_muted: false, join_deaf: false }, play_entry_tone: true, conference_numbers: [] },
      {
        member: { join_muted: false, join_deaf: false, numbers: [], pins: [] },
        moderator: { join_muted: false, join_deaf: false, numbers: [], pins: [] },
      },
    ],
    [
      'directories',
      {
        min_dtmf: '3',
        max_dtmf: '0',
        sort_by: 'last_name',
        confirm_match: false,
        select_user_id: 'empty_option_user',
      },
      { min_dtmf: 3, max_dtmf: 0 },
    ],
    [
      'faxboxes',
      {
        caller_name: '',
        fax_header: '',
        retries: '3',
        notifications: { inbound: { email: {} }, outbound: { email: {} } },
        fax_identity: '',
      },
      { retries: 3 },
    ],
    ['groups', { music_on_hold: {}, endpoints: {} }, { endpoints: {} }],
    [
      'menus',
      {
        timeout: 10_000,
        interdigit_timeout: 2000,
        max_extension_length: '4',
        media: { invalid_media: true, transfer_media: true, exit_media: true },
        hunt: false,
        branch_extension: false,
        allow_record_from_offnet: false,
        suppress_media: false,
        retries: 3,
      },
      { timeout: 10_000, retries: 3 },
    ],
    [
      'webhooks',
      {
        hook: 'channel_create',
        include_subaccounts: false,
        http_verb: 'get',
        retries: '1',
        uri: 'http://hooks.mirliton.test/calls',
        type: 'all',
        action: 'all',
        custom_data: {},
        custom_request_headers: {},
      },
      { retries: 1, enabled: true },
    ],
    [
      'callflows',
      {
        numbers: ['2001'],
        flow: {
          module: 'branch_variable',
          data: { scope: 'account', variable: ['caller_id', 'internal', 'name'] },
          children: {
            Sales: {
              module: 'ring_group',
              data: {
                strategy: 'simultaneous',
                timeout: 20,
                // A phone whose slider was not moved yet.
                endpoints: [{ id: 'a'.repeat(32), endpoint_type: 'device', delay: 0, timeout: 0 }],
              },
              children: {},
            },
          },
        },
      },
      { numbers: ['2001'] },
    ],
    [
      'devices',
      {
        media: {
          audio: { codecs: [] },
          encryption: { enforce_security: false, methods: [] },
          video: { codecs: [] },
        },
        call_restriction: { '': { action: 'inherit' } },
        device_type: 'sip_device',
        enabled: true,
        suppress_unregister_notifications: true,
        sip: { password: 'RDF2mtn2jK77', username: 'desk1' },
      },
      { device_type: 'sip_device', enabled: true },
    ],
  ];
  for (const [path, sent, read] of forms)
    it(`makes, changes and deletes ${path}`, async () => {
      const made = await ask('PUT', `A/${path}`, { name: 'First', ...sent });
      expect(made.status, made.text).to.equal(201);
      const { id } = made.body.data;
      const { data } = await get(`A/${path}/${id}`);
      expect(data).to.deep.include({ name: 'First', ...read });
      expect((await ask('POST', `A/${path}/${id}`, { ...data, name: 'Second' })).status).to.equal(200);
      const gone = await ask('DELETE', `A/${path}/${id}`, {});
      expect(gone.status, gone.text).to.equal(200);
    });

  it('turns on the features of a user, each with the whole document', async () => {
    const person = { first_name: 'Bob', last_name: 'Builder', vm_to_email_enabled: true, priv_level: 'user' };
    let user = (await ask('PUT', 'A/users', { ...person, presence_id: '2001' })).body.data;
    const forward = {
      number: '+14155550177',
      require_keypress: false,
      direct_calls_only: false,
      keep_caller_id: false,
    };
    const onnet = { enabled: true, time_limit: '1200', url: 'http://records.mirliton.test/', format: 'mp3' };
    const features = [
      { call_forward: { ...forward, enabled: true }, call_failover: { ...forward, enabled: false } },
      {
        hotdesk: { id: '20010', require_pin: false, keep_logged_in_elsewhere: false, enabled: true },
      },
      { do_not_disturb: { enabled: true } },
      { call_recording: { inbound: { onnet } }, smartpbx: { call_recording: { enabled: true } } },
    ];
    for (const feature of features) {
      const changed = await ask('POST', `A/users/${user.id}`, { ...user, ...feature });
      expect(changed.status, changed.text).to.equal(200);
      user = changed.body.data;
    }
    const { data } = await get(`A/users/${user.id}`);
    expect(data.hotdesk).to.include({ enabled: true, id: '20010' });
    expect(data.call_forward).to.include({ enabled: true, number: '+14155550177' });
    expect(data.call_recording.inbound.onnet).to.include({ enabled: true, format: 'mp3' });
  });

  it('keeps the servers of a PBX', async () => {
    const account = { credits: { prepay: '0.00' }, trunks: 0, inbound_trunks: 0, auth_realm: 'acme.test' };
    const empty = { account, billing_account_id: acme.id, DIDs_Unassigned: {}, servers: [] };
    const made = await ask('PUT', 'A/connectivity', empty);
    expect(made.status, made.text).to.equal(201);
    const server = {
      DIDs: {},
      options: {
        enabled: true,
        inbound_format: 'e164',
        international: false,
        caller_id: {},
        e911_info: {},
        failover: {},
        media_handling: 'bypass',
      },
      permissions: { users: [] },
      monitor: { monitor_enabled: false },
      server_name: 'Basement',
      auth: { auth_method: 'Password', auth_user: 'basement', auth_password: 'secret-of-pbx' },
      server_type: 'FreeSWITCH',
      cfg: {},
    };
    const path = `A/connectivity/${made.body.data.id}`;
    const changed = await ask('POST', path, { ...made.body.data, servers: [server] });
    expect(changed.status, changed.text).to.equal(200);
    expect((await get(path)).data.servers[0]).to.deep.include({ server_name: 'Basement', auth: server.auth });
    expect((await ask('POST', path, { ...changed.body.data, servers: [] })).body.data.servers).to.deep.equal(
      [],
    );
  });

  it('makes an account with limits and credit', async () => {
    const { data } = (
      await ask('PUT', 'A', {
        name: 'Wizard',
        call_restriction: { emergency: { action: 'inherit' } },
        contact: { billing: { country: 'US', postal_code: '97477' }, technical: { name: 'Tim' } },
        contract: { representative: { account_id: acme.id, user_id: acme.userId, name: 'Ann' } },
        language: 'en-US',
        timezone: 'America/Los_Angeles',
        ui_restrictions: { myaccount: { user: { show_tab: true } } },
      })
    ).body;
    const below = `accounts/${data.id}`;
    const limits = { id: 'limits', allow_prepay: false, inbound_trunks: 3, twoway_trunks: 0 };
    expect((await ask('POST', `${below}/limits`, limits)).body.data).to.include({ inbound_trunks: 3 });
    const credit = {
      amount: 12.5,
      description: 'Credit added by administrator',
      metadata: { automatic_description: true, ui_request: true },
      source: { id: md5('credit'), service: 'adjustments' },
      usage: { quantity: 0, type: 'credit', unit: 'USD' },
    };
    const paid = await rest.send('PUT', `${below}/ledgers/credit`, { ...credit, ui_metadata }, rest.master);
    expect(paid.status, paid.text).to.equal(201);
    expect((await get(`${below}/ledgers/total`)).data).to.include({ amount: 12.5 });
  });

  /** Apps that others made for it: what they ask, and what they read from the answers. */
  describe('of apps by others', () => {
    it('lists buttons that call, with the fields that are named', async () => {
      const form = { name: 'Sales', extension: '1001', dial_first: 'extension', auth_required: true };
      const made = await ask('PUT', 'A/clicktocall', form);
      expect(made.status, made.text).to.equal(201);
      const { data } = await get('A/clicktocall?fields=["name","extension", "id", "auth_required"]');
      const { id } = made.body.data;
      // What rows of the list have of them, as in Kazoo.
      expect(data).to.deep.equal([{ name: 'Sales', extension: '1001', id }]);
    });

    it('looks for parked calls, recordings and where files are kept', async () => {
      expect((await get('A/parked_calls')).data).to.deep.equal({ slots: {} });
      expect((await get('A/recordings?paginate=false')).data).to.deep.equal([]);
      expect((await ask('GET', 'A/storage')).status).to.equal(404);
      // It makes an empty one then, without what the client adds otherwise.
      const empty = { attachments: {}, plan: {} };
      const made = await rest.send('PUT', `accounts/${acme.id}/storage`, empty, rest.master);
      expect([made.status, made.body.data.attachments], made.text).to.deep.equal([201, {}]);
      expect((await get('A/storage')).data).to.deep.include({ plan: {} });
    });

    it('shows a person what is theirs', async () => {
      const { id } = (await ask('PUT', 'A/users', { first_name: 'Cleo', last_name: 'Clerk' })).body.data;
      expect((await get(`A/users/${id}/devices`)).data).to.deep.equal([]);
      expect((await get(`A/devices?filter_owner_id=${id}&paginate=false`)).data).to.deep.equal([]);
      expect((await get(`A/callflows?filter_owner_id=${id}`)).data).to.deep.equal([]);
    });
  });
});
