// Calls that come in: park, progress, answer, hangup by either side, refusals, cancellation, hold, the call record.

import { expect } from 'chai';
import type { EventClient } from './client.ts';
import type { Phone, PhoneCall } from './phone.ts';
import { answeredCall, openTarget, parkedCall, type Target } from './target.ts';

describe('calls to the switch', () => {
  let target: Target;
  let client: EventClient;
  let phone: Phone;

  before(async () => {
    target = await openTarget();
    client = await target.client();
    phone = await target.phone('1001');
  });
  after(() => target.stop());

  const completed = (call: PhoneCall) => client.event('CHANNEL_HANGUP_COMPLETE', { 'Unique-ID': call.id });
  const end = async (call: PhoneCall) => {
    await client.api(`uuid_kill ${call.id}`);
    await client.event('CHANNEL_DESTROY', { 'Unique-ID': call.id });
  };

  describe('before the answer', () => {
    it('parks with nothing but 100 Trying', async () => {
      const call = await parkedCall(client, phone);
      await call.response(100);
      expect(call.responses.map((each) => each.status)).to.deep.equal([100]);
      await end(call);
    });

    it('rings by ring_ready', async () => {
      const call = await parkedCall(client, phone);
      await client.execute(call.id, 'ring_ready');
      const ringing = await call.response(180);
      expect(ringing.body).to.have.length(0);
      const event = await client.event('CHANNEL_PROGRESS', { 'Unique-ID': call.id });
      expect(Number(event['Caller-Channel-Progress-Time'])).to.be.greaterThan(0);
      await end(call);
    });

    it('opens the media by pre_answer, and is heard before the answer', async () => {
      const call = await parkedCall(client, phone);
      await client.execute(call.id, 'pre_answer');
      const early = await call.response(183);
      expect(early.body.toString()).to.contain('m=audio');
      await client.event('CHANNEL_PROGRESS_MEDIA', { 'Unique-ID': call.id, 'Answer-State': 'early' });
      const heard = call.hears(440);
      await client.execute(call.id, 'playback', 'tone_stream://%(1000,0,440)');
      expect(await heard).to.equal(true);
      expect(call.responses.map((each) => each.status)).not.to.include(200);
      await end(call);
    });

    it('opens the media by itself for an application that plays', async () => {
      const call = await parkedCall(client, phone);
      await client.execute(call.id, 'playback', 'tone_stream://%(100,0,440)');
      await call.response(183);
      await end(call);
    });

    it('tells of a caller that gave up', async () => {
      const call = await parkedCall(client, phone);
      call.invite?.cancel();
      await call.response(487);
      const event = await completed(call);
      expect(event).to.include({
        'Hangup-Cause': 'ORIGINATOR_CANCEL',
        variable_sip_hangup_disposition: 'recv_cancel',
        variable_billsec: '0',
      });
      expect(event['variable_answer_stamp']).to.equal(undefined);
    });

    const refusals: [string, number][] = [
      ['USER_BUSY', 486],
      ['CALL_REJECTED', 603],
      ['UNALLOCATED_NUMBER', 404],
      ['NO_ROUTE_DESTINATION', 404],
      ['NO_ANSWER', 480],
      ['NO_USER_RESPONSE', 408],
      ['NORMAL_CLEARING', 480],
      ['NORMAL_TEMPORARY_FAILURE', 503],
      ['INVALID_NUMBER_FORMAT', 484],
      ['OUTGOING_CALL_BARRED', 403],
      ['INCOMPATIBLE_DESTINATION', 488],
      ['SERVICE_NOT_IMPLEMENTED', 501],
      ['RECOVERY_ON_TIMER_EXPIRE', 504],
      ['EXCHANGE_ROUTING_ERROR', 483],
    ];
    for (const [cause, status] of refusals) {
      it(`refuses with ${status} for ${cause}`, async () => {
        const call = await parkedCall(client, phone);
        await client.start(call.id, 'hangup', cause);
        const response = await call.response(status);
        expect(response.headers.get('reason')).to.match(new RegExp(`^Q\\.850;cause=\\d+;text="${cause}"$`));
        expect((await completed(call))['variable_sip_hangup_disposition']).to.equal('send_refuse');
      });
    }

    it('refuses by respond with a status of its own', async () => {
      const call = await parkedCall(client, phone);
      await client.start(call.id, 'respond', '486 Gone Fishing');
      expect((await call.response(486)).reason).to.equal('Gone Fishing');
      await completed(call);
    });

    it('redirects', async () => {
      const call = await parkedCall(client, phone);
      await client.start(call.id, 'redirect', 'sip:elsewhere@127.0.0.1:5099');
      const response = await call.response(302);
      expect(response.headers.get('contact')).to.contain('sip:elsewhere@127.0.0.1:5099');
      await completed(call);
    });

    it('refuses a second call with a live Call-ID', async () => {
      const call = await parkedCall(client, phone);
      const other = await target.phone('1009');
      const twin = await other.call('1000', { id: call.id });
      await twin.response(503);
      expect((await client.api(`uuid_exists ${call.id}`)).trim()).to.equal('true');
      await end(call);
    });

    it('hangs up on an application that does not exist', async () => {
      const call = await parkedCall(client, phone);
      await client.start(call.id, 'no_such_application');
      await call.response(502);
      expect((await completed(call))['Hangup-Cause']).to.equal('DESTINATION_OUT_OF_ORDER');
      expect(
        client.count('CHANNEL_EXECUTE', { 'Unique-ID': call.id, Application: 'no_such_application' }),
      ).to.equal(0);
    });
  });

  describe('answered', () => {
    it('answers with SDP, media before answer', async () => {
      const call = await answeredCall(client, phone);
      expect((await call.response(200)).body.toString()).to.contain('m=audio');
      const event = await client.event('CHANNEL_ANSWER', { 'Unique-ID': call.id });
      expect(event['Answer-State']).to.equal('answered');
      const mine = client.events
        .filter((each) => each['Unique-ID'] === call.id)
        .map((each) => each['Event-Name']);
      expect(mine.indexOf('CHANNEL_PROGRESS_MEDIA')).to.be.lessThan(mine.indexOf('CHANNEL_ANSWER'));
      await end(call);
    });

    it('answers by uuid_answer', async () => {
      const call = await parkedCall(client, phone);
      expect(await client.api(`uuid_answer ${call.id}`)).to.equal('+OK\n');
      await call.response(200);
      await end(call);
    });

    it('is hung up by the caller, with a whole call record', async () => {
      const call = await answeredCall(client, phone);
      await call.hangup();
      const event = await completed(call);
      expect(event).to.include({
        'Hangup-Cause': 'NORMAL_CLEARING',
        'Answer-State': 'hangup',
        'Channel-Call-State': 'HANGUP',
        variable_endpoint_disposition: 'ANSWER',
        variable_hangup_cause: 'NORMAL_CLEARING',
        variable_hangup_cause_q850: '16',
        variable_sip_hangup_disposition: 'recv_bye',
        variable_proto_specific_hangup_cause: 'sip:200',
        variable_sip_term_status: '200',
      });
      const number = (name: string) => Number(event[`variable_${name}`]);
      expect(number('start_uepoch')).to.be.at.most(number('answer_uepoch'));
      expect(number('answer_uepoch')).to.be.at.most(number('end_uepoch'));
      expect(number('uduration')).to.equal(number('end_uepoch') - number('start_uepoch'));
      expect(number('billusec')).to.equal(number('end_uepoch') - number('answer_uepoch'));
      expect(number('duration')).to.equal(number('end_epoch') - number('start_epoch'));
      expect(event['variable_start_stamp']).to.match(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
      await client.event('CHANNEL_DESTROY', { 'Unique-ID': call.id });
    });

    it('takes the cause from the Reason of a BYE', async () => {
      const call = await answeredCall(client, phone);
      await call.hangup({ Reason: 'Q.850;cause=21;text="CALL_REJECTED"' });
      expect((await completed(call))['Hangup-Cause']).to.equal('CALL_REJECTED');
    });

    it('is hung up by the switch with BYE and its reason', async () => {
      const call = await answeredCall(client, phone);
      expect(await client.api(`uuid_kill ${call.id} USER_BUSY`)).to.equal('+OK\n');
      const bye = await call.request('BYE');
      expect(bye.headers.get('reason')).to.equal('Q.850;cause=17;text="USER_BUSY"');
      expect((await completed(call))['variable_sip_hangup_disposition']).to.equal('send_bye');
    });

    it('is hung up by sendmsg', async () => {
      const call = await answeredCall(client, phone);
      await client.command(`sendmsg ${call.id}`, {
        'call-command': 'hangup',
        'hangup-cause': 'CALL_REJECTED',
      });
      await call.request('BYE');
      expect((await completed(call))['Hangup-Cause']).to.equal('CALL_REJECTED');
    });

    it('tells of hold and of its end', async () => {
      const call = await answeredCall(client, phone);
      expect((await call.hold(true)).status).to.equal(200);
      await client.event('CHANNEL_HOLD', { 'Unique-ID': call.id });
      expect((await call.hold(false)).status).to.equal(200);
      await client.event('CHANNEL_UNHOLD', { 'Unique-ID': call.id });
      await end(call);
    });

    it('answers OPTIONS within the call, and refuses what it does not know', async () => {
      const call = await answeredCall(client, phone);
      expect((await call.send('OPTIONS')).status).to.equal(200);
      expect((await call.send('FROBNICATE')).status).to.be.within(400, 599);
      expect((await client.api(`uuid_exists ${call.id}`)).trim()).to.equal('true');
      await end(call);
    });
  });
});
