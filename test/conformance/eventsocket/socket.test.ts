// The event socket itself: authentication, replies, subscriptions, formats, filters, jobs, broken frames.

import { expect } from 'chai';
import { EventClient } from './client.ts';
import type { Phone } from './phone.ts';
import { openTarget, parkedCall, type Target } from './target.ts';

describe('event socket', () => {
  let target: Target;
  let phone: Phone;

  before(async () => {
    target = await openTarget();
    phone = await target.phone('1001');
  });
  after(() => target.stop());

  const open = (password?: string) => EventClient.open(target.host, target.eventSocketPort, password);

  describe('authentication', () => {
    it('accepts the password', async () => {
      const client = await open();
      expect(await client.replyText(`auth ${target.password}`)).to.equal('+OK accepted');
      client.close();
    });

    it('refuses a wrong password, says goodbye and closes', async () => {
      const client = await open();
      expect(await client.replyText('auth wrong')).to.equal('-ERR invalid');
      await client.ended();
      expect(client.notices[0]?.headers.get('content-type')).to.equal('text/disconnect-notice');
    });

    it('knows no command before it', async () => {
      const client = await open();
      expect(await client.replyText('api status')).to.equal('-ERR command not found');
      client.close();
    });

    it('says bye on exit', async () => {
      const client = await open(target.password);
      expect(await client.replyText('exit')).to.equal('+OK bye');
      await client.ended();
      expect(client.notices).to.have.length(1);
    });
  });

  describe('commands', () => {
    let client: EventClient;
    before(async () => {
      client = await open(target.password);
    });
    after(() => client.close());

    const replies: [string, RegExp][] = [
      ['nonsense', /^-ERR command not found$/],
      ['event json', /^-ERR no keywords supplied$/],
      ['event json NOSUCHEVENT', /^-ERR no keywords supplied$/],
      ['event json CHANNEL_CREATE', /^\+OK event listener enabled json$/],
      ['nixevent CHANNEL_CREATE', /^\+OK events nixed$/],
      ['nixevent', /^-ERR no keywords supplied$/],
      ['filter', /^-ERR command not found$|^-ERR invalid syntax$/],
      ['filter Unique-ID abc', /^\+OK filter added\. \[Unique-ID\]=\[abc\]$/],
      ['filter delete Unique-ID abc', /^\+OK filter deleted\. \[Unique-ID\]\[abc\]$/],
      ['filter delete all', /^\+OK filter deleted\./],
      ['noevents', /^\+OK no longer listening for events$/],
      ['noevents', /^-ERR not listening for events$/],
      ['linger', /^-ERR not controlling a session$/],
      ['nolog', /^-ERR not loging$/],
      ['sendmsg no-such-uuid', /^-ERR invalid session id \[no-such-uuid\]$/],
      ['sendevent CUSTOM', /^\+OK [0-9a-f-]{36}$/],
    ];
    for (const [command, reply] of replies) {
      it(`answers "${command}"`, async () => {
        expect(await client.replyText(command)).to.match(reply);
      });
    }

    it('answers an api with its body', async () => {
      const reply = await client.command('api create_uuid');
      expect(reply.headers.get('content-type')).to.equal('api/response');
      expect(reply.body).to.match(/^[0-9a-f-]{36}$/);
    });

    it('names an api that does not exist', async () => {
      expect(await client.api('nosuchthing now')).to.equal('-ERR nosuchthing Command not found!\n');
    });

    it('says so when an api has nothing to say', async () => {
      expect(await client.api('hash select/none/none')).to.equal('-ERR no reply\n');
    });

    it('answers commands sent in one write, in order', async () => {
      const both = [client.api('echo one'), client.api('echo two')];
      expect((await Promise.all(both)).map((text) => text.trim())).to.deep.equal(['one', 'two']);
    });

    it('accepts carriage returns and leading blank lines', async () => {
      client.write('\r\n\n');
      const reply = client.command('api echo hello\r');
      expect((await reply).body.trim()).to.equal('hello');
    });
  });

  describe('events', () => {
    it('gives json with raw values and the standing headers', async () => {
      const client = await target.client('json');
      const call = await phone.call('1000', { headers: { 'X-Text': 'a b&c/ü%' } });
      const event = await client.event('CHANNEL_CREATE', { 'Unique-ID': call.id });
      expect(event['variable_sip_h_X-Text']).to.equal('a b&c/ü%');
      expect(event).to.include({
        'Call-Direction': 'inbound',
        'Caller-Caller-ID-Number': '1001',
        'Caller-Caller-ID-Name': 'Phone 1001',
        'Caller-Destination-Number': '1000',
        'Caller-Context': 'context_2',
        'Channel-Call-UUID': call.id,
        'Answer-State': 'ringing',
        variable_sip_call_id: call.id,
        variable_sip_from_user: '1001',
        variable_sip_req_user: '1000',
        variable_sip_to_user: '1000',
        variable_sip_network_ip: '127.0.0.1',
        variable_direction: 'inbound',
        variable_sofia_profile_name: 'sipinterface_1',
      });
      expect(event['Channel-Name']).to.match(/^sofia\/sipinterface_1\/1001@127\.0\.0\.1/);
      expect(event['Event-Date-Timestamp']).to.match(/^\d{16}$/);
      expect(event['Caller-Channel-Created-Time']).to.match(/^\d{16}$/);
      expect(event['Core-UUID']).to.match(/^[0-9a-f-]{36}$/);
      expect(event['variable_switch_r_sdp']).to.contain('m=audio');
      await client.api(`uuid_kill ${call.id}`);
      client.close();
    });

    it('gives plain with url-encoded values', async () => {
      const client = await target.client('plain');
      const call = await phone.call('1000', { headers: { 'X-Text': 'a b&c/ü%' } });
      const event = await client.event('CHANNEL_CREATE', { 'Unique-ID': call.id });
      expect(event['variable_sip_h_X-Text']).to.equal('a b&c/ü%');
      await client.api(`uuid_kill ${call.id}`);
      client.close();
    });

    it('gives what a filter lets through, and nothing else', async () => {
      const client = await target.client();
      const quiet = await phone.call('1000');
      await client.event('CHANNEL_PARK', { 'Unique-ID': quiet.id });
      const wanted = `only-${Date.now()}`;
      await client.command(`filter Unique-ID ${wanted}`);
      client.events.length = 0;
      await client.api(`uuid_kill ${quiet.id}`);
      const call = await phone.call('1000', { id: wanted });
      await client.event('CHANNEL_PARK', { 'Unique-ID': call.id });
      await client.api(`uuid_kill ${call.id}`);
      await client.event('CHANNEL_DESTROY', { 'Unique-ID': call.id });
      expect(new Set(client.events.map((event) => event['Unique-ID']))).to.deep.equal(new Set([wanted]));
      client.close();
    });

    it('drops what a negative filter names', async () => {
      const client = await target.client();
      const call = await parkedCall(client, phone);
      await client.command(`filter Unique-ID ${call.id}`);
      await client.command('filter Event-Name -CHANNEL_ANSWER');
      client.events.length = 0;
      await client.execute(call.id, 'answer');
      expect(client.count('CHANNEL_ANSWER')).to.equal(0);
      await client.api(`uuid_kill ${call.id}`);
      client.close();
    });

    it('hears only the subclasses it named', async () => {
      const client = await open(target.password);
      await client.command('event json CUSTOM mine::this');
      await client.command('sendevent CUSTOM', { 'Event-Subclass': 'mine::other', 'Some-Header': 'no' });
      await client.command('sendevent CUSTOM', { 'Event-Subclass': 'mine::this', 'Some-Header': 'yes' });
      const event = await client.event('CUSTOM', { 'Event-Subclass': 'mine::this' });
      expect(event['Some-Header']).to.equal('yes');
      expect(client.events).to.have.length(1);
      client.close();
    });

    it('stops on nixevent', async () => {
      const client = await target.client();
      await client.command('nixevent CHANNEL_CREATE');
      const call = await parkedCall(client, phone);
      expect(client.count('CHANNEL_CREATE')).to.equal(0);
      await client.api(`uuid_kill ${call.id}`);
      client.close();
    });
  });

  describe('jobs', () => {
    it('answers bgapi at once and tells the result as an event', async () => {
      for (const format of ['json', 'plain'] as const) {
        const client = await target.client(format);
        const id = `job-${format}-${Date.now()}`;
        const reply = await client.command('bgapi echo hello world', { 'Job-UUID': id });
        expect(reply.headers.get('job-uuid')).to.equal(id);
        expect(reply.headers.get('reply-text')).to.equal(`+OK Job-UUID: ${id}`);
        const event = await client.event('BACKGROUND_JOB', { 'Job-UUID': id });
        expect(event['Job-Command']).to.equal('echo');
        expect(event['Job-Command-Arg']).to.equal('hello world');
        expect(event['_body']?.trim()).to.equal('hello world');
        expect(event['Content-Length']).to.equal(String(event['_body']?.length));
        client.close();
      }
    });
  });

  describe('broken input', () => {
    const broken: [string, string | Buffer][] = [
      ['binary noise', Buffer.from([0, 255, 1, 254, 10, 10])],
      ['headers without a colon', 'sendmsg x\nno colon here\n\n'],
      ['a Content-Length that is no number', 'sendmsg x\nContent-Length: many\n\n'],
      ['a negative Content-Length', 'sendmsg x\nContent-Length: -5\n\n'],
      ['an enormous Content-Length', 'sendmsg x\nContent-Length: 99999999999\n\n'],
      ['only colons', ':::\n:\n\n'],
      ['a very long line', `api ${'x'.repeat(200_000)}\n\n`],
      ['a bad percent sequence', 'api echo %zz%\n\n'],
    ];
    for (const [what, bytes] of broken) {
      it(`lives on after ${what}`, async () => {
        const bad = await open(target.password);
        bad.write(bytes);
        bad.write('exit\n\n');
        const good = await open(target.password);
        expect((await good.api('echo alive')).trim()).to.equal('alive');
        good.close();
        bad.close();
      });
    }

    it('lives on when a client vanishes in the middle of a frame', async () => {
      const bad = await open(target.password);
      bad.write('sendmsg x\nContent-Length: 100\n\nhalf');
      bad.close();
      const good = await open(target.password);
      expect((await good.api('echo alive')).trim()).to.equal('alive');
      good.close();
    });
  });
});
