// Ring groups: all at once or one after another, members of every kind, and what becomes of those that lose.
import { expect } from 'chai';
import { newAccount, node, type TestAccount } from './account.ts';
import { call, fixtures, timeOf } from './fixtures.ts';
import { sharedZone } from './shared.ts';

describe('a ring group', function () {
  this.timeout(120_000);
  const use = fixtures();
  let account: TestAccount;
  before(async () => {
    account = await newAccount(await sharedZone());
  });

  const group = (data: object, children: object = {}) =>
    node('ring_group', { timeout: 10, ...data }, children);
  const device = (id: string, more: object = {}) => ({ id, endpoint_type: 'device', ...more });

  it('rings all at once; one answers, the others are cancelled', async () => {
    const lines = [await account.device(), await account.device(), await account.device()] as const;
    await account.callflow('300', group({ endpoints: lines.map(({ id }) => device(id)) }));
    const losers = [await use.callee(lines[0], 'ring'), await use.callee(lines[1], 'ring')];
    const winner = await use.callee(lines[2], 'answer', { ms: 500 });
    await call(await account.device(), '300');
    const rang = await Promise.all([...losers, winner].map(({ done }) => done));
    const starts = rang.map((messages) => timeOf(messages, 'INVITE sip'));
    expect(Math.max(...starts) - Math.min(...starts)).to.be.below(400);
  });

  it('rings one after another: the next only when the one before has been given up', async () => {
    const [first, second] = [await account.device(), await account.device()];
    await account.callflow(
      '301',
      group({
        strategy: 'single',
        endpoints: [device(first.id, { timeout: 2 }), device(second.id, { timeout: 5 })],
      }),
    );
    const loser = await use.callee(first, 'ring');
    const winner = await use.callee(second, 'answer', { ms: 100 });
    await call(await account.device(), '301');
    const [lost, won] = await Promise.all([loser.done, winner.done]);
    expect(timeOf(lost, 'CANCEL sip') - timeOf(lost, 'INVITE sip')).to.be.within(1000, 3200);
    expect(timeOf(won, 'INVITE sip')).to.be.at.least(timeOf(lost, 'CANCEL sip') - 20);
  });

  it('rings one after another: a refusal goes on at once', async () => {
    const [first, second] = [await account.device(), await account.device()];
    await account.callflow(
      '302',
      group({ strategy: 'single', endpoints: [device(first.id), device(second.id)] }),
    );
    const refusing = await use.callee(first, 'refuse', { status: 486 });
    const winner = await use.callee(second, 'answer', { ms: 100 });
    await call(await account.device(), '302');
    const [refused, won] = await Promise.all([refusing.done, winner.done]);
    expect(timeOf(won, 'INVITE sip') - timeOf(refused, 'SIP/2.0 486')).to.be.within(-20, 1000);
  });

  it('rings all members one after another in an order by chance, whatever their weights', async () => {
    const lines = [await account.device(), await account.device(), await account.device()] as const;
    const after = await account.device();
    const endpoints = lines.map(({ id }, index) => device(id, { weight: 1 + index * 49, timeout: 5 }));
    const children = { _: node('device', { id: after.id }) };
    await account.callflow('306', group({ strategy: 'weighted_random', endpoints }, children));
    const refusing = await Promise.all(lines.map((line) => use.callee(line, 'refuse', { status: 480 })));
    const winner = await use.callee(after, 'answer', { ms: 100 });
    await call(await account.device(), '306');
    await winner.done;
    const rang = await Promise.all(refusing.map(({ done }) => done));
    const turns = rang.map((messages) => ({
      from: timeOf(messages, 'INVITE sip'),
      to: timeOf(messages, 'SIP/2.0 480'),
    }));
    turns.sort((a, b) => a.from - b.from);
    for (const [index, { to }] of turns.slice(0, -1).entries())
      expect(turns[index + 1]?.from, 'the next one').to.be.at.least(to - 20);
  });

  it('rings again as often as it repeats, and then goes on', async () => {
    const [member, after] = [await account.device(), await account.device()];
    const children = { _: node('device', { id: after.id }) };
    await account.callflow('307', group({ endpoints: [device(member.id)], repeats: 3 }, children));
    const refusing = await use.callee(member, 'refuse', { status: 480 }, { calls: 3 });
    const winner = await use.callee(after, 'answer', { ms: 100 });
    await call(await account.device(), '307');
    const [refused] = await Promise.all([refusing.done, winner.done]);
    const rang = [...refused.matchAll(/^Call-ID: *(\S+)/gim)].map(([, id]) => id);
    expect(new Set(rang).size).to.equal(3);
  });

  it('has users and groups as members', async () => {
    const owner = await account.user();
    const [ofUser, ofGroup] = [await account.device({ owner_id: owner }), await account.device()];
    const id = await account.create('groups', {
      name: 'Sales',
      endpoints: { [ofGroup.id]: { type: 'device' } },
    });
    const endpoints = [
      { id: owner, endpoint_type: 'user' },
      { id, endpoint_type: 'group' },
    ];
    await account.callflow('303', group({ endpoints }));
    const loser = await use.callee(ofUser, 'ring');
    const winner = await use.callee(ofGroup, 'answer', { ms: 500 });
    await call(await account.device(), '303');
    await Promise.all([loser.done, winner.done]);
  });

  it('rings a member after its delay', async () => {
    const [first, second] = [await account.device(), await account.device()];
    await account.callflow('304', group({ endpoints: [device(first.id), device(second.id, { delay: 2 })] }));
    const loser = await use.callee(first, 'ring');
    const winner = await use.callee(second, 'answer', { ms: 100 });
    await call(await account.device(), '304');
    const [lost, won] = await Promise.all([loser.done, winner.done]);
    expect(timeOf(won, 'INVITE sip') - timeOf(lost, 'INVITE sip')).to.be.within(1000, 3200);
  });

  it('that nobody takes goes on with the next child', async () => {
    const lines = [await account.device(), await account.device()] as const;
    const after = await account.device();
    await account.callflow(
      '305',
      group({ endpoints: lines.map(({ id }) => device(id)) }, { _: node('device', { id: after.id }) }),
    );
    const refusing = [
      await use.callee(lines[0], 'refuse', { status: 480 }),
      await use.callee(lines[1], 'refuse', { status: 480 }),
    ];
    const winner = await use.callee(after, 'answer', { ms: 100 });
    await call(await account.device(), '305');
    await Promise.all([...refusing, winner].map(({ done }) => done));
  });
});
