// What a caller hears and presses: menus with their ways out, collected digits, caller ids, speech, media, test numbers.
import { expect } from 'chai';
import { newAccount, node, type TestAccount } from './account.ts';
import { overhear } from './bus.ts';
import { eventually } from './eventually.ts';
import { call, fixtures, uploadTone } from './fixtures.ts';
import { sharedZone } from './shared.ts';
import type { Zone } from './zone.ts';

describe('an IVR', function () {
  this.timeout(120_000);
  const use = fixtures();
  let zone: Zone;
  let account: TestAccount;
  let greeting: string;
  let other: string;
  before(async () => {
    zone = await sharedZone();
    account = await newAccount(zone);
    greeting = await uploadTone(account, 850, 2);
    other = await uploadTone(account, 1250, 4);
  });

  const menu = async (data: object, children: object): Promise<object> => {
    const media = { greeting, invalid_media: other };
    const id = await account.create('menus', { name: 'Menu', media, timeout: 5000, ...data });
    return node('menu', { id }, children);
  };

  it('plays its greeting and takes a digit by RFC 4733', async () => {
    await account.callflow(
      '400',
      await menu({ max_extension_length: 1 }, { 1: node('play', { id: other }) }),
    );
    const a = await use.phone(await account.device());
    a.dial('400');
    await a.hears(850);
    a.digits('1');
    await a.hears(1250);
    expect(a.heard(850)).to.be.below(2500);
  });

  it('takes a digit by INFO', async () => {
    const wanted = await account.device();
    await account.callflow(
      '401',
      await menu({ max_extension_length: 1 }, { 2: node('device', { id: wanted.id }) }),
    );
    const b = await use.callee(wanted, 'answer-and-end', { ms: 200 });
    await call(await account.device(), '401', 'call-info', { digit: 2, ms: 800 });
    await b.done;
  });

  it('waits for more digits than one, and hunts for the extension they name', async () => {
    const b = await use.phone(await account.extension('4021'), { tone: 620 });
    await account.callflow('402', await menu({}, {}));
    const a = await use.phone(await account.device());
    a.dial('402');
    await a.hears(850, 300);
    a.digits('4021');
    await b.event('CALL_ESTABLISHED');
    await a.hears(620);
  });

  it('goes to its timeout child when nothing is pressed', async () => {
    const after = await account.device();
    await account.callflow(
      '403',
      await menu({ timeout: 500 }, { timeout: node('device', { id: after.id }) }),
    );
    const b = await use.callee(after, 'answer-and-end', { ms: 100 });
    await call(await account.device(), '403', 'call-ended');
    await b.done;
  });

  it('says that a digit is not valid, and asks again', async () => {
    const wanted = await account.device();
    const data = { max_extension_length: 1, hunt: false };
    await account.callflow('404', await menu(data, { 1: node('device', { id: wanted.id }) }));
    const b = await use.phone(wanted, { tone: 620 });
    const a = await use.phone(await account.device());
    a.dial('404');
    await a.hears(850, 300);
    a.digits('9');
    await a.hears(1250, 3000);
    const before = a.heard(850);
    await a.hears(850, before + 300);
    a.digits('1');
    await b.event('CALL_ESTABLISHED');
    await a.hears(620);
  });

  it('goes to max_retries when the retries are used up', async () => {
    const after = await account.device();
    const data = { timeout: 300, retries: 2, suppress_media: true };
    await account.callflow('405', await menu(data, { max_retries: node('device', { id: after.id }) }));
    const b = await use.callee(after, 'answer-and-end', { ms: 100 });
    await call(await account.device(), '405', 'call-ended');
    await b.done;
  });

  it('collects digits with collect_dtmf, goes on when they are complete, and keeps them', async () => {
    const flow = node(
      'collect_dtmf',
      { max_digits: 3, timeout: 10_000, collection_name: 'pin' },
      { _: node('play', { id: other }) },
    );
    await account.callflow('406', flow);
    const a = await use.phone(await account.device());
    a.dial('406');
    await a.event('CALL_ESTABLISHED');
    const [channel] = await eventually(async () => {
      const channels = (await account.rest.get('channels')) as { uuid: string }[];
      expect(channels).to.have.length(1);
      return channels as [{ uuid: string }];
    });
    const overheard = await overhear(zone, channel.uuid);
    a.digits('12');
    a.digits('3');
    await a.hears(1250);
    // The call as whoever goes on with it would get it.
    const kept = overheard.commands
      .filter((command) => command['Application-Name'] === 'checkpoint')
      .map(({ Resume }) => (Resume as { Call: { Collections: object } }).Call.Collections);
    expect(kept.at(-1)).to.deep.equal({ pin: '123' });
    await overheard.stop();
  });

  it('branches on a variable of the device', async () => {
    const children = {
      softphone: node('play', { id: other }),
      _: node('play', { id: greeting }),
    };
    await account.callflow(
      '407',
      node('branch_variable', { scope: 'device', variable: 'device_type' }, children),
    );
    const a = await use.phone(await account.device());
    a.dial('407');
    await a.hears(1250);
    expect(a.heard(850)).to.equal(0);
  });

  it('shows the callee the caller id of set_cid', async () => {
    const line = await account.device();
    const ringing = node('device', { id: line.id });
    const data = { caller_id_name: 'The Boss', caller_id_number: '7777' };
    await account.callflow('408', node('set_cid', data, { _: ringing }));
    const b = await use.callee(line, 'answer', { ms: 100 });
    await call(await account.device(), '408');
    expect(await b.done).to.match(/From: "?The Boss"? <sip:\+?7777@/);
  });

  it('speaks', async () => {
    await account.callflow('409', node('tts', { text: 'Hello and welcome to this test of speech.' }));
    const a = await use.phone(await account.device());
    a.dial('409');
    await a.hearsSound(0.8);
  });

  it('sleeps, does nothing, and jumps to another callflow', async () => {
    const there = await account.callflow('4101', node('play', { id: other }));
    const jump = node('callflow', { id: there });
    const flow = node(
      'answer',
      {},
      {
        _: node('sleep', { duration: 300, unit: 'ms' }, { _: node('noop', {}, { _: jump }) }),
      },
    );
    await account.callflow('410', flow);
    const a = await use.phone(await account.device());
    a.dial('410');
    await a.hears(1250);
  });

  it('ends the call when a flow is at its end', async () => {
    await account.callflow('411', node('answer'));
    await call(await account.device(), '411', 'call-ended');
  });

  it('refuses with the status and words of the response action', async () => {
    await account.callflow('412', node('response', { code: 433, message: 'Not Today' }));
    const messages = await call(await account.device(), '412', 'call-fails', { status: 433 });
    expect(messages).to.include('SIP/2.0 433 Not Today');
  });

  it('plays early media before it refuses', async () => {
    await account.callflow('413', node('response', { code: 404, media: greeting }));
    const a = await use.phone(await account.device());
    a.dial('413');
    await a.event('CALL_PROGRESS');
    await a.hears(850, 400);
    expect((await a.event('CALL_CLOSED')).param).to.include('404');
  });

  describe('of the demo account', () => {
    it('echoes', async () => {
      const a = await use.phone(demoLine(0), { tone: 700 });
      a.dial(zone.facts.dial.echo);
      await a.hears(700);
    });

    it('plays music', async () => {
      const a = await use.phone(demoLine(0));
      a.dial(zone.facts.dial.music);
      await a.hearsSound(2);
    });

    it('greets, and rings the first phone for a 1', async () => {
      const a = await use.phone(demoLine(1), { tone: 440 });
      const b = await use.phone(demoLine(0), { tone: 620 });
      a.dial(zone.facts.dial.ivr);
      await a.hearsSound(0.5);
      a.digits('1');
      await b.event('CALL_ESTABLISHED');
      await Promise.all([a.hears(620), b.hears(440)]);
    });
  });

  function demoLine(index: number) {
    const phone = zone.facts.phones[index];
    if (!phone) throw new Error(`the demo has no phone ${index}`);
    return { id: '', ...phone };
  }
});
