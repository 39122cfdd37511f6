// Channels under control: variables, what is shown of them, the order of execution, inline dialplans.

import { expect } from 'chai';
import type { EventClient } from './client.ts';
import type { Phone, PhoneCall } from './phone.ts';
import { answeredCall, eventually, openTarget, parkedCall, type Target } from './target.ts';

describe('channels', () => {
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

  describe('the channels API', () => {
    it('shows the channel, its variables, and forgets it', async () => {
      const call = await parkedCall(client, phone);
      const row = await eventually(async () => {
        const shown = JSON.parse(await client.api('show channels as json')) as {
          rows?: Record<string, string>[];
        };
        return shown.rows?.find((each) => each['uuid'] === call.id && each['application'] === 'park');
      });
      expect(row).to.include({
        direction: 'inbound',
        state: 'CS_EXECUTE',
        cid_num: '1001',
        dest: '1000',
        callstate: 'RINGING',
        context: 'context_2',
        application: 'park',
      });
      const dump = JSON.parse(await client.api(`uuid_dump ${call.id} json`)) as Record<string, string>;
      expect(dump).to.include({ 'Unique-ID': call.id, variable_sip_from_user: '1001' });
      await end(call);
      expect((await client.api(`uuid_exists ${call.id}`)).trim()).to.equal('false');
    });

    it('sets and gets variables', async () => {
      const call = await parkedCall(client, phone);
      expect(await client.api(`uuid_setvar ${call.id} one a b c`)).to.equal('+OK\n');
      expect(await client.api(`uuid_getvar ${call.id} one`)).to.equal('a b c');
      expect(await client.api(`uuid_setvar ${call.id} one`)).to.equal('+OK\n');
      expect(await client.api(`uuid_getvar ${call.id} one`)).to.equal('_undef_');
      expect(await client.api(`uuid_setvar_multi ${call.id} x=1;y=two words;z=`)).to.equal('+OK\n');
      expect(await client.api(`uuid_getvar ${call.id} y`)).to.equal('two words');
      expect(await client.api(`uuid_setvar_multi ${call.id} q='in quotes';r='a\\;b'`)).to.equal('+OK\n');
      expect(await client.api(`uuid_getvar ${call.id} q`)).to.equal('in quotes');
      expect(await client.api(`uuid_getvar ${call.id} r`)).to.equal('a;b');
      await client.execute(call.id, 'multiset', "^^;m1='a b';m2=c=d");
      expect(await client.api(`uuid_getvar ${call.id} m1`)).to.equal('a b');
      expect(await client.api(`uuid_getvar ${call.id} m2`)).to.equal('c=d');
      await client.execute(call.id, 'set', `copy=<\${m1}>\${unknown}`);
      expect(await client.api(`uuid_getvar ${call.id} copy`)).to.equal('<a b>');
      await client.execute(call.id, 'unset', 'copy');
      expect(await client.api(`uuid_getvar ${call.id} copy`)).to.equal('_undef_');
      const event = await client.execute(call.id, 'export', 'exported=yes');
      expect(event['variable_export_vars']).to.contain('exported');
      await end(call);
    });

    const missing: [string, string][] = [
      ['uuid_kill none', '-ERR No such channel!\n'],
      ['uuid_getvar none a', '-ERR No such channel!\n'],
      ['uuid_setvar none a b', '-ERR No such channel!\n'],
      ['uuid_dump none', '-ERR No such channel!\n'],
      ['uuid_park none', '-ERR No such channel!\n'],
      ['uuid_transfer none 1', '-ERR No such channel!\n'],
      ['uuid_break none', '-ERR No such channel!\n'],
      ['uuid_answer none', '-ERROR\n'],
      ['uuid_bridge none other', '-ERR Invalid uuid\n'],
      ['uuid_broadcast none tone_stream://%(1,1,1)', '-ERR invalid uuid\n'],
      ['uuid_record none start x', '-ERR Cannot locate session!\n'],
      ['uuid_send_dtmf none 1', '-ERR Cannot locate session!\n'],
      ['uuid_recv_dtmf none 1', '-ERR Cannot locate session!\n'],
      ['uuid_exists none', 'false'],
    ];
    for (const [command, reply] of missing) {
      it(`answers "${command}"`, async () => expect(await client.api(command)).to.equal(reply));
    }
  });

  describe('execution', () => {
    it('keeps the order under the event lock', async () => {
      const call = await answeredCall(client, phone);
      const ids = await Promise.all(['60', '30', '1'].map((ms) => client.start(call.id, 'sleep', ms)));
      await client.event('CHANNEL_EXECUTE_COMPLETE', { 'Application-UUID': ids[2] ?? '' });
      const done = client.events
        .filter((each) => each['Event-Name'] === 'CHANNEL_EXECUTE_COMPLETE')
        .map((each) => each['Application-UUID'] ?? '');
      expect(done.filter((id) => ids.includes(id))).to.deep.equal(ids);
      await end(call);
    });

    it('nests without the lock', async () => {
      const call = await answeredCall(client, phone);
      const ids: string[] = [];
      for (const ms of ['400', '300', '200']) {
        const id = await client.start(call.id, 'sleep', ms, { 'event-lock': 'false' });
        await client.event('CHANNEL_EXECUTE', { 'Application-UUID': id });
        ids.push(id);
      }
      for (const id of ids) await client.event('CHANNEL_EXECUTE_COMPLETE', { 'Application-UUID': id });
      const done = client.events
        .filter((each) => each['Event-Name'] === 'CHANNEL_EXECUTE_COMPLETE')
        .map((each) => each['Application-UUID'] ?? '');
      expect(done.filter((id) => ids.includes(id))).to.deep.equal(ids.toReversed());
      await end(call);
    });

    it('runs an application so many times', async () => {
      const call = await answeredCall(client, phone);
      await client.start(call.id, 'sleep', '550', { loops: '3' });
      await client.execute(call.id, 'sleep', '10');
      const sleep = { 'Unique-ID': call.id, Application: 'sleep', 'Application-Data': '550' };
      expect(client.count('CHANNEL_EXECUTE_COMPLETE', sleep)).to.equal(3);
      await end(call);
    });

    it('takes the argument from the body', async () => {
      const call = await parkedCall(client, phone);
      const id = 'from-body';
      await client.command(
        `sendmsg ${call.id}`,
        {
          'call-command': 'execute',
          'execute-app-name': 'set',
          'event-uuid': id,
          'content-type': 'text/plain',
        },
        'long=with: colon\nand a second line',
      );
      const event = await client.event('CHANNEL_EXECUTE_COMPLETE', { 'Application-UUID': id });
      expect(event['variable_long']).to.equal('with: colon\nand a second line');
      await end(call);
    });

    it('sends an event of its own as a noop', async () => {
      const call = await parkedCall(client, phone);
      await client.execute(
        call.id,
        'event',
        'Event-Subclass=kazoo::noop,Event-Name=CUSTOM,Event-Origin=me,Some-ID=42',
      );
      const event = await client.event('CUSTOM', { 'Event-Subclass': 'kazoo::noop' });
      expect(event).to.include({ 'Unique-ID': call.id, 'Some-ID': '42' });
      await end(call);
    });

    it('runs an inline dialplan', async () => {
      const call = await parkedCall(client, phone);
      expect(await client.api(`uuid_transfer ${call.id} 'm:^:set:a=1,2^set:b=x^park:' inline`)).to.equal(
        '+OK\n',
      );
      await client.event('CHANNEL_UNPARK', { 'Unique-ID': call.id });
      await client.find(
        'second park',
        (event) => event['Event-Name'] === 'CHANNEL_PARK' && event['variable_b'] === 'x',
      );
      expect(await client.api(`uuid_getvar ${call.id} a`)).to.equal('1,2');
      await end(call);
    });

    it('hangs up at the end of an inline dialplan', async () => {
      const call = await answeredCall(client, phone);
      await client.api(`uuid_transfer ${call.id} sleep:50 inline`);
      await call.request('BYE');
      expect((await completed(call))['Hangup-Cause']).to.equal('NORMAL_CLEARING');
    });

    it('hangs up a parked call at its park_timeout', async () => {
      const call = await parkedCall(client, phone);
      await client.execute(call.id, 'set', 'park_timeout=1:NO_ANSWER');
      await client.api(`uuid_transfer ${call.id} park: inline`);
      await call.response(480);
      expect((await completed(call))['Hangup-Cause']).to.equal('NO_ANSWER');
    });
  });
});
