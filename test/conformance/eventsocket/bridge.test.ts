// Two calls joined: ringing, answer, sound both ways, leg variables, digits, hold, parking, recording.

import { expect } from 'chai';
import type { EventClient } from './client.ts';
import { type Phone, type PhoneCall, within } from './phone.ts';
import { answeredCall, openTarget, parkedCall, type Target } from './target.ts';

describe('bridging', () => {
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

  const complete = (id: string) => client.event('CHANNEL_EXECUTE_COMPLETE', { 'Application-UUID': id });
  const record = (uuid: string) => client.event('CHANNEL_HANGUP_COMPLETE', { 'Unique-ID': uuid });
  const setting = (call: PhoneCall, text: string) => client.execute(call.id, 'set', text);

  async function bridged(call: PhoneCall, variables = ''): Promise<{ far: PhoneCall; app: string }> {
    const app = await client.start(call.id, 'bridge', `${variables}${bob.dialString}`);
    const far = await bob.incoming();
    far.respond(180);
    far.answer();
    await client.event('CHANNEL_BRIDGE', { 'Unique-ID': call.id });
    await call.response(200);
    return { far, app };
  }

  it('passes ringing and answer on, joins the two, and both are heard', async () => {
    const call = await parkedCall(client, alice);
    const app = await client.start(call.id, 'bridge', bob.dialString);
    const far = await bob.incoming();
    expect(far.incoming?.request.headers.get('from')).to.contain('sip:1001@');
    far.respond(180);
    await call.response(180);
    far.answer();
    await call.response(200);
    const event = await client.event('CHANNEL_BRIDGE', { 'Unique-ID': call.id });
    expect(event).to.include({
      'Other-Leg-Unique-ID': far.id,
      'Bridge-A-Unique-ID': call.id,
      'Bridge-B-Unique-ID': far.id,
    });
    const created = await client.event('CHANNEL_CREATE', { 'Unique-ID': far.id });
    expect(created).to.include({
      'Call-Direction': 'outbound',
      'Other-Type': 'originator',
      'Other-Leg-Unique-ID': call.id,
    });
    const heard = Promise.all([far.hears(700), call.hears(900)]);
    await Promise.all([call.sing(700), far.sing(900)]);
    expect(await heard).to.deep.equal([true, true]);
    await call.hangup();
    await far.request('BYE');
    await client.event('CHANNEL_UNBRIDGE', { 'Unique-ID': call.id });
    await complete(app);
    expect((await record(far.id))['Hangup-Cause']).to.equal('NORMAL_CLEARING');
  });

  it('goes on after the callee hangs up', async () => {
    const call = await parkedCall(client, alice);
    const { far, app } = await bridged(call);
    await far.hangup();
    const event = await complete(app);
    expect(event).to.include({
      variable_last_bridge_hangup_cause: 'NORMAL_CLEARING',
      variable_bridge_hangup_cause: 'NORMAL_CLEARING',
      variable_originate_disposition: 'SUCCESS',
    });
    expect((await client.api(`uuid_exists ${call.id}`)).trim()).to.equal('true');
  });

  it('hangs the caller up with hangup_after_bridge', async () => {
    const call = await parkedCall(client, alice);
    await setting(call, 'hangup_after_bridge=true');
    const { far } = await bridged(call);
    await far.hangup();
    await call.request('BYE');
    expect((await record(call.id))['variable_originate_disposition']).to.equal('SUCCESS');
  });

  for (const [how, answersFirst] of [
    ['bypass_media', false],
    ['bypass_media_after_bridge', true],
  ] as const) {
    it(`ends the application, but not the bridge, with ${how}`, async () => {
      const call = await (answersFirst ? answeredCall : parkedCall)(client, alice);
      await setting(call, 'park_after_bridge=true');
      if (!answersFirst) await setting(call, `${how}=true`);
      const { far, app } = await bridged(call, answersFirst ? `[${how}=true]` : '');
      expect(await complete(app)).to.include({
        variable_originate_disposition: 'SUCCESS',
        variable_signal_bridge: 'true',
        variable_signal_bridge_to: far.id,
        'Channel-State-Number': '8',
      });
      const joined = (event: Record<string, string | undefined>) =>
        event['Event-Name'] === 'CHANNEL_BRIDGE' && event['Channel-State'] === 'CS_HIBERNATE';
      expect(await client.find('the bridge of signals', joined)).to.include({
        'Unique-ID': call.id,
        'Bridge-B-Unique-ID': far.id,
      });
      const heard = Promise.all([far.hears(700), call.hears(900)]);
      await Promise.all([call.sing(700), far.sing(900)]);
      expect(await heard).to.deep.equal([true, true]);
      client.events.length = 0;
      await far.hangup();
      const parted = await client.event('CHANNEL_UNBRIDGE', { 'Unique-ID': call.id });
      expect(parted).to.include({ 'Channel-State': 'CS_HIBERNATE', 'Other-Leg-Unique-ID': far.id });
      expect(parted['Bridge-A-Unique-ID']).to.equal(undefined);
      await client.event('CHANNEL_PARK', { 'Unique-ID': call.id });
      await client.execute(call.id, 'set', 'still=here');
    });
  }

  it('hangs up both when the caller leaves a bridge with bypassed media', async () => {
    const call = await parkedCall(client, alice);
    await setting(call, 'park_after_bridge=true');
    await setting(call, 'bypass_media=true');
    const { far, app } = await bridged(call);
    await complete(app);
    await client.find('the bridge of signals', (event) => event['Channel-State'] === 'CS_HIBERNATE');
    await call.hangup();
    await far.request('BYE');
    expect((await record(far.id))['Hangup-Cause']).to.equal('NORMAL_CLEARING');
    await record(call.id);
  });

  it('hangs the caller up after a bridge with bypassed media, unless it is to be parked', async () => {
    const call = await parkedCall(client, alice);
    await setting(call, 'bypass_media=true');
    const { far, app } = await bridged(call);
    await complete(app);
    await far.hangup();
    await call.request('BYE');
    expect((await record(call.id))['Hangup-Cause']).to.equal('NORMAL_CLEARING');
  });

  it('gives a leg its id, its variables, its headers and its caller', async () => {
    const call = await parkedCall(client, alice);
    await client.execute(call.id, 'export', 'sip_h_X-Exported=all');
    const id = `own-${Date.now()}`;
    const variables = `{origination_caller_id_number=555,origination_caller_id_name='Some, One'}[origination_uuid=${id},sip_h_X-Leg=yes,mine=1]`;
    const { far } = await bridged(call, variables);
    expect(far.id).to.equal(id);
    const { headers } = far.incoming!.request;
    expect(headers.get('x-leg')).to.equal('yes');
    expect(headers.get('x-exported')).to.equal('all');
    expect(headers.get('from')).to.match(/^"Some, One" <sip:555@/);
    const event = await client.event('CHANNEL_CREATE', { 'Unique-ID': id });
    expect(event).to.include({ variable_mine: '1', 'Caller-Caller-ID-Number': '555' });
    expect(await client.api(`uuid_getvar ${call.id} mine`)).to.equal('_undef_');
  });

  it('reads leg variables with a separator of their own', async () => {
    const call = await parkedCall(client, alice);
    await bridged(call, '[^^!a=1,2!b=x y]');
    const leg = await client.find(
      'leg',
      (event) => event['Event-Name'] === 'CHANNEL_ANSWER' && event['variable_a'] === '1,2',
    );
    expect(leg['variable_b']).to.equal('x y');
  });

  it('sends by a proxy with fs_path', async () => {
    const call = await parkedCall(client, alice);
    await client.start(
      call.id,
      'bridge',
      `sofia/sipinterface_1/someone@example.invalid;fs_path=sip:127.0.0.1:${bob.port}`,
    );
    const far = await bob.incoming();
    expect(far.incoming?.request.uri).to.match(/^sip:someone@example\.invalid/);
    far.respond(486);
  });

  it('answers a digest challenge', async () => {
    const call = await parkedCall(client, alice);
    await setting(call, 'continue_on_fail=true');
    const app = await client.start(
      call.id,
      'bridge',
      `[sip_auth_username=me,sip_auth_password=secret]${bob.dialString}`,
    );
    const first = await bob.incoming();
    first.respond(401, {
      headers: { 'WWW-Authenticate': 'Digest realm="here", nonce="abc", algorithm=MD5, qop="auth"' },
    });
    const second = await bob.incoming();
    const answer = second.incoming?.request.headers.get('authorization') ?? '';
    expect(answer)
      .to.match(/username="me"/)
      .and.match(/realm="here"/)
      .and.match(/response="[0-9a-f]{32}"/);
    second.respond(403);
    expect((await complete(app))['variable_originate_disposition']).to.equal('CALL_REJECTED');
  });

  describe('while it is bridged', () => {
    it('passes digits through', async () => {
      const call = await parkedCall(client, alice);
      const { far } = await bridged(call);
      const digit = within(
        'digit',
        new Promise<string>((resolve) => far.leg.once('dtmf', (each) => resolve(each.digit))),
      );
      await call.leg.sendDtmf('6', 160);
      expect(await digit).to.equal('6');
      await client.event('DTMF', { 'Unique-ID': call.id, 'DTMF-Digit': '6' });
    });

    it('plays to one side by uuid_broadcast', async () => {
      const call = await parkedCall(client, alice);
      const { far } = await bridged(call);
      const heard = far.hears(500);
      await client.api(`uuid_broadcast ${call.id} tone_stream://%(1000,0,500) bleg`);
      expect(await heard).to.equal(true);
    });

    it('plays music to the peer of who holds', async () => {
      const call = await parkedCall(client, alice);
      await setting(call, 'hold_music=tone_stream://%(2000,0,660);loops=-1');
      const { far } = await bridged(call);
      await call.hold(true);
      await client.event('CHANNEL_HOLD', { 'Unique-ID': call.id });
      expect(await far.hears(660)).to.equal(true);
      await call.hold(false);
      await client.event('CHANNEL_UNHOLD', { 'Unique-ID': call.id });
      const heard = far.hears(800);
      await call.sing(800, 1000);
      expect(await heard).to.equal(true);
    });

    it('parks both by uuid_transfer -both', async () => {
      const call = await parkedCall(client, alice);
      const { far } = await bridged(call);
      client.events.length = 0;
      expect(await client.api(`uuid_transfer ${call.id} -both park: inline`)).to.equal('+OK\n');
      await Promise.all([call, far].map((each) => client.event('CHANNEL_PARK', { 'Unique-ID': each.id })));
      expect(await client.api(`uuid_bridge ${call.id} ${far.id}`)).to.equal(`+OK ${far.id}\n`);
      await client.find('bridge again', (event) => event['Event-Name'] === 'CHANNEL_BRIDGE');
      const heard = far.hears(800);
      await call.sing(800, 1000);
      expect(await heard).to.equal(true);
    });

    it('hangs the other up when one leg is parked alone', async () => {
      const call = await parkedCall(client, alice);
      const { far } = await bridged(call);
      await client.api(`uuid_park ${call.id}`);
      await far.request('BYE');
      expect((await client.api(`uuid_exists ${call.id}`)).trim()).to.equal('true');
    });

    it('records both sides', async () => {
      const call = await parkedCall(client, alice);
      const path = `${target.folder}/both.wav`;
      await client.execute(call.id, 'record_session', path);
      const { far } = await bridged(call);
      await Promise.all([call.sing(700, 500), far.sing(900, 500)]);
      await call.hangup();
      await client.event('RECORD_STOP', { 'Record-File-Path': path });
      const listener = await answeredCall(client, alice);
      const heard = listener.hears([700, 900]);
      await client.execute(listener.id, 'playback', path);
      expect(await heard).to.equal(true);
    });
  });
});
