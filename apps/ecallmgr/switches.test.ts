// Which switches are driven: the settings, and what operators said beside them.
import { expect } from 'chai';
import { silentLog } from '../../core/testing/index.ts';
import type { SwitchNode, SwitchSettings } from './switch-node.ts';
import { createSwitches, wantedSwitches } from './switches.ts';

const a = { host: '10.0.0.1', port: 8021, password: 'x' };

describe('wanted switches', () => {
  const names = (orders: unknown) =>
    [...wantedSwitches([a], orders)].map(([name, { paused }]) => (paused ? `${name} paused` : name));

  it('are those of the settings when nobody said anything', () => {
    expect(names({})).to.deep.equal(['freeswitch@10.0.0.1']);
    expect(names(undefined)).to.deep.equal(['freeswitch@10.0.0.1']);
  });

  it('may be added, paused and removed by name', () => {
    expect(names({ b: { host: '10.0.0.2' } })).to.deep.equal(['freeswitch@10.0.0.1', 'b']);
    expect(names({ 'freeswitch@10.0.0.1': { paused: true } })).to.deep.equal(['freeswitch@10.0.0.1 paused']);
    expect(names({ 'freeswitch@10.0.0.1': { removed: true } })).to.deep.equal([]);
  });

  it('an order for a name that nobody knows makes no switch', () => {
    expect(names({ c: { paused: true }, d: 'nonsense' })).to.deep.equal(['freeswitch@10.0.0.1']);
  });
});

describe('switches of a process', () => {
  /** A process with one switch in its settings, and what it does. */
  const bench = async () => {
    let orders: unknown = {};
    let tell: (change: { database: string; id: string }) => void = () => undefined;
    const did: string[] = [];
    const make = ({ name = '', host }: SwitchSettings): SwitchNode => {
      const node = {
        name,
        paused: false,
        start: () => void did.push(`start ${name} ${host}`),
        pause: (paused: boolean) => {
          node.paused = paused;
          did.push(`${paused ? 'pause' : 'resume'} ${name}`);
        },
        stop: async () => void did.push(`stop ${name}`),
      };
      return node as unknown as SwitchNode;
    };
    const context = {
      settings: { switches: [{ ...a, name: 'a' }] },
      systemConfig: { get: async () => orders },
      store: {
        onChange: (listener: typeof tell) => {
          tell = listener;
          return () => did.push('unsubscribe');
        },
      },
      log: silentLog(),
    } as unknown as Parameters<typeof createSwitches>[0];
    const switches = await createSwitches(context, make);
    let changes = 0;
    let changed: () => void = () => undefined;
    switches.start(() => {
      changes += 1;
      changed();
    });
    const say = async (next: unknown): Promise<string[]> => {
      orders = next;
      const done = new Promise<void>((resolve) => {
        changed = resolve;
      });
      tell({ database: 'system_config', id: 'ecallmgr' });
      await done;
      return did.splice(0);
    };
    return { switches, say, did, changes: () => changes };
  };

  it('starts what is added and stops what is removed, once', async () => {
    const { switches, say, did } = await bench();
    expect(did.splice(0)).to.deep.equal(['start a 10.0.0.1']);
    expect(await say({ b: { host: '10.0.0.2' } })).to.deep.equal(['start b 10.0.0.2']);
    expect(await say({ b: { host: '10.0.0.2' } })).to.deep.equal([]);
    expect(await say({ b: { removed: true } })).to.deep.equal(['stop b']);
    expect(switches.nodes.map(({ name }) => name)).to.deep.equal(['a']);
    await switches.stop();
    expect(did).to.deep.equal(['unsubscribe', 'stop a']);
  });

  it('pauses and goes on, without a new connection', async () => {
    const { say, did } = await bench();
    did.splice(0);
    expect(await say({ a: { paused: true } })).to.deep.equal(['pause a']);
    expect(await say({})).to.deep.equal(['resume a']);
  });

  it('takes another address under a known name for another switch', async () => {
    const { say, did } = await bench();
    did.splice(0);
    expect(await say({ a: { host: '10.0.0.9' } })).to.deep.equal(['stop a', 'start a 10.0.0.9']);
  });
});
