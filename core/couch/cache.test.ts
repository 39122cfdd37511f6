// The read cache: bounds, single flight, invalidation that races with a read.
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { AppError } from '../errors/index.ts';
import { type CacheKey, ReadCache } from './cache.ts';

const limits = { bytes: 1_000_000, entries: 100 };
const a: CacheKey = { database: 'db', kind: 'document', name: 'a' };
const view: CacheKey = { database: 'db', kind: 'view', name: 'by_name' };

/** A load that waits until it is told what to give. */
function manual<T>() {
  let settle: (value: T) => void = () => undefined;
  const wait = new Promise<T>((resolve) => {
    settle = resolve;
  });
  let calls = 0;
  const load = async () => {
    calls++;
    return { value: await wait, ttl: 10_000 };
  };
  return { load, give: settle, calls: () => calls };
}
const give =
  <T>(value: T, ttl = 10_000) =>
  async () => ({ value, ttl });
const never = async (): Promise<never> => {
  throw new Error('must not load');
};

describe('ReadCache', () => {
  it('asks once for a stampede, and keeps the answer, also that there is nothing', async () => {
    const cache = new ReadCache(limits);
    const slow = manual<undefined>();
    const reads = Array.from({ length: 50 }, () => cache.read(a, slow.load));
    slow.give(undefined);
    await Promise.all(reads);
    expect(slow.calls()).to.equal(1);
    expect(await cache.read(a, never)).to.equal(undefined);
  });

  it('does not keep what was read while it was invalidated, and later reads do not join it', async () => {
    const cache = new ReadCache(limits);
    const old = manual<string>();
    const early = cache.read(a, old.load);
    cache.invalidate('db', 'a');
    const late = cache.read(a, give('new'));
    old.give('old');
    expect([await early, await late]).to.deep.equal(['old', 'new']);
    expect(await cache.read(a, never)).to.equal('new');
  });

  it('looks results of a view up again soon after a change, which the node that answered may not have had', async () => {
    let now = 1_000_000;
    const cache = new ReadCache({ ...limits, now: () => now });
    cache.invalidate('db', 'a');
    expect(await cache.read(view, give('before', 60_000))).to.equal('before');
    now += 999;
    expect(await cache.read(view, never)).to.equal('before');
    now += 2;
    expect(await cache.read(view, give('after', 60_000))).to.equal('after');
    now += 10_000;
    expect(await cache.read(view, give('long after', 60_000))).to.equal('long after');
    now += 59_000;
    expect(await cache.read(view, never)).to.equal('long after');
  });

  it('lets a fresh read win over one that began earlier', async () => {
    const cache = new ReadCache(limits);
    const old = manual<string>();
    const early = cache.read(a, old.load);
    expect(await cache.read(a, give('new'), true)).to.equal('new');
    old.give('old');
    await early;
    expect(await cache.read(a, never)).to.equal('new');
  });

  it('drops a document by id, all views of its database, and nothing else', async () => {
    const cache = new ReadCache(limits);
    const others: CacheKey[] = [
      { ...a, name: 'b' },
      { ...a, database: 'other' },
      { ...view, database: 'other' },
    ];
    for (const key of [a, view, ...others]) await cache.read(key, give({ _rev: '1-x' }));
    cache.invalidate('db', 'a', '1-x');
    expect(await cache.read(a, never)).to.deep.equal({ _rev: '1-x' });
    cache.invalidate('db', 'a', '2-y');
    for (const key of [a, view]) expect(await cache.read(key, give('new'))).to.equal('new');
    for (const key of others) expect(await cache.read(key, never)).to.deep.equal({ _rev: '1-x' });
    cache.clear('other');
    for (const key of others.slice(1)) expect(await cache.read(key, give('new'))).to.equal('new');
  });

  it('says of what was dropped, replaced or pushed out that it is old', async () => {
    const cache = new ReadCache({ ...limits, entries: 2 });
    const entryOf = async (name: string) => {
      await cache.read({ ...a, name }, give('value'));
      return cache.cached({ ...a, name });
    };
    const [changed, replaced] = [await entryOf('changed'), await entryOf('replaced')];
    expect([changed?.isCurrent, replaced?.isCurrent]).to.deep.equal([true, true]);
    cache.invalidate('db', 'changed');
    await cache.read({ ...a, name: 'replaced' }, give('newer'), true);
    expect([changed?.isCurrent, replaced?.isCurrent]).to.deep.equal([false, false]);
    const pushed = await entryOf('pushed');
    for (const name of ['more', 'and more']) await entryOf(name);
    expect(pushed?.isCurrent).to.equal(false);
  });

  it('keeps no errors', async () => {
    const cache = new ReadCache(limits);
    const failed = await cache.read(a, never).catch((error: Error) => error.message);
    expect(failed).to.equal('must not load');
    expect(await cache.read(a, give('good'))).to.equal('good');
  });

  it('gives what is past its time while the database is away, unless it was changed since', async () => {
    const cache = new ReadCache(limits);
    const away = () => Promise.reject(new AppError('datastore_unreachable'));
    const message = (error: Error): string => error.message;
    await cache.read(a, give('old', 1));
    for (; cache.stale === 0; await turn()) expect(await cache.read(a, away)).to.equal('old');
    expect(await cache.read(a, never).catch(message)).to.equal('must not load');
    cache.invalidate('db', 'a');
    expect(await cache.read(a, away).catch((error: AppError) => error.code)).to.equal(
      'datastore_unreachable',
    );
  });

  it('stays within its bounds and forgets what it dropped', async () => {
    const cache = new ReadCache({ bytes: 20_000, entries: 1000 });
    for (let at = 0; at < 200; at++) await cache.read({ ...a, name: String(at) }, give('x'.repeat(500)));
    expect(cache.size).to.be.at.most(20_000);
    await cache.read({ ...a, name: 'huge' }, give('x'.repeat(50_000)));
    expect(await cache.read({ ...a, name: 'huge' }, give('again'))).to.equal('again');
    await cache.read({ ...a, name: 'brief' }, give('x', 0));
    expect(await cache.read({ ...a, name: 'brief' }, give('y'))).to.equal('y');
    cache.clearAll();
    expect(cache.size).to.equal(0);
  });
});
