// A caller who waits in a parking slot, with real calls: its controller, its ecallmgr or the broker is away, and another phone takes it.
import { expect } from 'chai';
import {
  accountId,
  type Instance,
  node,
  prepareStore,
  startInstance,
} from '../../apps/callflow/testing/bench.ts';
import { edgeHeaders, Live, type Message, type PhoneCall } from '../../apps/ecallmgr/testing/live.ts';
import type { Member } from '../../apps/ecallmgr/testing/pair.ts';
import { accountDatabase, type Database } from '../../core/couch/index.ts';
import { memoryStore } from '../../core/testing/index.ts';

describe('a call in a parking slot, on a switch', () => {
  let live: Live;
  let members: readonly Member[];
  let callflows: Instance[];
  let database: Database;
  let waiting: PhoneCall;

  beforeEach(async () => {
    const opened = await Live.openPair(accountId);
    ({ live } = opened);
    members = [opened.one, opened.two];
    const store = memoryStore();
    await prepareStore(store);
    database = store.database(accountDatabase(accountId));
    callflows = [];
    for (const name of ['callflow@one', 'callflow@two'])
      callflows.push(await startInstance(live.bus.peer(name), store));
    for (const [number, action] of [
      ['3701', 'direct_park'],
      ['4701', 'retrieve'],
    ] as const)
      await database.save({
        _id: number,
        pvt_type: 'callflow',
        numbers: [number],
        flow: node('park', { action, slot: '701' }),
      });
    waiting = await (await live.target.phone('alice')).call('3701', { headers: edgeHeaders });
    await live.event('PARK_PARKED', waiting.id);
  });
  afterEach(async () => {
    await live.clear();
    await Promise.all(callflows.map((it) => it.stop()));
    await live.close();
  });

  const slot = async (): Promise<unknown> =>
    (await database.find('parking-slot-701', { fresh: true }))?.['slot'];
  const checkpoints = (): Message[] =>
    live.bus
      .named('checkpoint')
      .filter((it) => it['Call-ID'] === waiting.id && it['Event-Category'] === 'call');
  const hear = async (from: PhoneCall, to: PhoneCall): Promise<void> => {
    const heard = to.hears(1100, 5000);
    await from.sing(1100, 1200);
    expect(await heard).to.equal(true);
  };

  /** The process that has the call. */
  const owner = (): Instance => {
    const last = checkpoints().at(-1)?.['Server-ID'];
    const found = callflows.find(({ bus }) => bus.serverId === last);
    if (!found) throw new Error('nobody has the call');
    return found;
  };

  /** It is in its slot still, and another phone takes it out. */
  const taken = async (): Promise<PhoneCall> => {
    expect(await slot()).to.include({ 'Call-ID': waiting.id });
    const taker = await (await live.target.phone('bob')).call('4701', { headers: edgeHeaders });
    await live.event('CHANNEL_BRIDGE', waiting.id);
    await hear(taker, waiting);
    await hear(waiting, taker);
    return taker;
  };
  /** All is over when they part. */
  const parted = async (taker: PhoneCall): Promise<void> => {
    await waiting.hangup();
    await Promise.all([waiting, taker].map(({ id }) => live.event('report', id)));
    expect(await slot(), 'the slot is free').to.equal(undefined);
    expect(live.bus.named('PARK_PARKED'), 'it was parked once').to.have.length(1);
  };

  it('waits on when its callflow dies', async () => {
    const dead = owner();
    live.bus.kill(dead.bus);
    await live.until('another controller', () => (owner() === dead ? undefined : true));
    await parted(await taken());
  }).timeout(30_000);

  it('waits on when its ecallmgr dies', async () => {
    const owner = (await live.event('usurp_control', waiting.id))['Media-Node'];
    const [dead, survivor] = members[0]?.node === owner ? members : members.toReversed();
    await dead?.kill();
    await live.until('the takeover', () => survivor?.log.find(({ message }) => /took over/.test(message)));
    await parted(await taken());
  }).timeout(30_000);

  it('is taken while its callflow does not reach the broker', async () => {
    const back = live.bus.miss(owner().bus);
    const taker = await taken();
    back();
    await parted(taker);
  }).timeout(30_000);
});
