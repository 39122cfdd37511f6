// callflow on a bus in memory: who is answered.
import { expect } from 'chai';
import { accountId, node, withBench } from '../testing/bench.ts';

describe('callflow: routing', () => {
  const bench = withBench();
  it('answers for a number it has, in park, and stays silent for others', async () => {
    await bench.saveFlow(['2000'], node('hangup'), { ringback: { early: 'tone_stream://x' } });
    expect(await bench.fake.route({ accountId, number: '2999' }, 50)).to.equal(undefined);
    await bench.fake.route({ accountId, number: '2000' });
    expect(bench.fake.answers[0]).to.include({
      Method: 'park',
      'Pre-Park': 'none',
      'Ringback-Media': 'tone_stream://x',
    });
  });

  it('prefers the exact number, then the pattern with the longest capture, then no_match', async () => {
    await bench.saveFlow(['2000'], node('response', { code: 480 }));
    await bench.saveFlow([], node('response', { code: 481 }), { patterns: ['^2(\\d)\\d+$'] });
    await bench.saveFlow([], node('response', { code: 482 }), { patterns: ['^2(\\d{3})$', '('] });
    await bench.saveFlow(['no_match'], node('response', { code: 483 }));
    const code = async (number: string) =>
      (await (await bench.fake.route({ accountId, number }))?.next('respond'))?.['Response-Code'];
    expect(await code('2000')).to.equal(480);
    expect(await code('2123')).to.equal(482);
    expect(await code('21234')).to.equal(481);
    expect(await code('9999')).to.equal(483);
    expect(await bench.fake.route({ accountId, number: 'alice' }, 50)).to.equal(undefined);
  });

  it('never lets a carrier use no_match', async () => {
    await bench.saveFlow(['no_match'], node('hangup'));
    const vars = { 'Authorizing-Type': 'resource', Inception: '+1' };
    expect(await bench.fake.route({ accountId, number: '9999', vars }, 50)).to.equal(undefined);
  });

  it('rings at once for calls from carriers', async () => {
    await bench.saveFlow(['+14155550100'], node('hangup'));
    await bench.fake.route({
      accountId,
      number: '+14155550100',
      vars: { 'Authorizing-Type': 'resource', Inception: '+1' },
    });
    expect(bench.fake.answers[0]?.['Pre-Park']).to.equal('ring_ready');
  });

  it('runs the preflow of the account first', async () => {
    await bench.save({ _id: 'pre', pvt_type: 'callflow', numbers: [], flow: node('noop') });
    await bench.database.update(accountId, (account) => ({ ...account, preflow: { always: 'pre' } }));
    const routed = await bench.call(node('response'));
    await routed.next('respond');
    expect(routed.names()).to.deep.equal(['noop', 'respond']);
  });

  it('a pattern with catastrophic backtracking is left out and stops nothing', async () => {
    await bench.saveFlow([], node('hangup'), { patterns: ['^(\\d+)+x$'] });
    await bench.saveFlow(['no_match'], node('response', { code: 404 }));
    const routed = await bench.fake.route({ accountId, number: '1'.repeat(40) }, 2000);
    expect((await routed?.next('respond'))?.['Response-Code']).to.equal(404);
  });
});
