// Commands with which a call listens to others, speaks to many, is sent on, and is changed while it goes on.
import { expect } from 'chai';
import type { CommandName } from '../../../core/messages/dialplan.ts';
import { endpointOf, Live, type Message, type Phone, type PhoneCall } from '../testing/live.ts';

const short = 'tone_stream://%(200,0,440)';

const hear = async (from: PhoneCall, ...to: readonly PhoneCall[]): Promise<boolean[]> => {
  const heard = to.map((it) => it.hears(1100, 3000));
  await from.sing(1100, 1200);
  return Promise.all(heard);
};

describe('commands about other legs with a switch', () => {
  let live: Live;
  let alice: Phone;
  let bob: Phone;
  let carol: Phone;

  before(async () => {
    live = await Live.open();
    [alice, bob, carol] = [
      await live.target.phone('alice'),
      await live.target.phone('bob'),
      await live.target.phone('carol'),
    ];
  });
  afterEach(() => live.clear());
  after(() => live.close());

  const refused = (callId: string, name: CommandName, fields: Message): Promise<string> =>
    live.run(callId, name, fields).then(
      () => 'not refused',
      (error: Error) => error.message,
    );

  describe('transfer', () => {
    const asked = (callId: string, number: string): Promise<Message> =>
      live.event('route_req', callId, (it) => String(it['Request']).startsWith(`${number}@`));

    it('sends the call itself to a number: the other leg ends, and who takes the number has the call', async () => {
      const call = await live.answered(alice);
      const other = await live.bridged(call.id, bob);
      await live.send(call.id, 'transfer', {
        'Transfer-Type': 'blind',
        'Transfer-To': '2005',
        'Custom-Channel-Vars': { Sent: 'yes' },
        'Insert-At': 'now',
      });
      expect(await live.event('CHANNEL_TRANSFEREE', call.id)).to.include({ 'Transfer-To': '2005' });
      const request = await asked(call.id, '2005');
      expect(request['Custom-Channel-Vars']).to.include({
        'Account-ID': 'acc1',
        Sent: 'yes',
        'Referred-To': '<sip:2005@demo.local>',
      });
      await live.event('report', other.id);
      await live.event('route_win', call.id, (it) => it['Msg-ID'] === request['Msg-ID']);
      expect((await live.run(call.id, 'play', { 'Media-Name': short }))['Application-Response']).to.equal(
        'FILE PLAYED',
      );
      await live.end(call.id);
    }).timeout(20_000);

    it('sends the other leg, and this one stays commanded', async () => {
      const call = await live.answered(alice);
      const other = await live.bridged(call.id, bob);
      await live.run(call.id, 'transfer', {
        'Transfer-Type': 'blind',
        'Transfer-To': '2006',
        'Transfer-Leg': 'bleg',
        'Insert-At': 'now',
      });
      await asked(other.id, '2006');
      await live.seen('route_win', (it) => it['Call-ID'] === other.id);
      const third = await live.bridged(other.id, carol);
      expect(await hear(other, third)).to.deep.equal([true]);
      await live.run(call.id, 'play', { 'Media-Name': short });
      await live.end(call.id);
      await live.end(other.id);
    }).timeout(20_000);

    it('is refused when it is attended, or there is no other leg', async () => {
      const call = await live.answered(alice);
      const fields = { 'Transfer-To': '2005', 'Insert-At': 'now' };
      expect(await refused(call.id, 'transfer', { ...fields, 'Transfer-Type': 'attended' })).to.match(
        /blind only/,
      );
      expect(
        await refused(call.id, 'transfer', { ...fields, 'Transfer-Type': 'blind', 'Transfer-Leg': 'both' }),
      ).to.match(/no other leg/);
      await live.end(call.id);
    });

    it('is done by an order too, for a leg that nobody controls', async () => {
      const call = await live.answered(alice);
      const other = await live.bridged(call.id, bob);
      expect(await live.order('send_on', `${other.id} 2007`)).to.include({ Result: 'success' });
      await asked(other.id, '2007');
      await live.end(call.id);
      await live.end(other.id);
    }).timeout(20_000);
  });

  it('eavesdrop: listens, and speaks when keys may and one is pressed', async () => {
    const call = await live.answered(alice);
    const other = await live.bridged(call.id, bob);
    const listener = await live.answered(carol);
    const listening = await live.send(listener.id, 'eavesdrop', {
      'Target-Call-ID': call.id,
      'Enable-DTMF': true,
    });
    expect(await hear(call, listener, other)).to.deep.equal([true, true]);
    expect((await hear(listener, call))[0], 'not heard before').to.equal(false);
    await listener.leg.sendDtmf('2');
    await live.event('DTMF', listener.id);
    expect((await hear(listener, call))[0], 'the one listened to hears it').to.equal(true);
    await live.end(call.id);
    expect(await live.completed(listening)).to.include({ 'Application-Name': 'eavesdrop' });
    expect(await refused(listener.id, 'eavesdrop', { 'Target-Call-ID': 'nobody' })).to.match(/is gone/);
    await live.end(listener.id);
  }).timeout(30_000);

  it('connect_leg joins as call_pickup does', async () => {
    const waiting = await live.answered(alice);
    await live.send(waiting.id, 'hold');
    const call = await live.answered(bob);
    const joining = await live.send(call.id, 'connect_leg', { 'Target-Call-ID': waiting.id });
    await live.event('CHANNEL_BRIDGE', waiting.id);
    expect(await hear(call, waiting)).to.deep.equal([true]);
    await waiting.hangup();
    expect(await live.completed(joining)).to.include({
      'Application-Name': 'connect_leg',
      'Application-Response': 'SUCCESS',
    });
    await live.end(call.id);
  }).timeout(20_000);

  it('connect_leg may end the call when the two part', async () => {
    const waiting = await live.answered(alice);
    const call = await live.answered(bob);
    const fields = { 'Target-Call-ID': waiting.id, 'Hangup-After-Pickup': true };
    await live.send(call.id, 'connect_leg', fields);
    await live.event('CHANNEL_BRIDGE', waiting.id);
    await waiting.hangup();
    await live.event('report', call.id);
    await call.request('BYE');
  }).timeout(20_000);

  for (const twoWay of [false, true])
    it(`page: many hear the caller${twoWay ? ' and he hears them' : ', who does not hear them'}, until he leaves`, async () => {
      const call = await live.answered(alice);
      await live.send(call.id, 'page', {
        Endpoints: [bob, carol].map((phone) => endpointOf(phone)),
        'Caller-ID-Name': 'Front desk',
        'Caller-ID-Number': '4000',
        'Page-Options': { 'Two-Way-Audio': twoWay },
      });
      const taken = await Promise.all(
        [bob, carol].map(async (phone) => {
          const ringing = await phone.incoming();
          const headers = ringing.incoming?.request.headers;
          expect(headers?.get('alert-info'), 'it is to answer by itself').to.match(/intercom/);
          expect(headers?.get('from')).to.match(/Front desk.*4000/);
          ringing.answer();
          return ringing;
        }),
      );
      for (const { id } of taken)
        await live.seen('event', (it) => it['Call-ID'] === id && it['Event'] === 'add-member');
      expect(await hear(call, ...taken)).to.deep.equal([true, true]);
      expect((await hear(taken[0] as PhoneCall, call))[0]).to.equal(twoWay);
      await call.hangup();
      for (const { id } of [call, ...taken])
        expect(await live.event('report', id)).to.include({ 'Account-ID': 'acc1' });
    }).timeout(30_000);

  it('tone_detect tells what it hears while the call goes on', async () => {
    const call = await live.answered(alice);
    await live.run(call.id, 'tone_detect', {
      'Tone-Detect-Name': 'busy',
      Frequencies: [1100],
      Timeout: 20_000,
    });
    await call.sing(1100, 1500);
    expect(await live.event('DETECTED_TONE', call.id)).to.include({ 'Detected-Tone': 'busy' });
    const wrong = {
      'Tone-Detect-Name': 'x',
      Frequencies: [1100],
      'On-Success': { 'Application-Name': 'none' },
    };
    expect(await refused(call.id, 'tone_detect', wrong)).to.match(/no command "none"/);
    await live.run(call.id, 'tone_detect', {
      'Tone-Detect-Name': 'end',
      Frequencies: [700],
      Timeout: 20_000,
      'On-Success': { 'Application-Name': 'hangup', 'Hangup-Cause': 'USER_BUSY' },
    });
    await call.sing(700, 1500);
    expect((await live.event('report', call.id))['Hangup-Cause']).to.equal('USER_BUSY');
  }).timeout(20_000);

  it('event_actions run when their event has come', async () => {
    const call = await live.call(alice);
    const actions = (name: string, command: Message): Message => ({
      'Event-Actions': { [name]: { mine: command } },
      'Insert-At': 'now',
    });
    const play = { 'Application-Name': 'play', 'Media-Name': 'tone_stream://%(2000,0,700)' };
    expect(await refused(call.id, 'event_actions', actions('Execute-On-Sunrise', play))).to.match(/none of/);
    await live.run(call.id, 'event_actions', actions('Execute-On-Answer', play));
    await live.run(
      call.id,
      'event_actions',
      actions('Execute-On-After-Bridge', { 'Application-Name': 'hangup', 'Hangup-Cause': 'USER_BUSY' }),
    );
    await live.run(call.id, 'answer');
    await call.response(200);
    expect(await call.hears(700)).to.equal(true);
    const other = await live.bridged(call.id, bob);
    await other.hangup();
    expect((await live.event('report', call.id))['Hangup-Cause']).to.equal('USER_BUSY');
  }).timeout(20_000);

  it('audio_level mutes what the caller says, and lets it be heard again', async () => {
    const call = await live.answered(alice);
    const other = await live.bridged(call.id, bob);
    const level = { Mode: 'read', 'Insert-At': 'now' };
    await live.run(call.id, 'audio_level', { ...level, Action: 'start', Level: 1 });
    expect((await hear(call, other))[0]).to.equal(false);
    await live.run(call.id, 'audio_level', { ...level, Action: 'stop', Level: 0 });
    expect((await hear(call, other))[0]).to.equal(true);
    await live.end(call.id);
  }).timeout(20_000);

  it('soft_hold: music for the other one, who is not heard, until the key', async () => {
    const call = await live.answered(alice);
    expect(await refused(call.id, 'soft_hold', { 'Unhold-Key': '5' })).to.match(/talks to nobody/);
    const other = await live.bridged(call.id, bob);
    const holding = await live.send(call.id, 'soft_hold', {
      'Unhold-Key': '5',
      'B-MOH': 'tone_stream://%(2000,0,700);loops=-1',
      'Insert-At': 'now',
    });
    expect(await other.hears(700)).to.equal(true);
    expect((await hear(call, other))[0], 'not heard while it is held').to.equal(false);
    await call.leg.sendDtmf('5');
    expect(await live.completed(holding)).to.include({ 'Application-Name': 'soft_hold' });
    expect((await hear(call, other))[0], 'heard again').to.equal(true);
    await live.end(call.id);
  }).timeout(20_000);

  it('plays several media as one, and keeps them under a name', async () => {
    const call = await live.answered(alice);
    const both = ['silence_stream://200', 'silence_stream://300'];
    expect(await live.run(call.id, 'play_macro', { 'Media-Macro': both })).to.include({
      'Application-Name': 'play_macro',
      'Application-Response': 'FILE PLAYED',
    });
    await live.run(call.id, 'media_macro', { 'Media-Macros': { greeting: both } });
    const kept = await live.order('uuid_getvar', `${call.id} greeting`);
    expect(kept['Response']).to.equal(`file_string://${both.join('!')}`);
    await live.end(call.id);
  });

  it('runs an extension of the dialplan of the switch', async () => {
    const call = await live.answered(alice);
    const done = await live.run(call.id, 'execute_extension', { Extension: 'set:tried=yes inline' });
    expect(done['Application-Name']).to.equal('execute_extension');
    expect((await live.order('uuid_getvar', `${call.id} tried`))['Response']).to.equal('yes');
    await live.end(call.id);
  });

  it('says what a switch without the module cannot do', async () => {
    const call = await live.answered(alice);
    const fields = { Action: 'start', Pitch: 1.2, 'Insert-At': 'now' };
    expect(await refused(call.id, 'sound_touch', fields)).to.match(/soundtouch|not found/i);
    await live.end(call.id);
  });
});
