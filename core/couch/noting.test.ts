// What an answer was made of: current until one of the documents that were read is another.
import { expect } from 'chai';
import { memoryStore } from '../testing/index.ts';
import { noting } from './noting.ts';

describe('noting', () => {
  it('is current until a document that was read is another, or one that was missing is there', async () => {
    const store = memoryStore();
    const database = await store.ensure('system_config', 'system_config');
    const first = await database.save({ _id: 'read', pvt_type: 'config' });
    const read = noting(store);
    expect(await read.database('system_config').find('read')).to.deep.equal(first);
    const missing = noting(store);
    expect(await missing.database('system_config').find('missing')).to.equal(undefined);
    await database.save({ _id: 'another', pvt_type: 'config' });
    expect([read.isCurrent(), missing.isCurrent()]).to.deep.equal([true, true]);
    await database.save({ ...first, value: 1 });
    await database.save({ _id: 'missing', pvt_type: 'config' });
    expect([read.isCurrent(), missing.isCurrent()]).to.deep.equal([false, false]);
  });

  it('is never current when the cache did not keep what was read', async () => {
    const store = memoryStore();
    const database = await store.ensure('system_config', 'system_config');
    await database.save({ _id: 'read', pvt_type: 'config' });
    const uncached = { name: database.name, find: database.find.bind(database), held: () => undefined };
    const read = noting({ database: () => Object.assign(Object.create(database), uncached) });
    expect(await read.database('system_config').find('read')).to.include({ _id: 'read' });
    expect(read.isCurrent()).to.equal(false);
  });
});
