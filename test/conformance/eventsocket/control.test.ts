// What a controller does to calls in progress: intercept, eavesdrop, hold, transfer by the phone, claims, limits.

import { createHash } from 'node:crypto';
import { expect } from 'chai';
import type { EventClient } from './client.ts';
import type { Phone, PhoneCall } from './phone.ts';
import { answeredCall, openTarget, parkedCall, type Target } from './target.ts';

describe('control of calls', () => {
  let target: Target;
  let client: EventClient;
  let alice: Phone;
  let bob: Phone;
  let carol: Phone;

  before(async () => {
    target = await openTarget();
    client = await target.client();
    alice = await target.phone('1001');
    bob = await target.phone('1002');
    carol = await target.phone('1003');
  });
  after(() => target.stop());
  afterEach(async () => {
    for (const phone of [alice, bob, carol])
      for (const { id } of phone.calls) await client.api(`uuid_kill ${id}`);
    client.events.length = 0;
  });

  async function bridged(): Promise<{ call: PhoneCall; far: PhoneCall }> {
    const call = await parkedCall(client, alice);
    await client.start(call.id, 'bridge', bob.dialString);
    const far = await bob.incoming();
    far.answer();
    await client.event('CHANNEL_BRIDGE', { 'Unique-ID': call.id });
    await call.response(200);
    return { call, far };
  }

  it('calls by TCP', async () => {
    const call = await parkedCall(client, alice);
    await client.start(call.id, 'bridge', `sofia/sipinterface_1/1002@127.0.0.1:${bob.tcpPort};transport=tcp`);
    const far = await bob.incoming();
    expect(far.incoming?.flow.protocol).to.equal('tcp');
    far.answer();
    await client.event('CHANNEL_BRIDGE', { 'Unique-ID': call.id });
    await call.response(200);
    await call.hangup();
    await far.request('BYE');
  });

  it('intercepts a bridged call, and hangs its partner up', async () => {
    const { call, far } = await bridged();
    const third = await answeredCall(client, carol);
    await client.start(third.id, 'intercept', call.id);
    await far.request('BYE');
    await client.event('CHANNEL_BRIDGE', { 'Bridge-A-Unique-ID': third.id, 'Bridge-B-Unique-ID': call.id });
    const heard = call.hears(700);
    await third.sing(700, 1500);
    expect(await heard).to.equal(true);
  });

  it('eavesdrops on both sides without being heard', async () => {
    const { call, far } = await bridged();
    const third = await answeredCall(client, carol);
    await client.start(third.id, 'eavesdrop', call.id);
    const heard = third.hears([700, 1000], 5000);
    await Promise.all([call.sing(700, 2500), far.sing(1000, 2500)]);
    expect(await heard).to.equal(true);
    const silent = far.hears(500, 1000);
    await third.sing(500, 800);
    expect(await silent).to.equal(false);
  });

  it('puts the far end on hold by a re-INVITE', async () => {
    const call = await answeredCall(client, alice);
    expect(await client.api(`uuid_hold ${call.id}`)).to.match(/^\+OK/);
    const invite = await call.request('INVITE');
    expect(invite.body.toString()).to.match(/a=(sendonly|inactive)/);
    await client.api(`uuid_hold off ${call.id}`);
    await call.until('second re-INVITE', () => call.requests.filter((each) => each.method === 'INVITE')[1]);
  });

  it('transfers blindly by REFER', async () => {
    const { call, far } = await bridged();
    const headers = { 'Refer-To': '<sip:2000@127.0.0.1>', 'Referred-By': '<sip:1001@127.0.0.1>' };
    expect((await call.send('REFER', { headers })).status).to.equal(202);
    const parked = await client.event('CHANNEL_PARK', { 'Unique-ID': far.id });
    expect(parked['Caller-Destination-Number']).to.equal('2000');
    await client.event('CUSTOM', { 'Event-Subclass': 'sofia::transferee' });
  });

  it('hands out a claim once', async () => {
    const key = `claims/key-${Date.now()}`;
    expect(await client.api(`hash insert_ifempty/${key}/me`)).to.equal('+OK\n');
    expect(await client.api(`hash insert_ifempty/${key}/you`)).to.equal('-ERR key already exists\n');
    expect(await client.api(`hash select/${key}`)).to.equal('me');
    expect(await client.api(`hash delete_ifmatch/${key}/you`)).to.equal("-ERR Doesn't match\n");
    const [realm = '', name = ''] = key.split('/');
    expect(await client.api(`hash_dump db ${realm}`)).to.include(`D/${realm}_${name}/me\n`);
    expect(await client.api('hash_dump db')).to.include(`D/${realm}_${name}/me\n`);
    expect(await client.api('hash_dump everything')).to.equal('Usage: all|limit|db [<realm>]\n');
    expect(await client.api(`hash delete_ifmatch/${key}/me`)).to.equal('+OK\n');
    expect(await client.api(`hash delete/${key}`)).to.equal('-ERR Not found\n');
    const long = 'v'.repeat(80_000);
    expect(await client.api(`hash insert/${key}/${long}`)).to.equal('+OK\n');
    expect(await client.api(`hash select/${key}`)).to.equal(long);
    await client.api(`hash delete/${key}`);
  });

  it('notes the end of every leg where a global hook says', async () => {
    const realm = `ends-${Date.now()}`;
    const what = ['Unique-ID', 'Caller-Caller-ID-Name', 'hangup_cause', 'end_uepoch', 'billsec', 'never_set'];
    const values = what.map((it) => `~word~${it}:${'$'}{${it}}`).join('');
    const hook = `hash insert/${realm}/${'$'}{md5(${'$'}{uuid})}/${'$'}{url_encode(${values})}`;
    await client.api(`global_setvar api_reporting_hook=${hook}`);
    if (target.real) {
      // FreeSWITCH takes no expression into a global variable; there the dialplan sets the hook on each leg.
      expect(await client.api('global_getvar api_reporting_hook')).to.equal(hook.replaceAll('$', '%'));
      await client.api('global_setvar api_reporting_hook=');
      return;
    }
    const headers = { From: `"Bob (office) } ${'$'}{uuid}/1|2 é" <sip:1001@127.0.0.1>` };
    const call = await parkedCall(client, alice, { headers });
    await client.api(`uuid_kill ${call.id} USER_BUSY`);
    const end = await client.event('CHANNEL_DESTROY', { 'Unique-ID': call.id });
    const key = createHash('md5').update(call.id).digest('hex');
    const noted = await client.api(`hash select/${realm}/${key}`);
    await client.api('global_setvar api_reporting_hook=');
    await client.api(`hash delete/${realm}/${key}`);
    expect(decodeURIComponent(noted).split('~word~')).to.deep.equal([
      '',
      `Unique-ID:${call.id}`,
      `Caller-Caller-ID-Name:${end['Caller-Caller-ID-Name']}`,
      'hangup_cause:USER_BUSY',
      `end_uepoch:${end['variable_end_uepoch']}`,
      'billsec:0',
      'never_set:',
    ]);
    expect(end['Caller-Caller-ID-Name']).to.match(/^Bob/);
  });

  it('takes no calls while it is paused', async () => {
    await client.api('fsctl pause inbound');
    expect(await client.api('fsctl pause_check inbound')).to.equal('true');
    const call = await alice.call('1000');
    await call.response(503);
    await client.api('fsctl resume inbound');
    expect(await client.api('fsctl pause_check inbound')).to.equal('false');
    await parkedCall(client, alice);
  });

  it('hangs up later, and everything at once', async () => {
    const call = await answeredCall(client, alice);
    expect(await client.api(`sched_hangup +1 ${call.id} NORMAL_UNSPECIFIED`)).to.match(/^\+OK/);
    const event = await client.event('CHANNEL_HANGUP_COMPLETE', { 'Unique-ID': call.id });
    expect(event['Hangup-Cause']).to.equal('NORMAL_UNSPECIFIED');
    const more = await Promise.all([parkedCall(client, alice), parkedCall(client, bob)]);
    expect(await client.api('hupall NORMAL_CLEARING')).to.match(
      /^\+OK hangup all channels with cause NORMAL_CLEARING/,
    );
    for (const { id } of more) await client.event('CHANNEL_DESTROY', { 'Unique-ID': id });
  });

  it('tells who and how it is', async () => {
    expect(await client.api('status')).to.match(
      /^UP 0 years, \d+ days?, .*\nFreeSWITCH \(Version [^\n]+\) is ready\n\d+ session\(s\) since startup\n/,
    );
    expect(await client.api('version')).to.match(/^FreeSWITCH Version /);
    expect(await client.api('module_exists mod_hash')).to.equal('true');
    expect(await client.api('global_getvar nosuchvariable')).to.match(/^$|^-ERR no reply\n$/);
    expect(await client.api('strftime %Y-%m-%d')).to.match(/^\d{4}-\d\d-\d\d$/);
    expect(JSON.parse(await client.api('show calls as json'))).to.have.property('row_count');
    expect(await client.api('sofia status profile nosuchprofile')).to.match(/^Invalid Profile/);
    expect(await client.api('sofia xmlstatus profile sipinterface_1')).to.contain('sipinterface_1');
    expect(await client.api('sofia profile sipinterface_1 rescan')).to.match(/\+OK|Reload/);
    expect(await client.api('reloadacl')).to.match(/^\+OK acl reloaded/);
  });
});
