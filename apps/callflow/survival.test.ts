// Two instances of callflow share calls: one dies or is drained, the other goes on where it was.
import { expect } from 'chai';
import { systemConfig } from '../../core/config/index.ts';
import type { FlowNode } from '../../core/contract/index.ts';
import type { Database } from '../../core/couch/index.ts';
import { callEvent, channelStatusReq, channelStatusResp, usurpControl } from '../../core/messages/call.ts';
import { resume } from '../../core/messages/callflow.ts';
import { offnetReq, offnetResp } from '../../core/messages/resource.ts';
import {
  type FakeBus,
  type FakeCall,
  type FakeSwitch,
  fakeBus,
  fakeSwitch,
  memoryStore,
} from '../../core/testing/index.ts';
import { accountId, type Instance, node, prepareStore, startInstance } from './testing/bench.ts';

describe('callflow: a call outlives its instance', () => {
  let bus: FakeBus;
  let database: Database;
  let config: ReturnType<typeof systemConfig>;
  let fake: FakeSwitch;
  let one: Instance;
  let two: Instance;
  let status: 'active' | 'terminated';
  let startTwo: () => Promise<void>;

  beforeEach(async () => {
    bus = fakeBus({ node: 'test@test' });
    const store = memoryStore();
    database = await prepareStore(store);
    config = systemConfig(store, { zone: 'z', node: 'n' });
    fake = fakeSwitch(bus.peer('ecallmgr@test'));
    status = 'active';
    const switchSide = bus.peer('ecallmgr@test');
    await switchSide.consume(
      { bindings: [{ exchange: 'callevt', key: 'call.status_req.#' }], contracts: [channelStatusReq] },
      async (request) => {
        const answer = { 'Call-ID': request.message['Call-ID'], Status: status };
        await switchSide.reply(request, channelStatusResp, answer);
      },
    );
    one = await startInstance(bus.peer('callflow@one'), store);
    startTwo = async () => {
      two = await startInstance(bus.peer('callflow@two'), store);
    };
  });
  afterEach(async () => {
    await Promise.all([one.stop(), two?.stop()]);
    await bus.close();
  });

  /** A call that runs on the first instance; the second one starts afterwards. */
  const call = async (flow: FlowNode, prepare: (call: FakeCall) => void = () => undefined) => {
    await database.save({ _id: 'flow', pvt_type: 'callflow', numbers: ['2000'], flow });
    const routed = await fake.route({ accountId, number: '2000', prepare });
    if (!routed) throw new Error('callflow did not take the call');
    await startTwo();
    return routed;
  };
  const dies = async (routed: FakeCall): Promise<void> => {
    await bus.settled();
    await one.die();
    routed.commands.length = 0;
    await routed.resume();
  };
  const resumed = (routed: FakeCall, fetchId: string) => {
    const { Call, ...rest } = routed.checkpoints.at(-1)?.['Resume'] ?? {};
    const vars = { ...Call['Custom-Channel-Vars'], 'Fetch-ID': fetchId };
    return { ...rest, Call: { ...Call, 'Custom-Channel-Vars': vars } };
  };
  const bridging = (result: 'wait' | object) => (it: FakeCall) => it.on('bridge', () => result as 'wait');
  const device = () =>
    database.save({ _id: 'd1', pvt_type: 'device', name: 'd1', sip: { username: 'd1', password: 'x' } });

  it('tells before each node where the call stands, and what controls it', async () => {
    const rest = node('noop', {}, { _: node('sleep', { duration: 1 }) });
    const routed = await call(rest);
    await routed.next('hangup');
    expect(routed.checkpoints.map((it) => it['Resume'].Flow.module)).to.deep.equal([
      'noop',
      'sleep',
      'sleep',
    ]);
    const [first] = routed.checkpoints;
    expect(first).to.include({ 'Server-ID': one.bus.serverId, 'Insert-At': 'now', Node: 'callflow@one' });
    expect(first?.['Resume']).to.deep.include({ Flow: rest, Begun: true });
    expect(first?.['Resume'].Call).to.include({
      'Call-ID': routed.callId,
      'Control-Queue': routed.controlQueue,
      'Account-ID': accountId,
    });
    expect(first?.['Resume'].Call['Custom-Channel-Vars']['Fetch-ID']).to.equal(`fetch-${routed.callId}`);
  });

  it('in a menu: the caller keeps the tries and the digits, and hears the prompt again without digits', async () => {
    await database.save({ _id: 'm', pvt_type: 'menu', name: 'm', retries: 3, timeout: 60_000, hunt: false });
    const routed = await call(node('menu', { id: 'm' }, { '12': node('response', { code: 480 }) }));
    await routed.next('play');
    await routed.digits('99#');
    await routed.next('play');
    await routed.next('play');
    await routed.digits('1');
    await bus.settled();
    expect(routed.checkpoints.at(-1)?.['Resume'].Note).to.deep.equal({ Retries: 2, Digits: '1' });
    await dies(routed);
    await routed.next('noop');
    await bus.settled();
    expect(routed.names(), 'what played is broken off, and no prompt with digits').to.deep.equal(['noop']);
    expect(routed.commands[0]).to.include({ 'Insert-At': 'flush', 'Server-ID': two.bus.serverId });
    await routed.digits('2#');
    expect(await routed.next('respond')).to.include({ 'Response-Code': 480 });
  });

  it('repeats what was interrupted, skips what must not happen twice', async () => {
    const routed = await call(
      node('play', { id: 'm1' }, { _: node('noop', {}, { _: node('tts', { text: 'x' }) }) }),
      (it) => {
        it.on('play', () => 'wait');
        it.on('tts', () => 'wait');
      },
    );
    await routed.next('play');
    await dies(routed);
    await routed.next('play');
    expect(routed.names()).to.deep.equal(['noop', 'answer', 'play']);
    await bus.publish(usurpControl, { 'Call-ID': routed.callId, 'Fetch-ID': 'third' });
    await bus.settled();
    await bus.publish(resume, {
      ...resumed(routed, 'third'),
      Flow: node('noop', {}, { _: node('tts', { text: 'x' }) }),
    });
    await routed.next('tts');
    expect(
      routed.names().filter((it) => it === 'noop'),
      'only to flush',
    ).to.have.length(2);
  });

  it('waits for a bridge that runs, and does not ring again', async () => {
    await device();
    const routed = await call(node('device', { id: 'd1' }, { _: node('response') }), bridging('wait'));
    const ringing = await routed.next('bridge');
    await routed.event('CHANNEL_BRIDGE', { 'Other-Leg-Call-ID': 'b' });
    await dies(routed);
    await routed.next('noop');
    await bus.settled();
    expect(routed.names()).to.deep.equal(['noop']);
    await routed.complete(ringing, { 'Application-Response': 'SUCCESS' });
    await routed.next('hangup');
    expect(routed.names()).to.deep.equal(['noop', 'hangup']);
  });

  it('waits for phones that ring, and goes on as they answer', async () => {
    await device();
    const routed = await call(node('device', { id: 'd1' }, { _: node('response') }), bridging('wait'));
    const ringing = await routed.next('bridge');
    await dies(routed);
    await routed.next('noop');
    await routed.complete(ringing, { 'Application-Response': 'USER_BUSY' });
    await routed.next('respond');
    expect(routed.names()).to.deep.equal(['noop', 'respond', 'hangup'].slice(0, 2));
  });

  it('is told again how a bridge ended that nobody heard of', async () => {
    await device();
    const routed = await call(
      node('device', { id: 'd1' }, { NO_ANSWER: node('response', { code: 404 }) }),
      bridging('wait'),
    );
    const ringing = await routed.next('bridge');
    await bus.settled();
    await one.die();
    await routed.complete(ringing, { 'Application-Response': 'NO_ANSWER' });
    await routed.resume();
    expect(await routed.next('respond')).to.include({ 'Response-Code': 404 });
    expect(
      routed.names().filter((it) => it === 'bridge'),
      'it rang once',
    ).to.have.length(1);
  });

  it('comes back from a branch that began in the other instance', async () => {
    const inner = node('sleep', { duration: 60 }, { _: node('noop') });
    await database.save({ _id: 'inner', pvt_type: 'callflow', numbers: ['x'], flow: inner });
    const routed = await call(
      node('callflow', { id: 'inner' }, { _: node('response', { code: 410 }) }),
      (it) => it.on('sleep', () => 'wait'),
    );
    await routed.next('sleep');
    await bus.settled();
    expect(routed.checkpoints.at(-1)?.['Resume']).to.deep.include({
      Flow: inner,
      Stack: [node('response', { code: 410 })],
      Branches: 1,
    });
    await dies(routed);
    const again = await routed.next('sleep');
    expect(again['Time']).to.be.within(1, 60_000);
    await routed.complete(again);
    expect(await routed.next('respond')).to.include({ 'Response-Code': 410 });
  });

  it('takes a call once, however often it is told to', async () => {
    const routed = await call(node('sleep', { duration: 60 }), (it) => it.on('sleep', () => 'wait'));
    await routed.next('sleep');
    await bus.settled();
    await one.die();
    routed.commands.length = 0;
    await routed.resume('f2');
    await routed.next('sleep');
    const { Resume: last } = routed.checkpoints.at(-1) ?? {};
    await bus.publish(resume, last);
    await bus.settled();
    expect(routed.names()).to.deep.equal(['noop', 'sleep']);
    await bus.publish(usurpControl, { 'Call-ID': routed.callId, 'Fetch-ID': 'f3' });
    await bus.settled();
    expect(two.actors.size, 'it lets go').to.equal(0);
  });

  it('does not take a call that has ended', async () => {
    const routed = await call(node('sleep', { duration: 60 }), (it) => it.on('sleep', () => 'wait'));
    await routed.next('sleep');
    status = 'terminated';
    await dies(routed);
    await bus.settled();
    expect(routed.names()).to.deep.equal([]);
    expect(two.actors.size).to.equal(0);
  });

  it('drained, it hands its calls over; the new one goes on and the old one says nothing more', async () => {
    const routed = await call(node('sleep', { duration: 60 }), (it) => it.on('sleep', () => 'wait'));
    await routed.next('sleep');
    const drained = one.app.drain?.();
    await bus.settled();
    const last = routed.checkpoints.at(-1);
    expect(last).to.include({ 'Hand-Over': true });
    routed.commands.length = 0;
    await bus.publish(resume, resumed(routed, 'f2'));
    await routed.next('sleep');
    await bus.publish(usurpControl, { 'Call-ID': routed.callId, 'Fetch-ID': 'f2' });
    await drained;
    expect(routed.names()).to.deep.equal(['noop', 'sleep']);
    expect(one.actors.size).to.equal(0);
  });

  it('drained, it keeps the calls that nobody takes, to their end', async () => {
    const routed = await call(node('sleep', { duration: 60 }, { _: node('noop') }), (it) =>
      it.on('sleep', () => 'wait'),
    );
    await routed.next('sleep');
    const drained = one.app.drain?.();
    await bus.settled();
    routed.commands.length = 0;
    await bus.publish(usurpControl, { 'Call-ID': routed.callId, 'Fetch-ID': `fetch-${routed.callId}` });
    await routed.complete(await routed.next('sleep'));
    await routed.next('hangup');
    await drained;
    expect(routed.names()).to.deep.equal(['noop', 'sleep', 'noop', 'hangup']);
    expect(
      await fake.route({ accountId, number: '2000' }, 1000),
      'the other one takes new calls',
    ).to.not.equal(undefined);
  });

  it('goes on with a call that another leg has replaced', async () => {
    const routed = await call(node('sleep', { duration: 60 }, { _: node('noop') }), (it) =>
      it.on('sleep', () => 'wait'),
    );
    const sleeping = await routed.next('sleep');
    const tell = (
      callId: string,
      name: 'CHANNEL_DESTROY' | 'CHANNEL_TRANSFEREE' | 'CHANNEL_ANSWER',
      more = {},
    ) => bus.publish(callEvent, { 'Call-ID': callId, 'Event-Name': name, ...more });
    await routed.event('CHANNEL_REPLACED', { 'Replaced-By': 'new-leg' });
    await bus.settled();
    await tell('new-leg', 'CHANNEL_TRANSFEREE', { 'Transfer-Type': 'attended' });
    await tell(routed.callId, 'CHANNEL_DESTROY', { 'Hangup-Cause': 'ATTENDED_TRANSFER' });
    await bus.settled();
    await routed.complete(sleeping);
    await bus.publish(
      callEvent,
      {
        'Call-ID': 'new-leg',
        'Event-Name': 'CHANNEL_EXECUTE_COMPLETE',
        'Application-Name': 'sleep',
      },
      { messageId: sleeping['Msg-ID'] },
    );
    const next = await routed.next('noop');
    expect(next['Call-ID']).to.equal('new-leg');
    expect(routed.checkpoints.at(-1)?.['Resume'].Call).to.include({
      'Call-ID': 'new-leg',
      'Control-Queue': routed.controlQueue,
    });
    await tell('new-leg', 'CHANNEL_DESTROY');
  });

  describe('given to the carriers', () => {
    beforeEach(() => config.set('callflow', 'carrier_patience', 200));
    const job = async (serve: (attempt: number) => object | undefined) => {
      const carriers = bus.peer('trunkstore@test');
      let attempts = 0;
      await carriers.consume(
        {
          queue: 'stepswitch_listener',
          bindings: [{ exchange: 'resources', key: 'offnet.resource.req.audio' }],
          contracts: [offnetReq],
        },
        async (request) => {
          attempts += 1;
          const answer = serve(attempts) as { 'Response-Message': string } | undefined;
          if (answer) await carriers.reply(request, offnetResp, answer);
        },
      );
    };

    it('is given to another trunkstore when nobody begins anything', async () => {
      await job((attempt) => (attempt === 1 ? undefined : { 'Response-Message': 'NO_ROUTE_DESTINATION' }));
      const routed = await call(
        node('offnet', {}, { NO_ROUTE_DESTINATION: node('response', { code: 404 }) }),
      );
      expect(await routed.next('respond')).to.include({ 'Response-Code': 404 });
      expect(routed.names(), 'asked whether anything runs; what came late is void').to.deep.equal([
        'noop',
        'noop',
        'noop',
        'respond',
      ]);
    });

    it('ends with its bridge, though nobody says so', async () => {
      await job(() => undefined);
      const routed = await call(node('offnet'));
      await bus.settled();
      await routed.event('CHANNEL_BRIDGE', { 'Other-Leg-Call-ID': 'b' });
      await dies(routed);
      await routed.next('hangup');
      expect(routed.names()).to.deep.equal(['noop', 'hangup']);
    });
  });
});
