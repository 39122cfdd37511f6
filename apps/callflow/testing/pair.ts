// Two instances of callflow on one broker and one store, with a fake switch: calls begin on the first one.
import { systemConfig } from '../../../core/config/index.ts';
import type { FlowNode } from '../../../core/contract/index.ts';
import type { Database } from '../../../core/couch/index.ts';
import { channelStatusReq, channelStatusResp } from '../../../core/messages/call.ts';
import {
  type FakeBus,
  type FakeCall,
  type FakeSwitch,
  fakeBus,
  fakeSwitch,
  memoryStore,
} from '../../../core/testing/index.ts';
import { accountId, type Instance, prepareStore, startInstance } from './bench.ts';

export class Pair {
  readonly bus: FakeBus = fakeBus({ node: 'test@test' });
  readonly fake: FakeSwitch = fakeSwitch(this.bus.peer('ecallmgr@test'));
  /** What the switch side says of every leg. */
  status: 'active' | 'terminated' = 'active';
  readonly #store = memoryStore();
  readonly config = systemConfig(this.#store, { zone: 'z', node: 'n' });
  database!: Database;
  one!: Instance;
  two: Instance | undefined;

  static async open(): Promise<Pair> {
    const pair = new Pair();
    pair.database = await prepareStore(pair.#store);
    const switchSide = pair.bus.peer('ecallmgr@test');
    await switchSide.consume(
      { bindings: [{ exchange: 'callevt', key: 'call.status_req.#' }], contracts: [channelStatusReq] },
      async (request) => {
        const answer = { 'Call-ID': request.message['Call-ID'], Status: pair.status };
        await switchSide.reply(request, channelStatusResp, answer);
      },
    );
    pair.one = await startInstance(pair.bus.peer('callflow@one'), pair.#store);
    return pair;
  }

  async close(): Promise<void> {
    await Promise.all([this.one.stop(), this.two?.stop()]);
    await this.bus.close();
  }

  /** A call that runs on the first instance; the second one starts afterwards. */
  async call(flow: FlowNode, prepare: (call: FakeCall) => void = () => undefined): Promise<FakeCall> {
    await this.database.save({ _id: 'flow', pvt_type: 'callflow', numbers: ['2000'], flow });
    const routed = await this.fake.route({ accountId, number: '2000', prepare });
    if (!routed) throw new Error('callflow did not take the call');
    this.two = await startInstance(this.bus.peer('callflow@two'), this.#store);
    return routed;
  }

  /** A call that sleeps for a minute, then does what follows. */
  async sleeping(children: Record<string, FlowNode> = {}): Promise<FakeCall> {
    const flow = { module: 'sleep', data: { duration: 60 }, children };
    return this.call(flow, (it) => it.on('sleep', () => 'wait'));
  }

  /** The first instance dies, and the switch side gives the call away. */
  async dies(routed: FakeCall, fetchId?: string): Promise<void> {
    await this.bus.settled();
    await this.one.die();
    routed.commands.length = 0;
    await routed.resume(fetchId);
  }

  device(): Promise<unknown> {
    const sip = { username: 'd1', password: 'x' };
    return this.database.save({ _id: 'd1', pvt_type: 'device', name: 'd1', sip });
  }
}

/** The resume message from the last checkpoint, under a new fetch id. */
export function resumed(routed: FakeCall, fetchId: string) {
  const { Call, ...rest } = routed.checkpoints.at(-1)?.['Resume'] ?? {};
  const vars = { ...Call['Custom-Channel-Vars'], 'Fetch-ID': fetchId };
  return { ...rest, Call: { ...Call, 'Custom-Channel-Vars': vars } };
}
