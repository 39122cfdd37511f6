// milliwatt: the test numbers answer, others are left to other apps, and a call that ends leaves nothing behind.
import { expect } from 'chai';
import type { AppContext } from '../../core/app/index.ts';
import { systemConfig } from '../../core/config/index.ts';
import { fakeBus, fakeMetrics, fakeSwitch, memoryStore, silentLog } from '../../core/testing/index.ts';
import { milliwatt } from './app.ts';

describe('milliwatt', () => {
  it('echoes on *43, sounds the tone where configured, and takes no other number', async () => {
    const bus = fakeBus({ node: 'milliwatt@test' });
    const store = memoryStore();
    await store.ensure('system_config', 'system_config');
    const config = systemConfig(store, { zone: 'z', node: 'n' });
    await config.set('milliwatt', 'tone.numbers', ['900']);
    const context = { bus, store, systemConfig: config, metrics: fakeMetrics(), log: silentLog() };
    const app = await milliwatt.start(context as unknown as AppContext);
    const fake = fakeSwitch(bus.peer('ecallmgr@test'));

    const echo = await fake.route({
      accountId: 'a'.repeat(32),
      number: '*43',
      prepare: (call) => call.on('echo', () => 'wait'),
    });
    await echo?.next('echo');
    expect(echo?.names()).to.deep.equal(['answer', 'echo']);
    await echo?.hangup();

    const tone = await fake.route({ accountId: 'a'.repeat(32), number: '900' });
    expect((await tone?.next('play'))?.['Media-Name']).to.include('1004');
    await tone?.next('hangup');
    expect(await fake.route({ accountId: 'a'.repeat(32), number: '1001' }, 50)).to.equal(undefined);

    await bus.settled();
    await app.stop();
    await bus.close();
  });
});
