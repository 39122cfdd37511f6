// The switches of this process: those of the settings, with what an operator added, paused or removed meanwhile.
import type { AppContext } from '../../core/app/index.ts';
import { isRecord } from '../../core/contract/index.ts';
import { rawName } from '../../core/couch/index.ts';
import { errorText } from '../../core/errors/index.ts';
import type { SwitchNode, SwitchSettings } from './switch-node.ts';

/** One entry of `system_config/ecallmgr` `switches`, by name of the switch; what it leaves out is as in the settings. */
export interface SwitchOrder {
  readonly host?: string;
  readonly port?: number;
  readonly password?: string;
  /** No new calls; those that are there go on. */
  readonly paused?: boolean;
  readonly removed?: boolean;
}

export interface Switches {
  /** Those that are driven now; the same list for as long as the process runs. */
  readonly nodes: readonly SwitchNode[];
  /** Connects, and follows what operators say from now on. `onChange` is told when a switch came, went or was paused. */
  start(onChange: () => void): void;
  stop(): Promise<void>;
}

/** The name of a switch whose settings give none. */
export const switchName = ({ name, host, port }: Omit<SwitchSettings, 'password'>): string =>
  name ?? `freeswitch@${host}${port === 8021 ? '' : `:${port}`}`;

/** Reads what operators said; nobody connects yet. */
export async function createSwitches(
  context: AppContext,
  make: (settings: SwitchSettings) => SwitchNode,
): Promise<Switches> {
  const { settings, store, systemConfig, log } = context;
  const nodes: SwitchNode[] = [];
  const addresses = new Map<string, string>();
  let onChange: (() => void) | undefined;
  let unsubscribe = (): void => undefined;

  const remove = async (node: SwitchNode): Promise<void> => {
    nodes.splice(nodes.indexOf(node), 1);
    addresses.delete(node.name);
    await node.stop();
  };
  const add = (wanted: SwitchSettings): void => {
    const node = make(wanted);
    nodes.push(node);
    addresses.set(node.name, addressOf(wanted));
    if (onChange) node.start(onChange);
  };
  const follow = async (): Promise<void> => {
    const orders = await systemConfig.get('ecallmgr', 'switches', {});
    const wanted = wantedSwitches(settings.switches, orders);
    // Another address under the same name is another switch.
    for (const node of [...nodes]) {
      const still = wanted.get(node.name);
      if (!still || addressOf(still) !== addresses.get(node.name)) await remove(node);
    }
    for (const [name, { paused, ...switchSettings }] of wanted) {
      if (!addresses.has(name)) add(switchSettings);
      const node = nodes.find((it) => it.name === name);
      if (node && node.paused !== paused) node.pause(paused);
    }
    onChange?.();
  };
  // One at a time: two changes in a row must not both add the same switch.
  let following = follow();
  await following;
  return {
    nodes,
    start: (listener) => {
      onChange = listener;
      for (const node of nodes) node.start(listener);
      unsubscribe = store.onChange(({ database, id }) => {
        if (rawName(database) !== 'system_config' || id !== 'ecallmgr') return;
        following = following.then(follow).catch((error: unknown) => {
          log.error('the list of switches could not be read; it stays as it is', { error: errorText(error) });
        });
      });
    },
    stop: async () => {
      unsubscribe();
      await following;
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

type Wanted = SwitchSettings & { readonly paused: boolean };

/** The switches of the settings and of the orders, by name. An order without a host for a name nobody knows is no switch. */
export function wantedSwitches(
  given: readonly { host: string; port: number; password: string; name?: string }[],
  orders: unknown,
): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>(
    given.map((it) => [switchName(it), { ...it, name: switchName(it), paused: false }]),
  );
  for (const [name, order] of Object.entries(isRecord(orders) ? orders : {})) {
    if (!isRecord(order)) continue;
    const { host, port = 8021, password = 'ClueCon', paused = false, removed } = order as SwitchOrder;
    const known = wanted.get(name);
    if (removed === true) wanted.delete(name);
    else if (host !== undefined) wanted.set(name, { name, host, port, password, paused });
    else if (known) wanted.set(name, { ...known, paused });
  }
  return wanted;
}

const addressOf = ({ host, port, password }: SwitchSettings): string =>
  JSON.stringify([host, port, password]);
