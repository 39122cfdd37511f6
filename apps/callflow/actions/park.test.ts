// park: who gets which slot, who is told, and how a call leaves its slot again.
import { expect } from 'chai';
import type { Database } from '../../../core/couch/index.ts';
import { channelStatusReq, channelStatusResp } from '../../../core/messages/call.ts';
import type { FakeBus, FakeCall } from '../../../core/testing/index.ts';
import { accountId, node, withBench } from '../testing/bench.ts';
import { Pair } from '../testing/pair.ts';

const slotIn = async (database: Database, number: string): Promise<Record<string, unknown> | undefined> =>
  (await database.find(`parking-slot-${number}`, { fresh: true }))?.['slot'] as
    | Record<string, unknown>
    | undefined;

const holding = (it: FakeCall): void => it.on('hold', () => 'wait');

/** The lamp of a slot goes out last. */
async function slotFreed(bus: FakeBus, times = 1): Promise<void> {
  const out = (): number => bus.named('dialog_update').filter((it) => it['State'] === 'terminated').length;
  while (out() < times) await new Promise((resolve) => setTimeout(resolve, 5));
  await bus.settled();
}

describe('callflow: park', () => {
  const bench = withBench();
  let alive: Set<string>;

  beforeEach(async () => {
    alive = new Set();
    const peer = bench.bus.peer('ecallmgr@status');
    await peer.consume(
      { bindings: [{ exchange: 'callevt', key: 'call.status_req.#' }], contracts: [channelStatusReq] },
      (request) => {
        const id = request.message['Call-ID'];
        return peer.reply(request, channelStatusResp, {
          'Call-ID': id,
          Status: alive.has(id) ? 'active' : 'terminated',
        });
      },
    );
  });

  const parked = async (data: object = {}, children = {}, options = {}): Promise<FakeCall> => {
    const call = await bench.call(node('park', { action: 'direct_park', slot: '701', ...data }, children), {
      prepare: holding,
      ...options,
    });
    alive.add(call.callId);
    await call.next('hold');
    return call;
  };
  const told = (name: string) => bench.bus.named(name);
  const lamps = () => told('dialog_update').map((it) => it['State']);
  const freed = (times = 1) => slotFreed(bench.bus, times);

  it('a call waits in its slot until another phone takes it, and is not hung up then', async () => {
    const call = await parked({ default_presence_type: 'confirmed' });
    expect(await slotIn(bench.database, '701')).to.include({
      'Call-ID': call.callId,
      'CID-Number': '1000',
      'Presence-ID': '2000701@test.example.org',
    });
    expect(told('PARK_PARKED')[0]).to.include({ 'Call-ID': call.callId, 'Parking-Slot': '701' });
    await call.event('CHANNEL_BRIDGE', { 'Other-Leg-Call-ID': 'x' });
    await freed();
    expect(told('PARK_RETRIEVED')[0]).to.include({ 'Call-ID': call.callId, 'Parking-Slot': '701' });
    expect(await slotIn(bench.database, '701')).to.equal(undefined);
    expect(lamps()).to.deep.equal(['confirmed', 'terminated']);
    expect(told('dialog_update')[0]).to.include({
      'Presence-ID': '2000701@test.example.org',
      'Call-ID': call.callId,
    });
    expect(call.names()).to.deep.equal(['answer', 'hold']);
  });

  it('a caller who gives up frees the slot', async () => {
    const call = await parked();
    await call.hangup();
    await freed();
    expect(told('PARK_ABANDONED')).to.have.length(1);
    expect(await slotIn(bench.database, '701')).to.equal(undefined);
    expect(lamps()).to.deep.equal(['early', 'terminated']);
  });

  it('a slot is taken while its call lives, and free when that is gone; without a number the lowest free one counts', async () => {
    const first = await parked();
    const second = await bench.fake.route({ accountId, number: '2000' });
    await second?.next('hangup');
    expect((await slotIn(bench.database, '701'))?.['Call-ID']).to.equal(first.callId);
    alive.clear();
    await bench.fake.route({ accountId, number: '2000', prepare: holding }).then((it) => it?.next('hold'));
    expect((await slotIn(bench.database, '701'))?.['Call-ID']).not.to.equal(first.callId);
    await bench.saveFlow(['3000'], node('park', { action: 'direct_park' }));
    for (const expected of ['101', '102']) {
      const it = await bench.fake.route({ accountId, number: '3000', prepare: holding });
      await it?.next('hold');
      expect((await slotIn(bench.database, expected))?.['Call-ID']).to.equal(it?.callId);
    }
  });

  it('no slot above the highest is used', async () => {
    const children = { MAX_SLOT_EXCEEDED: node('response', { code: 480 }) };
    const call = await bench.call(
      node('park', { action: 'direct_park', slot: '701', max_slot_number: 700 }, children),
    );
    expect(await call.next('respond')).to.include({ 'Response-Code': 480 });
  });

  it('is taken by number, from wherever the caller is; nobody there is said', async () => {
    const waiting = await parked();
    await bench.saveFlow([], node('park', { action: 'retrieve' }), { patterns: ['^\\*4(\\d+)$'] });
    const taker = await bench.fake.route({
      accountId,
      number: '*4701',
      prepare: (it) => it.on('call_pickup', () => 'wait'),
    });
    const pickup = await taker?.next('call_pickup');
    expect(pickup).to.include({ 'Target-Call-ID': waiting.callId, 'Unbridged-Only': true });
    await taker?.event('CHANNEL_BRIDGE', { 'Other-Leg-Call-ID': 'leg' });
    await waiting.event('CHANNEL_BRIDGE', { 'Other-Leg-Call-ID': 'leg' });
    await taker?.complete(pickup ?? {}, { 'Application-Response': 'SUCCESS' });
    await taker?.next('hangup');
    expect(taker?.names()).to.deep.equal(['call_pickup', 'hangup']);
    const late = await bench.fake.route({ accountId, number: '*4701' });
    await late?.next('hangup');
    expect(late?.names()).to.deep.equal(['answer', 'play', 'hangup']);
    expect(late?.commands[1]?.['Media-Name']).to.include('park-no_caller');
  });

  it('one that is gone is nobody, and leaves its slot', async () => {
    const waiting = await parked();
    await bench.saveFlow(['701'], node('park', { action: 'retrieve', slot: '701' }));
    const taker = await bench.fake.route({
      accountId,
      number: '701',
      prepare: (it) => it.on('call_pickup', () => 'refuse'),
    });
    await taker?.next('hangup');
    expect(taker?.names()).to.include('play');
    expect(await slotIn(bench.database, '701')).to.equal(undefined);
    expect(waiting.names()).to.deep.equal(['answer', 'hold']);
  });

  it('who parked by a blind transfer is rung after a while; unanswered, the call waits on or goes to its child', async () => {
    await bench.saveDevice('parker', { music_on_hold: { media_id: 'moh1' } });
    const vars = { 'Referred-To': '<sip:2000@x>', 'Referred-By': '<sip:user_parker@x>' };
    const call = await parked(
      { default_ringback_timeout: 20, slots: { '701': { callback_timeout: 7_000 } } },
      { '701': node('response', { code: 480 }) },
      {
        vars,
        prepare: (it: FakeCall) => {
          holding(it);
          it.on('bridge', () => ({ 'Application-Response': 'NO_ANSWER' }));
        },
      },
    );
    const ringing = await call.next('bridge');
    expect(ringing).to.include({
      Timeout: 7,
      'Insert-At': 'flush',
      'Outbound-Caller-ID-Name': 'Parking slot 701 - Caller',
    });
    expect(ringing['Endpoints'][0]['To-User']).to.equal('user_parker');
    expect(call.commands[1]?.['Hold-Media']).to.equal(`/${accountId}/moh1`);
    expect(await call.next('respond')).to.include({ 'Response-Code': 480 });
    expect(await slotIn(bench.database, '701')).to.equal(undefined);
  });

  it('the parker who answers talks; somebody who is quicker takes the call out of the ringing', async () => {
    await bench.saveDevice('parker');
    const options = {
      vars: { 'Referred-To': '<sip:2000@x>', 'Referred-By': '<sip:user_parker@x>' },
      prepare: (it: FakeCall) => {
        holding(it);
        it.on('bridge', () => 'wait');
      },
    };
    const answered = await parked({ default_ringback_timeout: 10 }, {}, options);
    const ringing = await answered.next('bridge');
    await answered.event('CHANNEL_BRIDGE', { 'Other-Leg-Call-ID': 'p', 'Bridge-B-Unique-ID': 'p' });
    await bench.bus.settled();
    expect(await slotIn(bench.database, '701')).to.equal(undefined);
    await answered.complete(ringing, { 'Application-Response': 'SUCCESS' });
    await answered.next('hangup');
    const quick = await bench.fake.route({ accountId, number: '2000', ...options });
    const rung = await quick?.next('bridge');
    await quick?.complete(rung ?? {}, { 'Application-Response': 'ORIGINATOR_CANCEL' });
    await quick?.event('CHANNEL_BRIDGE', { 'Other-Leg-Call-ID': 'x' });
    await freed(2);
    expect(quick?.names().at(-1), 'not hung up').to.equal('bridge');
    expect(told('PARK_RETRIEVED')).to.have.length(2);
  });

  it('a parker hears the number and holds the place for the call that he transfers', async () => {
    await bench.saveDevice('parker');
    const vars = { 'Authorizing-ID': 'parker' };
    const parker = await bench.call(node('park', { slot: '701' }), { vars });
    await parker.next('say');
    expect(parker.names()).to.deep.equal(['answer', 'play', 'say']);
    expect(await slotIn(bench.database, '701')).to.include({ 'Call-ID': parker.callId, Attended: true });
    alive.add(parker.callId);
    const other = await bench.fake.route({ accountId, number: '2000' });
    await other?.next('hangup');
    expect(other?.commands.at(-2)?.['Media-Name']).to.include('park-already_in_use');
    const to = `<sip:2000@x?Replaces=${encodeURIComponent(`${parker.callId};to-tag=a;from-tag=b`)}>`;
    const call = await bench.fake.route({
      accountId,
      number: '2000',
      vars: { 'Referred-To': to },
      prepare: holding,
    });
    await parker.hangup('ATTENDED_TRANSFER');
    await call?.next('hold');
    expect(await slotIn(bench.database, '701')).to.include({
      'Call-ID': call?.callId,
      Attended: false,
      'Ringback-ID': 'parker',
    });
    expect(told('PARK_PARKED')[0]).to.include({ 'Call-ID': call?.callId });
  });

  it('auto takes who is there, else parks', async () => {
    const flow = node('park', { action: 'auto', slot: '701' });
    const first = await bench.call(flow);
    await first.next('say');
    await bench.saveFlow(['2001'], node('park', { action: 'direct_park', slot: '702' }));
    const waiting = await bench.fake.route({ accountId, number: '2001', prepare: holding });
    await waiting?.next('hold');
    await bench.saveFlow(['2002'], node('park', { action: 'auto', slot: '702' }));
    const taker = await bench.fake.route({ accountId, number: '2002' });
    expect(await taker?.next('call_pickup')).to.include({ 'Target-Call-ID': waiting?.callId });
  });
});

describe('callflow: a parked call outlives its instance', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await Pair.open();
  });
  afterEach(() => pair.close());

  const flow = node('park', { action: 'direct_park', slot: '701' });

  it('it stays in its slot, is told of once, and can be taken', async () => {
    const call = await pair.call(flow, holding);
    await call.next('hold');
    await pair.dies(call);
    await call.next('hold');
    expect((await slotIn(pair.database, '701'))?.['Call-ID']).to.equal(call.callId);
    expect(pair.bus.named('PARK_PARKED')).to.have.length(1);
    await call.event('CHANNEL_BRIDGE', { 'Other-Leg-Call-ID': 'x' });
    await slotFreed(pair.bus);
    expect(pair.bus.named('PARK_RETRIEVED')).to.have.length(1);
    expect(call.names()).to.deep.equal(['noop', 'hold']);
  });

  it('one that was taken while nobody had it is left alone, and its slot is freed', async () => {
    const call = await pair.call(flow, (it) => {
      holding(it);
      // The switch side tells the next one again what nobody has heard.
      it.on('noop', async () => {
        await it.event('CHANNEL_BRIDGE', { 'Other-Leg-Call-ID': 'x' });
        return {};
      });
    });
    await call.next('hold');
    await pair.dies(call);
    await call.next('noop');
    await slotFreed(pair.bus);
    expect(call.names()).to.deep.equal(['noop']);
    expect(await slotIn(pair.database, '701')).to.equal(undefined);
    expect(pair.bus.named('PARK_RETRIEVED')).to.have.length(1);
  });
});
