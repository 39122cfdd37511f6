// Two instances of callflow share calls: one dies, the other goes on where it was.
import { expect } from 'chai';
import { callEvent, usurpControl } from '../../core/messages/call.ts';
import { resume } from '../../core/messages/callflow.ts';
import type { FakeCall } from '../../core/testing/index.ts';
import { accountId, node } from './testing/bench.ts';
import { Pair, resumed } from './testing/pair.ts';

describe('callflow: a call outlives its instance', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await Pair.open();
  });
  afterEach(() => pair.close());

  const bridging = (it: FakeCall) => it.on('bridge', () => 'wait');

  it('tells before each node where the call stands, and what controls it', async () => {
    const rest = node('noop', {}, { _: node('sleep', { duration: 1 }) });
    const routed = await pair.call(rest);
    await routed.next('hangup');
    expect(routed.checkpoints.map((it) => it['Resume'].Flow.module)).to.deep.equal(['noop', 'sleep']);
    const [first] = routed.checkpoints;
    expect(first).to.include({
      'Server-ID': pair.one.bus.serverId,
      'Insert-At': 'now',
      Node: 'callflow@one',
    });
    expect(first?.['Resume']).to.deep.include({ Flow: rest, Begun: true });
    expect(first?.['Resume'].Call).to.include({
      'Call-ID': routed.callId,
      'Control-Queue': routed.controlQueue,
      'Account-ID': accountId,
    });
    expect(first?.['Resume'].Call['Custom-Channel-Vars']['Fetch-ID']).to.equal(`fetch-${routed.callId}`);
  });

  it('in a menu: the caller keeps the tries and the digits, and hears the prompt again without digits', async () => {
    await pair.database.save({
      _id: 'm',
      pvt_type: 'menu',
      name: 'm',
      retries: 3,
      timeout: 60_000,
      hunt: false,
    });
    const routed = await pair.call(node('menu', { id: 'm' }, { '12': node('response', { code: 480 }) }));
    await routed.next('play');
    await routed.digits('99#');
    await routed.next('play');
    await routed.next('play');
    await routed.digits('1');
    // It waits for a command first, to be told with that.
    const noted = (): object | undefined => routed.checkpoints.at(-1)?.['Resume'].Note;
    while (!('Digits' in (noted() ?? {}))) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(noted()).to.deep.equal({ Retries: 2, Digits: '1' });
    await pair.dies(routed);
    await routed.next('noop');
    await pair.bus.settled();
    expect(routed.names(), 'what played is broken off, and no prompt with digits').to.deep.equal(['noop']);
    expect(routed.commands[0]).to.include({ 'Insert-At': 'flush', 'Server-ID': pair.two?.bus.serverId });
    await routed.digits('2#');
    expect(await routed.next('respond')).to.include({ 'Response-Code': 480 });
  });

  it('repeats what was interrupted, skips what must not happen twice', async () => {
    const routed = await pair.call(
      node('play', { id: 'm1' }, { _: node('noop', {}, { _: node('tts', { text: 'x' }) }) }),
      (it) => {
        it.on('play', () => 'wait');
        it.on('tts', () => 'wait');
      },
    );
    await routed.next('play');
    await pair.dies(routed);
    await routed.next('play');
    expect(routed.names()).to.deep.equal(['noop', 'answer', 'play']);
    await pair.bus.publish(usurpControl, { 'Call-ID': routed.callId, 'Fetch-ID': 'third' });
    await pair.bus.settled();
    await pair.bus.publish(resume, {
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
    await pair.device();
    const routed = await pair.call(node('device', { id: 'd1' }, { _: node('response') }), bridging);
    const ringing = await routed.next('bridge');
    await routed.event('CHANNEL_BRIDGE', { 'Other-Leg-Call-ID': 'b' });
    await pair.dies(routed);
    await routed.next('noop');
    await pair.bus.settled();
    expect(routed.names()).to.deep.equal(['noop']);
    await routed.complete(ringing, { 'Application-Response': 'SUCCESS' });
    await routed.next('hangup');
    expect(routed.names()).to.deep.equal(['noop', 'hangup']);
  });

  it('waits for phones that ring, and goes on as they answer', async () => {
    await pair.device();
    const routed = await pair.call(node('device', { id: 'd1' }, { _: node('response') }), bridging);
    const ringing = await routed.next('bridge');
    await pair.dies(routed);
    await routed.next('noop');
    await routed.complete(ringing, { 'Application-Response': 'USER_BUSY' });
    await routed.next('respond');
    expect(routed.names()).to.deep.equal(['noop', 'respond', 'hangup'].slice(0, 2));
  });

  it('is told again how a bridge ended that nobody heard of', async () => {
    await pair.device();
    const routed = await pair.call(
      node('device', { id: 'd1' }, { NO_ANSWER: node('response', { code: 404 }) }),
      bridging,
    );
    const ringing = await routed.next('bridge');
    await pair.bus.settled();
    await pair.one.die();
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
    await pair.database.save({ _id: 'inner', pvt_type: 'callflow', numbers: ['x'], flow: inner });
    const routed = await pair.call(
      node('callflow', { id: 'inner' }, { _: node('response', { code: 410 }) }),
      (it) => it.on('sleep', () => 'wait'),
    );
    await routed.next('sleep');
    await pair.bus.settled();
    expect(routed.checkpoints.at(-1)?.['Resume']).to.deep.include({
      Flow: inner,
      Stack: [node('response', { code: 410 })],
      Branches: 1,
    });
    await pair.dies(routed);
    const again = await routed.next('sleep');
    expect(again['Time']).to.be.within(1, 60_000);
    await routed.complete(again);
    expect(await routed.next('respond')).to.include({ 'Response-Code': 410 });
  });

  it('takes a call once, however often it is told to', async () => {
    const routed = await pair.sleeping();
    await routed.next('sleep');
    await pair.bus.settled();
    await pair.one.die();
    routed.commands.length = 0;
    await routed.resume('f2');
    await routed.next('sleep');
    const { Resume: last } = routed.checkpoints.at(-1) ?? {};
    await pair.bus.publish(resume, last);
    await pair.bus.settled();
    expect(routed.names()).to.deep.equal(['noop', 'sleep']);
    await pair.bus.publish(usurpControl, { 'Call-ID': routed.callId, 'Fetch-ID': 'f3' });
    await pair.bus.settled();
    expect(pair.two?.actors.size, 'it lets go').to.equal(0);
  });

  it('refuses a call of which it is not told where it stands, and says so', async () => {
    const routed = await pair.sleeping();
    await routed.next('sleep');
    await pair.bus.settled();
    await pair.one.die();
    routed.commands.length = 0;
    const { Stack: _, ...last } = resumed(routed, 'f2');
    await pair.bus.publish(resume, { ...last, Flow: {} });
    await pair.bus.publish(resume, { ...last, Stack: [{ data: {} }] });
    await pair.bus.settled();
    expect(routed.names(), 'it is nobody’s to hang up').to.deep.equal([]);
    const said = pair.bus.log.records.map(({ fields }) => String(fields['error'])).join('\n');
    expect(said)
      .to.match(/Flow names no module/)
      .and.match(/a flow of Stack names no module/);
    await pair.bus.publish(resume, resumed(routed, 'f3'));
    await routed.next('sleep');
  });

  it('does not take a call that has ended', async () => {
    const routed = await pair.sleeping();
    await routed.next('sleep');
    pair.status = 'terminated';
    await pair.dies(routed);
    await pair.bus.settled();
    expect(routed.names()).to.deep.equal([]);
    expect(pair.two?.actors.size).to.equal(0);
  });

  it('goes on with a call that another leg has replaced', async () => {
    const routed = await pair.call(node('sleep', { duration: 60 }, { _: node('noop') }), (it) =>
      it.on('sleep', () => 'wait'),
    );
    const sleeping = await routed.next('sleep');
    const tell = (
      callId: string,
      name: 'CHANNEL_DESTROY' | 'CHANNEL_TRANSFEREE' | 'CHANNEL_ANSWER',
      more = {},
    ) => pair.bus.publish(callEvent, { 'Call-ID': callId, 'Event-Name': name, ...more });
    await routed.event('CHANNEL_REPLACED', { 'Replaced-By': 'new-leg' });
    await pair.bus.settled();
    await tell('new-leg', 'CHANNEL_TRANSFEREE', { 'Transfer-Type': 'attended' });
    await tell(routed.callId, 'CHANNEL_DESTROY', { 'Hangup-Cause': 'ATTENDED_TRANSFER' });
    await pair.bus.settled();
    await routed.complete(sleeping);
    await pair.bus.publish(
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

  it('hears of an end that was told while its broker was away', async () => {
    const routed = await pair.sleeping({ _: node('noop') });
    const sleeping = await routed.next('sleep');
    const back = pair.bus.miss(pair.one.bus);
    await routed.complete(sleeping);
    await pair.bus.settled();
    back();
    await routed.next('hangup');
    expect(routed.names()).to.deep.equal(['sleep', 'noop', 'hangup']);
  });

  it('forgets a call that ended while its broker was away', async () => {
    const routed = await pair.sleeping();
    await routed.next('sleep');
    const back = pair.bus.miss(pair.one.bus);
    await routed.hangup();
    await pair.bus.settled();
    pair.status = 'terminated';
    back();
    await pair.one.app.drain?.();
    expect(pair.one.actors.size).to.equal(0);
    expect(routed.names()).to.deep.equal(['sleep']);
  });
});
