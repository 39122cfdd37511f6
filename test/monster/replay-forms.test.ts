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
});
