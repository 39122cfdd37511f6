// Calls between two phones: audio both ways, every way a call can end, and what the caller gets to see.
import { expect } from 'chai';
import { newAccount, node, type TestAccount } from './account.ts';
import { call, fixtures, register, timeOf } from './fixtures.ts';
import { freePorts } from './ports.ts';
import { sharedZone } from './shared.ts';

describe('a call', function () {
  this.timeout(120_000);
  const use = fixtures();
  let account: TestAccount;
  before(async () => {
    account = await newAccount(await sharedZone());
  });

  const pairs = [
    { caller: ['PCMU', 'udp'], callee: ['PCMU', 'udp'], ends: 'caller' },
    { caller: ['PCMA', 'udp'], callee: ['PCMA', 'tcp'], ends: 'callee' },
    { caller: ['PCMU', 'tcp'], callee: ['PCMA', 'udp'], ends: 'caller' },
  ] as const;
  for (const [index, { caller, callee, ends }] of pairs.entries()) {
    it(`from ${caller.join(' over ')} to ${callee.join(' over ')}: both hear each other, the ${ends} hangs up`, async () => {
      const number = `20${index}`;
      const [codecA, transportA] = caller;
      const [codecB, transportB] = callee;
      const a = await use.phone(await account.device(), { codec: codecA, transport: transportA, tone: 440 });
      // A FreeSWITCH offers the callee what the caller offers, unless the device says what it can.
      const line = await account.extension(number, { media: { audio: { codecs: [codecB] } } });
      const b = await use.phone(line, {
        codec: codecB,
        transport: transportB,
        tone: 620,
      });
      a.dial(number);
      await Promise.all([a.event('CALL_ESTABLISHED'), b.event('CALL_ESTABLISHED')]);
      await Promise.all([a.hears(620), b.hears(440)]);
      (ends === 'caller' ? a : b).hangup();
      await (ends === 'caller' ? b : a).event('CALL_CLOSED');
    });
  }

  it('shows the caller 180 before 200, and ends when the caller hangs up', async () => {
    const b = await use.callee(await account.extension('210'), 'answer', { ms: 300 });
    const messages = await call(await account.device(), '210', 'call-ringing', { first: 180 });
    await b.done;
    expect(timeOf(messages, 'SIP/2.0 180')).to.be.below(timeOf(messages, 'SIP/2.0 200'));
  });

  it('ends when the callee hangs up', async () => {
    const b = await use.callee(await account.extension('211'), 'answer-and-end', { ms: 300 });
    await call(await account.device(), '211', 'call-ended');
    await b.done;
  });

  it('that is given up while it rings is cancelled at the callee', async () => {
    const b = await use.callee(await account.extension('212'), 'ring');
    const messages = await call(await account.device(), '212', 'call-cancelled');
    expect(messages).to.include('SIP/2.0 487');
    await b.done;
  });

  it('to a busy phone goes to the child of the cause', async () => {
    const busy = await account.device();
    const other = await account.device();
    const children = {
      USER_BUSY: node('device', { id: other.id }),
      _: node('response', { code: 480, message: 'Wrong Child' }),
    };
    await account.callflow('213', node('device', { id: busy.id }, children));
    const [refusing, answering] = [
      await use.callee(busy, 'refuse', { status: 486 }),
      await use.callee(other, 'answer', { ms: 100 }),
    ];
    await call(await account.device(), '213');
    await Promise.all([refusing.done, answering.done]);
  });

  it('to a busy phone goes to the child of the SIP code', async () => {
    const busy = await account.device();
    const children = { 'sip:486': node('response', { code: 433, message: 'By Code' }) };
    await account.callflow('214', node('device', { id: busy.id }, children));
    const refusing = await use.callee(busy, 'refuse', { status: 486 });
    expect(await call(await account.device(), '214', 'call-fails', { status: 433 })).to.include('By Code');
    await refusing.done;
  });

  it('that nobody answers goes on with the next child', async () => {
    const silent = await account.device();
    const other = await account.device();
    const next = { _: node('device', { id: other.id }) };
    await account.callflow('215', node('device', { id: silent.id, timeout: 2 }, next));
    const ringing = await use.callee(silent, 'ring');
    const answering = await use.callee(other, 'answer', { ms: 100 });
    await call(await account.device(), '215');
    const [first, second] = await Promise.all([ringing.done, answering.done]);
    const rang = timeOf(first, 'CANCEL sip') - timeOf(first, 'INVITE sip');
    // A FreeSWITCH counts whole seconds.
    expect(rang).to.be.within(1000, 3200);
    expect(timeOf(second, 'INVITE sip')).to.be.at.least(timeOf(first, 'CANCEL sip') - 20);
  });

  it('to a phone that is not registered goes on with the next child at once', async () => {
    const absent = await account.device();
    const other = await account.device();
    await account.callflow('216', node('device', { id: absent.id }, { _: node('device', { id: other.id }) }));
    const answering = await use.callee(other, 'answer', { ms: 100 });
    const messages = await call(await account.device(), '216');
    await answering.done;
    expect(timeOf(messages, 'SIP/2.0 200') - timeOf(messages, 'INVITE sip')).to.be.below(5000);
  });

  it('that the callee rejects is refused to the caller', async () => {
    const b = await use.callee(await account.extension('217'), 'refuse', { status: 603 });
    const messages = await call(await account.device(), '217', 'call-fails', { status: 603 });
    expect(messages).not.to.include('SIP/2.0 200 OK');
    await b.done;
  });

  it('to a busy phone without children is busy for the caller', async () => {
    const b = await use.callee(await account.extension('218'), 'refuse', { status: 486 });
    await call(await account.device(), '218', 'call-fails', { status: 486 });
    await b.done;
  });

  it('rings all contacts of a device; one answers, the other is cancelled', async () => {
    const line = await account.extension('219');
    const ringing = await use.callee(line, 'ring');
    const answering = await use.callee(line, 'answer', { ms: 500 });
    await call(await account.device(), '219');
    await Promise.all([ringing.done, answering.done]);
  });

  it('can be held and taken back', async () => {
    const b = await use.callee(await account.extension('220'), 'answer', { ms: 100 });
    await call(await account.device(), '220', 'call-hold');
    await b.done;
  });

  it('is silent for the other side while it is held, and audible again afterwards', async () => {
    const a = await use.phone(await account.device(), { tone: 440 });
    const b = await use.phone(await account.extension('221'), { tone: 620 });
    a.dial('221');
    await Promise.all([a.hears(620), b.hears(440)]);
    a.hold();
    await b.hearsNo(440);
    a.resume();
    await b.hears(440, b.heard(440) + 600);
    a.hangup();
    await b.event('CALL_CLOSED');
  });

  it('to a number that nobody has is refused', async () => {
    await call(await account.device(), '2999', 'call-fails', { status: 604 });
  });

  it('over TCP from SIPp', async () => {
    const b = await use.callee(await account.extension('222'), 'answer', { ms: 100 });
    await call(await account.device(), '222', 'call', {}, { transport: 'tcp' });
    await b.done;
  });

  it('of a phone that has registered needs no second challenge when the edge knows its address', async () => {
    const line = await account.device();
    const [port] = (await freePorts(1)) as [number];
    await register(line, { port });
    const b = await use.callee(await account.extension('223'), 'answer', { ms: 100 });
    await call(line, '223', 'trunk-call', {}, { port });
    await b.done;
  });
});
