// Callflow and the switch side together, with real calls: phones that transfer, and controllers that die or are drained.
import { expect } from 'chai';
import {
  accountId,
  type Instance,
  node,
  prepareStore,
  startInstance,
} from '../../apps/callflow/testing/bench.ts';
import {
  edgeHeaders,
  Live,
  type Message,
  type Phone,
  type PhoneCall,
} from '../../apps/ecallmgr/testing/live.ts';
import { trunkstore } from '../../apps/trunkstore/app.ts';
import { carrierDocument } from '../../apps/trunkstore/testing/bench.ts';
import type { Bus } from '../../core/amqp/index.ts';
import type { AppContext, RunningApp } from '../../core/app/index.ts';
import { systemConfig as configOf } from '../../core/config/index.ts';
import type { FlowNode } from '../../core/contract/index.ts';
import { accountDatabase, type Store } from '../../core/couch/index.ts';
import { fakeMetrics, memoryStore, silentLog } from '../../core/testing/index.ts';

describe('calls and their controllers, on a switch', () => {
  let live: Live;
  let store: Store;
  let callflows: Instance[];
  let alice: Phone;
  let bob: Phone;
  let carol: Phone;

  beforeEach(async () => {
    ({ live } = await Live.openPair(accountId));
    store = memoryStore();
    await prepareStore(store);
    callflows = [];
    for (const name of ['callflow@one', 'callflow@two'])
      callflows.push(await startInstance(live.bus.peer(name), store));
    alice = await live.target.phone('alice');
    bob = await live.target.phone('bob');
    carol = await live.target.phone('carol');
    await rings('2001', bob);
    await rings('2002', carol);
  });
  afterEach(async () => {
    await live.clear();
    await Promise.all(callflows.map((it) => it.stop()));
    await live.close();
  });

  const flow = async (number: string, root: FlowNode): Promise<void> => {
    const flowDocument = { _id: number, pvt_type: 'callflow', numbers: [number], flow: root };
    await store.database(accountDatabase(accountId)).save(flowDocument);
  };
  const rings = async (number: string, phone: Phone): Promise<void> => {
    const sip = {
      username: phone.name,
      invite_format: 'route',
      route: `sip:${phone.name}@127.0.0.1:${phone.port}`,
    };
    const device = { _id: phone.name, pvt_type: 'device', name: phone.name, sip };
    await store.database(accountDatabase(accountId)).save(device);
    await flow(number, node('device', { id: phone.name }));
  };
  const talks = async (from: PhoneCall, to: PhoneCall): Promise<boolean> => {
    const heard = to.hears(1100, 3000);
    await from.sing(1100, 1200);
    return heard;
  };
  const commands = (callId: string, name: string): Message[] =>
    live.bus.named(name).filter((it) => it['Call-ID'] === callId);

  const checkpoints = (callId: string): Message[] =>
    commands(callId, 'checkpoint').filter((it) => it['Event-Category'] === 'call');
  /** The instance that has the call, and the other one. */
  const ownersOf = (callId: string): { owner: Instance; other: Instance } => {
    const last = checkpoints(callId).at(-1)?.['Server-ID'];
    const [first, second] = callflows as [Instance, Instance];
    return first.bus.serverId === last ? { owner: first, other: second } : { owner: second, other: first };
  };
  /** Resolves when the other instance has the call. */
  const takenBy = ({ bus }: Instance, callId: string): Promise<unknown> =>
    live.until('another controller', () =>
      checkpoints(callId).find((it) => it['Server-ID'] === bus.serverId),
    );
  const dies = async (callId: string): Promise<Instance> => {
    const { owner, other } = ownersOf(callId);
    live.bus.kill(owner.bus);
    await takenBy(other, callId);
    return other;
  };
  const flows = (): number => callflows.reduce((sum, { actors }) => sum + actors.size, 0);
  const over = (): Promise<unknown> =>
    live.until('the end of every flow', () => (flows() === 0 ? true : undefined));

  /** A caller who has pressed 1 in a menu, where 12 rings Bob. */
  const inMenu = async (): Promise<PhoneCall> => {
    const prompt = 'tone_stream://%(60000,0,700)';
    const menu = { _id: 'm', pvt_type: 'menu', name: 'm', timeout: 20_000, interdigit_timeout: 10_000 };
    await store
      .database(accountDatabase(accountId))
      .save({ ...menu, hunt: false, media: { greeting: prompt } });
    await flow('3000', node('menu', { id: 'm' }, { '12': node('device', { id: 'bob' }) }));
    const call = await alice.call('3000', { headers: edgeHeaders });
    await call.response(200);
    expect(await call.hears(700)).to.equal(true);
    await call.leg.sendDtmf('1');
    await live.until('the digit', () =>
      checkpoints(call.id).find((it) => (it['Resume'] as Message)['Note'] !== undefined),
    );
    return call;
  };

  it('a caller in a menu goes on in it, with the digits there are', async () => {
    const call = await inMenu();
    const { owner, other } = ownersOf(call.id);
    live.bus.kill(owner.bus);
    // Nobody controls the call now, and nobody hears the keys.
    await call.leg.sendDtmf('2#');
    await takenBy(other, call.id);
    (await bob.incoming()).answer();
    await live.event('CHANNEL_BRIDGE', call.id);
    await live.end(call.id);
  }).timeout(20_000);

  it('a key that was pressed while the broker was away counts when it is back', async () => {
    const call = await inMenu();
    const back = live.bus.miss(ownersOf(call.id).owner.bus);
    await call.leg.sendDtmf('2#');
    await live.event('DTMF', call.id, (it) => it['DTMF-Digit'] === '#');
    await live.bus.settled();
    back();
    (await bob.incoming()).answer();
    await live.event('CHANNEL_BRIDGE', call.id);
    await live.end(call.id);
  }).timeout(20_000);

  it('a bridge goes on, rings nobody again, and the flow behind it ends the call', async () => {
    const call = await alice.call('2001', { headers: edgeHeaders });
    const peer = await bob.incoming();
    peer.answer();
    await live.event('CHANNEL_BRIDGE', call.id);
    await dies(call.id);
    expect(await talks(call, peer)).to.equal(true);
    expect(bob.calls, 'bob was called once').to.have.length(1);
    await peer.hangup();
    await call.request('BYE');
    expect((await live.event('report', call.id))['Hangup-Cause']).to.equal('NORMAL_CLEARING');
  }).timeout(20_000);

  it('phones ring on, and who answers has the call', async () => {
    const call = await alice.call('2001', { headers: edgeHeaders });
    const peer = await bob.incoming();
    peer.respond(180);
    await live.event('CHANNEL_PROGRESS', peer.id);
    await dies(call.id);
    peer.answer();
    await live.event('CHANNEL_BRIDGE', call.id);
    expect(await talks(call, peer)).to.equal(true);
    expect(bob.calls).to.have.length(1);
    await live.end(call.id);
  }).timeout(20_000);

  it('a drained instance hands its calls over at once', async () => {
    await flow('3001', node('play', { id: 'tone_stream://%(60000,0,700)' }));
    const call = await alice.call('3001', { headers: edgeHeaders });
    expect(await call.hears(700)).to.equal(true);
    const { owner, other } = ownersOf(call.id);
    const began = performance.now();
    await Promise.all([owner.app.drain?.(), takenBy(other, call.id)]);
    expect(performance.now() - began).to.be.below(1500);
    expect(await call.hears(700)).to.equal(true);
    await live.end(call.id);
    await over();
  }).timeout(20_000);

  describe('at a carrier', () => {
    let trunkstores: { readonly bus: Bus; readonly app: RunningApp }[];

    beforeEach(async () => {
      for (const name of ['offnet', 'sip_auth', 'accounts'] as const) await store.ensure(name, name);
      const gateways = [{ server: '127.0.0.1', port: carol.port }];
      await store.database('offnet').save(carrierDocument('c1', { gateways }));
      trunkstores = [];
      for (const name of ['trunkstore@one', 'trunkstore@two']) {
        const bus = live.bus.peer(name);
        const systemConfig = configOf(store, { zone: 'z', node: name });
        const around = { metrics: fakeMetrics(), log: silentLog(), settings: { zone: 'z' } };
        const app = await trunkstore.start({ bus, store, systemConfig, ...around } as unknown as AppContext);
        trunkstores.push({ bus, app });
      }
      await flow('3002', node('offnet', { to_did: '+14155550199' }));
    });
    afterEach(async () => {
      await Promise.all(trunkstores.map(({ app }) => app.stop()));
    });

    const trunkstoreDies = async (callId: string): Promise<void> => {
      const bridge = await live.seen('bridge', (it) => it['Call-ID'] === callId);
      const [dead] = trunkstores.filter(({ bus }) => bus.serverId === bridge['Server-ID']);
      if (dead) live.bus.kill(dead.bus);
    };

    it('a call rings on, is connected, and its end is noticed though its trunkstore is dead', async () => {
      const call = await alice.call('3002', { headers: edgeHeaders });
      const peer = await carol.incoming();
      peer.respond(180);
      await trunkstoreDies(call.id);
      peer.answer();
      await live.event('CHANNEL_BRIDGE', call.id);
      expect(await talks(call, peer)).to.equal(true);
      await peer.hangup();
      await call.request('BYE');
      expect(carol.calls, 'one carrier, one call').to.have.length(1);
      expect(live.bus.named('offnet_req')).to.have.length(1);
      await over();
    }).timeout(20_000);

    it('a call goes on in another callflow, whose trunkstore is another process', async () => {
      const call = await alice.call('3002', { headers: edgeHeaders });
      const peer = await carol.incoming();
      peer.answer();
      await live.event('CHANNEL_BRIDGE', call.id);
      await dies(call.id);
      expect(await talks(call, peer)).to.equal(true);
      await peer.hangup();
      await call.request('BYE');
      expect(carol.calls).to.have.length(1);
    }).timeout(20_000);
  });

  it('the flow of a consultation goes on with the caller who is transferred into it', async () => {
    const first = await alice.call('2001', { headers: edgeHeaders });
    const kept = await bob.incoming();
    kept.answer();
    await live.event('CHANNEL_BRIDGE', first.id);
    await kept.hold(true);
    const consulting = await bob.call('2002', { headers: edgeHeaders });
    const third = await carol.incoming();
    third.answer();
    await live.event('CHANNEL_BRIDGE', consulting.id);
    const tags = `to-tag=${consulting.dialog?.remoteTag};from-tag=${consulting.dialog?.localTag}`;
    const replaces = encodeURIComponent(`${consulting.id};${tags}`);
    const { host, sipPort } = live.target;
    const target = `<sip:2002@${host}:${sipPort}?Replaces=${replaces}>`;
    const headers = { 'Refer-To': target, 'Referred-By': '<sip:bob@demo.local>' };
    expect((await kept.send('REFER', { headers })).status).to.equal(202);
    await live.event('CHANNEL_REPLACED', consulting.id);
    await live.event('report', consulting.id);
    expect(await talks(first, third)).to.equal(true);
    await live.until('the end of the first flow', () => (flows() === 1 ? true : undefined));
    expect(commands(first.id, 'hangup'), 'the flow that had it has let go').to.deep.equal([]);
    await third.hangup();
    await first.request('BYE');
    await live.event('report', first.id);
    await over();
  }).timeout(20_000);
});
