// What is heard and said: G.711, playback, terminators, digits both ways, recording, echo, tone detection.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { EventClient } from './client.ts';
import type { Phone, PhoneCall } from './phone.ts';
import { answeredCall, openTarget, parkedCall, type Target } from './target.ts';

describe('media', () => {
  let target: Target;
  let client: EventClient;
  let phone: Phone;
  let call: PhoneCall;

  before(async () => {
    target = await openTarget();
    client = await target.client();
    phone = await target.phone('1001');
  });
  after(() => target.stop());
  beforeEach(async () => {
    call = await answeredCall(client, phone);
  });
  afterEach(async () => {
    await client.api(`uuid_kill ${call.id}`);
    await client.event('CHANNEL_DESTROY', { 'Unique-ID': call.id });
  });

  const mine = (name: string, fields = {}) => client.event(name, { 'Unique-ID': call.id, ...fields });

  for (const codec of ['PCMU', 'PCMA'] as const) {
    it(`speaks ${codec} both ways`, async () => {
      const own = await target.phone(`2-${codec}`, { codecs: [codec] });
      const other = await answeredCall(client, own);
      expect(other.leg.audio?.codec).to.equal(codec);
      await client.start(other.id, 'echo');
      const heard = other.hears(700);
      await other.sing(700);
      expect(await heard).to.equal(true);
      const event = await client.event('CHANNEL_ANSWER', { 'Unique-ID': other.id });
      expect(event['Channel-Read-Codec-Name']).to.equal(codec);
      await client.api(`uuid_kill ${other.id}`);
    });
  }

  it('plays a tone stream and tells of it', async () => {
    const heard = call.hears(440);
    const event = await client.execute(call.id, 'playback', 'tone_stream://%(600,0,440)');
    expect(event['Application-Response']).to.equal('FILE PLAYED');
    expect(await heard).to.equal(true);
    await mine('PLAYBACK_START', { 'Playback-File-Path': 'tone_stream://%(600,0,440)' });
    await mine('PLAYBACK_STOP', { 'Playback-Status': 'done' });
  });

  it('plays a WAV file', async () => {
    const path = join(target.folder, 'tone.wav');
    await writeFile(path, wav(600, 800));
    const heard = call.hears(600);
    const event = await client.execute(call.id, 'playback', path);
    expect(event['Application-Response']).to.equal('FILE PLAYED');
    expect(await heard).to.equal(true);
    expect(Number(event['variable_playback_ms'])).to.be.within(700, 900);
  });

  it('says so when there is no such file', async () => {
    const event = await client.execute(call.id, 'playback', '/no/such/file.wav');
    expect(event['Application-Response']).to.equal('FILE NOT FOUND');
    expect(client.count('PLAYBACK_START', { 'Unique-ID': call.id })).to.equal(0);
  });

  it('plays file after file', async () => {
    const heard = call.hears(900);
    await client.execute(
      call.id,
      'playback',
      'file_string://silence_stream://100!tone_stream://%(600,0,900)',
    );
    expect(await heard).to.equal(true);
  });

  it('plays for ever, breaks or not, until the call goes elsewhere', async () => {
    const id = await client.start(call.id, 'endless_playback', 'tone_stream://%(1000,0,440)');
    await mine('PLAYBACK_START');
    await client.api(`uuid_break ${call.id}`);
    await mine('PLAYBACK_STOP', { 'Playback-Status': 'break' });
    await client.find('a second start', () => client.count('PLAYBACK_START', { 'Unique-ID': call.id }) > 1);
    await client.api(`uuid_transfer ${call.id} park: inline`);
    await client.event('CHANNEL_EXECUTE_COMPLETE', { 'Application-UUID': id });
  });

  it('is stopped by uuid_break', async () => {
    const id = await client.start(call.id, 'playback', 'tone_stream://%(5000,0,440)');
    await mine('PLAYBACK_START');
    expect(await client.api(`uuid_break ${call.id}`)).to.equal('+OK\n');
    await mine('PLAYBACK_STOP', { 'Playback-Status': 'break' });
    await client.event('CHANNEL_EXECUTE_COMPLETE', { 'Application-UUID': id });
  });

  it('forgets what is queued at uuid_break all', async () => {
    const first = await client.start(call.id, 'playback', 'tone_stream://%(4000,0,440)');
    const second = await client.start(call.id, 'playback', 'tone_stream://%(4000,0,550)');
    await mine('PLAYBACK_START');
    await client.api(`uuid_break ${call.id} all`);
    await client.event('CHANNEL_EXECUTE_COMPLETE', { 'Application-UUID': first });
    await client.execute(call.id, 'sleep', '50');
    expect(client.count('CHANNEL_EXECUTE', { 'Application-UUID': second })).to.equal(0);
  });

  it('plays beside the dialplan by uuid_broadcast', async () => {
    const heard = call.hears(500);
    expect(await client.api(`uuid_broadcast ${call.id} tone_stream://%(600,0,500) aleg`)).to.equal(
      '+OK Message sent\n',
    );
    expect(await heard).to.equal(true);
    await mine('PLAYBACK_STOP');
  });

  it('hears digits by RFC 4733', async () => {
    await call.leg.sendDtmf('5#', 100);
    const event = await mine('DTMF', { 'DTMF-Digit': '5' });
    expect(event['DTMF-Source']).to.equal('RTP');
    await mine('DTMF', { 'DTMF-Digit': '#' });
  });

  it('hears digits by INFO, dtmf-relay and dtmf, of a phone without telephone-event', async () => {
    await client.api(`uuid_kill ${call.id}`);
    call = await answeredCall(client, phone, { telephoneEvent: false });
    const relay = { 'Content-Type': 'application/dtmf-relay' };
    const response = await call.send('INFO', { headers: relay, body: 'Signal=7\r\nDuration=160\r\n' });
    expect(response.status).to.equal(200);
    await mine('DTMF', { 'DTMF-Digit': '7' });
    await call.send('INFO', { headers: { 'Content-Type': 'application/dtmf' }, body: '8' });
    await mine('DTMF', { 'DTMF-Digit': '8' });
  });

  it('sends digits by RFC 4733', async () => {
    const digits: string[] = [];
    call.leg.on('dtmf', ({ digit }) => digits.push(digit));
    await client.execute(call.id, 'send_dtmf', '12@200');
    await client.execute(call.id, 'sleep', '1500');
    expect(digits).to.deep.equal(['1', '2']);
  });

  it('takes digits by uuid_recv_dtmf as if they had been pressed', async () => {
    expect(await client.api(`uuid_recv_dtmf ${call.id} 9`)).to.match(/^\+OK/);
    await mine('DTMF', { 'DTMF-Digit': '9' });
  });

  it('ends a playback by a terminator', async () => {
    await client.execute(call.id, 'set', 'playback_terminators=#');
    const id = await client.start(call.id, 'playback', 'tone_stream://%(6000,0,440)');
    await mine('PLAYBACK_START');
    await call.leg.sendDtmf('1#', 100);
    const event = await client.event('CHANNEL_EXECUTE_COMPLETE', { 'Application-UUID': id });
    expect(event['variable_playback_terminator_used']).to.equal('#');
  });

  describe('play_and_get_digits', () => {
    const collect = (regex = '\\d+', tries = 1, timeout = 1500) =>
      client.start(
        call.id,
        'play_and_get_digits',
        `2 4 ${tries} ${timeout} # 'tone_stream://%(300,0,440)' 'silence_stream://100' collected_digits ${regex}`,
      );
    const done = (id: string) => client.event('CHANNEL_EXECUTE_COMPLETE', { 'Application-UUID': id });

    it('collects as many as it may', async () => {
      const id = await collect();
      await mine('PLAYBACK_START');
      await call.leg.sendDtmf('1234', 100);
      expect((await done(id))['variable_collected_digits']).to.equal('1234');
    });

    it('is ended by a terminator', async () => {
      const id = await collect();
      await mine('PLAYBACK_START');
      await call.leg.sendDtmf('12#', 100);
      const event = await done(id);
      expect(event['variable_collected_digits']).to.equal('12');
      expect(event['variable_read_terminator_used']).to.equal('#');
    });

    it('gives nothing when nothing is pressed', async () => {
      const event = await done(await collect('\\d+', 2, 300));
      expect(event['variable_collected_digits']).to.equal(undefined);
    });

    it('gives nothing when the digits do not fit', async () => {
      const id = await collect('^9\\d+$');
      await mine('PLAYBACK_START');
      await call.leg.sendDtmf('1234', 100);
      const event = await done(id);
      expect(event['variable_collected_digits']).to.equal(undefined);
      expect(event['variable_collected_digits_invalid']).to.equal('1234');
    });

    it('takes digits that were pressed while another application ran', async () => {
      await client.start(call.id, 'sleep', '1200');
      const id = await collect();
      await call.leg.sendDtmf('77', 100);
      await client.find('two digits', () => client.count('DTMF', { 'Unique-ID': call.id }) >= 2);
      await call.leg.sendDtmf('#', 100);
      expect((await done(id))['variable_collected_digits']).to.equal('77');
    });

    it('knows nothing of digits that were pressed while parked', async () => {
      await call.leg.sendDtmf('77', 100);
      await client.find('two digits', () => client.count('DTMF', { 'Unique-ID': call.id }) >= 2);
      expect((await done(await collect('\\d+', 1, 300)))['variable_collected_digits']).to.equal(undefined);
    });
  });

  it('reads digits', async () => {
    const id = await client.start(call.id, 'read', '1 3 silence_stream://100 got 2000 #');
    await call.leg.sendDtmf('42#', 100);
    const event = await client.event('CHANNEL_EXECUTE_COMPLETE', { 'Application-UUID': id });
    expect(event['variable_got']).to.equal('42');
    expect(event['variable_read_result']).to.equal('success');
  });

  it('records what the caller says until a key ends it', async () => {
    const path = join(target.folder, 'said.wav');
    const id = await client.start(call.id, 'record', `${path} 10`);
    await mine('RECORD_START');
    await call.sing(800, 600);
    await call.leg.sendDtmf('*', 100);
    const event = await client.event('CHANNEL_EXECUTE_COMPLETE', { 'Application-UUID': id });
    await mine('RECORD_STOP', { 'Record-File-Path': path });
    expect(Number(event['variable_record_ms'])).to.be.greaterThan(400);
    expect(event['variable_playback_terminator_used']).to.equal('*');
    const heard = call.hears(800);
    await client.execute(call.id, 'playback', path);
    expect(await heard).to.equal(true);
  });

  it('records the whole call, and stops', async () => {
    const path = join(target.folder, 'session.wav');
    await client.execute(call.id, 'record_session', path);
    await mine('RECORD_START', { 'Record-File-Path': path });
    await call.sing(800, 400);
    await client.execute(call.id, 'playback', 'tone_stream://%(400,0,440)');
    await client.execute(call.id, 'stop_record_session', path);
    await mine('RECORD_STOP', { 'Record-File-Path': path });
    expect((await readFile(path)).toString('latin1', 0, 4)).to.equal('RIFF');
    expect((await readFile(path)).length).to.be.greaterThan(8000);
  });

  it('records by uuid_record, masks, and stops', async () => {
    const path = join(target.folder, 'by-api.wav');
    expect(await client.api(`uuid_record ${call.id} start ${path}`)).to.equal('+OK Success\n');
    await mine('RECORD_START');
    expect(await client.api(`uuid_record ${call.id} mask ${path}`)).to.equal('+OK Success\n');
    expect(await client.api(`uuid_record ${call.id} unmask ${path}`)).to.equal('+OK Success\n');
    await client.execute(call.id, 'sleep', '200');
    expect(await client.api(`uuid_record ${call.id} stop ${path}`)).to.equal('+OK Success\n');
    await mine('RECORD_STOP');
    expect(await client.api(`uuid_record ${call.id} stop ${path}`)).to.equal(
      '-ERR Cannot stop record session!\n',
    );
  });

  it('begins a recording by itself when it is answered, and writes only while two talk when told so', async () => {
    const own = await target.phone('1003');
    const early = await parkedCall(client, own);
    const path = (name: string): string => join(target.folder, name);
    for (const name of ['a', 'b'])
      await client.api(
        `uuid_setvar ${early.id} api_on_answer_${name} uuid_record ${early.id} start ${path(name)}.wav 60`,
      );
    await client.api(`uuid_setvar ${early.id} RECORD_BRIDGE_REQ true`);
    await client.execute(early.id, 'answer');
    for (const name of ['a', 'b'])
      await client.event('RECORD_START', { 'Unique-ID': early.id, 'Record-File-Path': `${path(name)}.wav` });
    // One that runs is not begun again.
    expect(await client.api(`uuid_record ${early.id} start ${path('a')}.wav`)).to.equal('+OK Success\n');
    await early.sing(700, 600);
    await client.api(`uuid_kill ${early.id}`);
    const stopped = await client.event('RECORD_STOP', { 'Unique-ID': early.id });
    expect(Number(stopped['variable_record_ms'] ?? 0), 'nobody talked').to.be.below(100);
    expect(client.count('RECORD_START', { 'Unique-ID': early.id })).to.equal(2);
  });

  it('does not keep a recording that is too short', async () => {
    const path = join(target.folder, 'short.wav');
    await client.api(`uuid_setvar ${call.id} record_min_sec 5`);
    await client.api(`uuid_record ${call.id} start ${path}`);
    await call.sing(700, 600);
    await client.api(`uuid_record ${call.id} stop ${path}`);
    const stopped = await mine('RECORD_STOP', { 'Record-File-Path': path });
    expect(stopped['Record-Completion-Cause']).to.equal('input-too-short');
    expect(await readFile(path).catch(() => undefined)).to.equal(undefined);
  });

  it('finds a tone', async () => {
    await client.execute(call.id, 'tone_detect', 'fax 1100 r +5000');
    const singing = call.sing(1100, 1500);
    await mine('DETECTED_TONE', { 'Detected-Tone': 'fax' });
    await singing;
  });
});

/** One tone as 16-bit mono PCM at 8 kHz. */
function wav(hertz: number, ms: number): Buffer {
  const samples = ms * 8;
  const file = Buffer.alloc(44 + samples * 2);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + samples * 2, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(8000, 24);
  file.writeUInt32LE(16000, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(samples * 2, 40);
  for (let at = 0; at < samples; at += 1) {
    file.writeInt16LE(Math.round(10_000 * Math.sin((2 * Math.PI * hertz * at) / 8000)), 44 + at * 2);
  }
  return file;
}
