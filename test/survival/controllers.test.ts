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
import type { FlowNode } from '../../core/contract/index.ts';
import { accountDatabase, type Store } from '../../core/couch/index.ts';
import { memoryStore } from '../../core/testing/index.ts';

describe('calls and their controllers, on a switch', () => {
  let live: Live;
  let store: Store;
  let one: Instance;
  let alice: Phone;
  let bob: Phone;
  let carol: Phone;

  before(async () => {
    ({ live } = await Live.openPair(accountId));
    store = memoryStore();
    await prepareStore(store);
    one = await startInstance(live.bus.peer('callflow@one'), store);
    alice = await live.target.phone('alice');
    bob = await live.target.phone('bob');
    carol = await live.target.phone('carol');
    await rings('2001', bob);
    await rings('2002', carol);
  });
  afterEach(() => live.clear());
  after(async () => {
    await one.stop();
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
    expect(one.actors.size, 'one flow is left').to.equal(1);
    expect(commands(first.id, 'hangup'), 'the flow that had it has let go').to.deep.equal([]);
    await third.hangup();
    await first.request('BYE');
    await live.event('report', first.id);
    await live.until('the end of the flow', () => (one.actors.size === 0 ? true : undefined));
  }).timeout(20_000);
});
