// Outgoing legs: failures and their causes, time limits, forks, early media, ringback.

import { expect } from 'chai';
import type { EventClient } from './client.ts';
import type { Phone, PhoneCall } from './phone.ts';
import { openTarget, parkedCall, type Target } from './target.ts';

describe('outgoing legs', () => {
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

  describe('failure', () => {
    const failures: [number, string][] = [
      [486, 'USER_BUSY'],
      [480, 'NO_USER_RESPONSE'],
      [404, 'UNALLOCATED_NUMBER'],
      [403, 'CALL_REJECTED'],
      [603, 'CALL_REJECTED'],
      [503, 'NORMAL_TEMPORARY_FAILURE'],
      [488, 'INCOMPATIBLE_DESTINATION'],
      [484, 'INVALID_NUMBER_FORMAT'],
      [410, 'NUMBER_CHANGED'],
      [500, 'NORMAL_TEMPORARY_FAILURE'],
    ];
    for (const [status, cause] of failures) {
      it(`is ${cause} for ${status}`, async () => {
        const call = await parkedCall(client, alice);
        await setting(call, 'continue_on_fail=true');
        const app = await client.start(call.id, 'bridge', bob.dialString);
        const far = await bob.incoming();
        far.respond(status);
        const event = await complete(app);
        expect(event['variable_originate_disposition']).to.equal(cause);
        expect(event['variable_last_bridge_hangup_cause']).to.equal(cause);
        const leg = await record(far.id);
        expect(leg['Hangup-Cause']).to.equal(cause);
        expect(leg['variable_proto_specific_hangup_cause']).to.equal(`sip:${status}`);
        expect(leg['variable_sip_hangup_disposition']).to.equal('recv_refuse');
      });
    }

    it('hangs the caller up without continue_on_fail', async () => {
      const call = await parkedCall(client, alice);
      await client.start(call.id, 'bridge', bob.dialString);
      (await bob.incoming()).respond(486);
      await call.response(486);
      expect((await record(call.id))['Hangup-Cause']).to.equal('USER_BUSY');
    });

    it('takes the cause of the Reason over the status', async () => {
      const call = await parkedCall(client, alice);
      await setting(call, 'continue_on_fail=true');
      const app = await client.start(call.id, 'bridge', bob.dialString);
      (await bob.incoming()).respond(480, { headers: { Reason: 'Q.850;cause=21;text="rejected"' } });
      expect((await complete(app))['variable_originate_disposition']).to.equal('CALL_REJECTED');
    });

    it('gives up at leg_timeout with CANCEL', async () => {
      const call = await parkedCall(client, alice);
      await setting(call, 'continue_on_fail=true');
      const app = await client.start(call.id, 'bridge', `[leg_timeout=1]${bob.dialString}`);
      const far = await bob.incoming();
      far.respond(180);
      await far.request('CANCEL');
      expect((await complete(app))['variable_originate_disposition']).to.equal('ALLOTTED_TIMEOUT');
    });

    it('gives up at originate_timeout', async () => {
      const call = await parkedCall(client, alice);
      await setting(call, 'continue_on_fail=true');
      const app = await client.start(call.id, 'bridge', `{originate_timeout=1}${bob.dialString}`);
      const far = await bob.incoming();
      far.respond(180);
      await far.request('CANCEL');
      expect((await complete(app))['variable_originate_disposition']).to.equal('NO_ANSWER');
    });

    it('cancels the callee when the caller gives up', async () => {
      const call = await parkedCall(client, alice);
      await client.start(call.id, 'bridge', bob.dialString);
      const far = await bob.incoming();
      far.respond(180);
      await call.response(180);
      call.invite?.cancel();
      await far.request('CANCEL');
      expect((await record(far.id))['Hangup-Cause']).to.equal('ORIGINATOR_CANCEL');
    });

    it('does not know the endpoint', async () => {
      const call = await parkedCall(client, alice);
      await setting(call, 'continue_on_fail=true');
      const app = await client.start(call.id, 'bridge', 'nosuch/thing');
      expect((await complete(app))['variable_originate_disposition']).to.equal('CHAN_NOT_IMPLEMENTED');
    });
  });

  describe('several legs', () => {
    it('rings all, joins the first to answer, tells the others', async () => {
      const call = await parkedCall(client, alice);
      await client.start(call.id, 'bridge', `{ignore_early_media=true}${bob.dialString},${carol.dialString}`);
      const [one, two] = await Promise.all([bob.incoming(), carol.incoming()]);
      one.respond(180);
      two.respond(180);
      await call.response(180);
      two.answer();
      await client.event('CHANNEL_BRIDGE', { 'Unique-ID': call.id, 'Other-Leg-Unique-ID': two.id });
      const cancel = await one.request('CANCEL');
      expect(cancel.headers.get('reason')).to.match(/cause=200/);
      expect((await record(one.id))['Hangup-Cause']).to.equal('LOSE_RACE');
    });

    it('goes on with the others when one refuses', async () => {
      const call = await parkedCall(client, alice);
      await client.start(call.id, 'bridge', `${bob.dialString},${carol.dialString}`);
      const [one, two] = await Promise.all([bob.incoming(), carol.incoming()]);
      one.respond(486);
      await record(one.id);
      two.answer();
      await client.event('CHANNEL_BRIDGE', { 'Unique-ID': call.id });
    });

    it('ends all at one refusal with fail_on_single_reject', async () => {
      const call = await parkedCall(client, alice);
      await setting(call, 'continue_on_fail=true');
      const app = await client.start(
        call.id,
        'bridge',
        `{fail_on_single_reject=USER_BUSY}${bob.dialString},${carol.dialString}`,
      );
      const [one, two] = await Promise.all([bob.incoming(), carol.incoming()]);
      two.respond(180);
      one.respond(486);
      await two.request('CANCEL');
      expect((await complete(app))['variable_originate_disposition']).to.equal('NO_ANSWER');
    });

    it('tries one after the other', async () => {
      const call = await parkedCall(client, alice);
      await client.start(call.id, 'bridge', `${bob.dialString}|${carol.dialString}`);
      (await bob.incoming()).respond(486);
      (await carol.incoming()).answer();
      await client.event('CHANNEL_BRIDGE', { 'Unique-ID': call.id });
    });

    it('rings enterprise parts together', async () => {
      const call = await parkedCall(client, alice);
      await client.start(call.id, 'bridge', `${bob.dialString}:_:${carol.dialString}`);
      const [one, two] = await Promise.all([bob.incoming(), carol.incoming()]);
      one.respond(180);
      two.answer();
      await client.event('CHANNEL_BRIDGE', { 'Unique-ID': call.id });
      await one.request('CANCEL');
    });

    it('lets a leg ring later', async () => {
      const call = await parkedCall(client, alice);
      await client.start(call.id, 'bridge', `${bob.dialString},[leg_delay_start=1]${carol.dialString}`);
      const one = await bob.incoming();
      one.respond(180);
      expect(carol.calls.filter((each) => each.incoming?.isOpen)).to.have.length(0);
      const two = await carol.incoming();
      two.answer();
      await client.event('CHANNEL_BRIDGE', { 'Unique-ID': call.id });
    });
  });

  describe('while it rings', () => {
    it('lets early media through', async () => {
      const call = await parkedCall(client, alice);
      await client.start(call.id, 'bridge', bob.dialString);
      const far = await bob.incoming();
      far.respond(183, { sdp: true });
      await call.response(183);
      const heard = call.hears(600);
      await far.sing(600);
      expect(await heard).to.equal(true);
      expect(call.responses.map((each) => each.status)).not.to.include(200);
      far.answer();
      await call.response(200);
      const still = call.hears(900);
      await far.sing(900, 1500);
      expect(await still).to.equal(true);
    });

    it('waits for the key of group_confirm_key', async () => {
      const call = await parkedCall(client, alice);
      const confirm =
        'group_confirm_key=5,group_confirm_file=tone_stream://%(800\\,0\\,440),group_confirm_read_timeout=4000';
      await client.start(call.id, 'bridge', `{${confirm}}${bob.dialString}`);
      const far = await bob.incoming();
      far.answer();
      expect(await far.hears(440)).to.equal(true);
      expect(client.count('CHANNEL_BRIDGE', { 'Unique-ID': call.id })).to.equal(0);
      await far.leg.sendDtmf('5', 160);
      await client.event('CHANNEL_BRIDGE', { 'Unique-ID': call.id });
    });

    it('only rings with ignore_early_media', async () => {
      const call = await parkedCall(client, alice);
      await client.start(call.id, 'bridge', `{ignore_early_media=true}${bob.dialString}`);
      const far = await bob.incoming();
      far.respond(183, { sdp: true });
      await client.event('CHANNEL_PROGRESS_MEDIA', { 'Unique-ID': far.id });
      far.answer();
      await call.response(200);
      expect(call.responses.map((each) => each.status)).not.to.include(183);
    });

    it('plays ringback to the caller', async () => {
      const call = await parkedCall(client, alice);
      await setting(call, 'ringback=%(2000,4000,440,480)');
      await client.start(call.id, 'bridge', bob.dialString);
      const far = await bob.incoming();
      far.respond(180);
      await call.response(183);
      expect(await call.hears([440, 480])).to.equal(true);
      far.answer();
      await call.response(200);
    });
  });
});
