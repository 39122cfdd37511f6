// What is heard of calls follows the hooks that there are.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import type { AppContext } from '../../core/app/index.ts';
import type { StoredDocument } from '../../core/couch/index.ts';
import { memoryStore, silentLog } from '../../core/testing/index.ts';
import { followDemand } from './demand.ts';
import { channel } from './hooks/channel.ts';

describe('events that hooks want', () => {
  const begin = async () => {
    const store = memoryStore();
    await store.ensure('webhooks', 'webhooks');
    // A queue that has outlived its process, with all its bindings.
    const keys = new Set(['CREATE', 'ANSWER', 'BRIDGE', 'DESTROY'].map((name) => `call.CHANNEL_${name}.*`));
    const subscription = {
      queue: 'webhooks',
      bind: async ({ key }: { readonly key: string }) => void keys.add(key),
      unbind: async ({ key }: { readonly key: string }) => void keys.delete(key),
      stop: async () => undefined,
    };
    const context = { store, log: silentLog() } as Partial<AppContext> as AppContext;
    const demand = await followDemand(context, subscription, channel.onDemand ?? []);
    const hook = (_id: string, name: string) =>
      store.database('webhooks').save({ _id, pvt_type: 'webhook', hook: name } as StoredDocument);
    const until = async (wanted: readonly string[]): Promise<void> => {
      while (keys.size !== wanted.length || wanted.some((key) => !keys.has(key))) await nextTurn();
    };
    return { store, demand, hook, until, keys };
  };

  it('are heard as their hooks come and go, and no others', async () => {
    const { store, demand, hook, until, keys } = await begin();
    expect(keys, 'nobody wants any').to.have.lengthOf(0);
    await hook('1', 'channel_destroy');
    await until(['call.CHANNEL_DESTROY.*']);
    expect(demand.heard()).to.deep.equal(['channel_destroy']);
    await hook('2', 'all');
    await until(['CREATE', 'ANSWER', 'BRIDGE', 'DESTROY'].map((name) => `call.CHANNEL_${name}.*`));
    await store.database('webhooks').remove('2');
    await until(['call.CHANNEL_DESTROY.*']);
    await store.database('webhooks').remove('1');
    await until([]);
    await demand.stop();
    await hook('3', 'all');
    expect(keys, 'a stopped app hears of nothing more').to.have.lengthOf(0);
  });
});
