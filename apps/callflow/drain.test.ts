// A drained instance of callflow loses nothing: it hands its calls over, or keeps them to their end.
import { expect } from 'chai';
import { usurpControl } from '../../core/messages/call.ts';
import { resume } from '../../core/messages/callflow.ts';
import { accountId, node } from './testing/bench.ts';
import { Pair, resumed } from './testing/pair.ts';

describe('callflow: drain', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await Pair.open();
  });
  afterEach(() => pair.close());

  it('drained, it hands its calls over; the new one goes on and the old one says nothing more', async () => {
    const routed = await pair.sleeping();
    await routed.next('sleep');
    const drained = pair.one.app.drain?.();
    await pair.bus.settled();
    const last = routed.checkpoints.at(-1);
    expect(last).to.include({ 'Hand-Over': true });
    routed.commands.length = 0;
    await pair.bus.publish(resume, resumed(routed, 'f2'));
    await routed.next('sleep');
    await pair.bus.publish(usurpControl, { 'Call-ID': routed.callId, 'Fetch-ID': 'f2' });
    await drained;
    expect(routed.names()).to.deep.equal(['noop', 'sleep']);
    expect(pair.one.actors.size).to.equal(0);
  });

  it('drained between its offer and the win, it does not lose the call', async () => {
    await pair.database.save({
      _id: 'flow',
      pvt_type: 'callflow',
      numbers: ['2000'],
      flow: node('sleep', { duration: 60 }),
    });
    let drained: Promise<void> | undefined;
    const routed = await pair.fake.route({
      accountId,
      number: '2000',
      prepare: (it) => {
        it.on('sleep', () => 'wait');
        drained = pair.one.app.drain?.();
      },
    });
    await pair.bus.settled();
    expect(routed?.checkpoints.at(-1)).to.include({ 'Hand-Over': true });
    await routed?.hangup();
    await drained;
  });

  it('drained, it keeps the calls that nobody takes, to their end', async () => {
    const routed = await pair.call(node('sleep', { duration: 60 }, { _: node('noop') }), (it) =>
      it.on('sleep', () => 'wait'),
    );
    await routed.next('sleep');
    const drained = pair.one.app.drain?.();
    await pair.bus.settled();
    routed.commands.length = 0;
    await pair.bus.publish(usurpControl, { 'Call-ID': routed.callId, 'Fetch-ID': `fetch-${routed.callId}` });
    await routed.complete(await routed.next('sleep'));
    await routed.next('hangup');
    await drained;
    expect(routed.names()).to.deep.equal(['noop', 'sleep', 'noop', 'hangup']);
    expect(
      await pair.fake.route({ accountId, number: '2000' }, 1000),
      'the other one takes new calls',
    ).to.not.equal(undefined);
  });
});
