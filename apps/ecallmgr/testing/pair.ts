// Two ecallmgr as two processes would be: each with a connection of its own to the broker and to the switch, to be cut.
import type { Bus } from '../../../core/amqp/index.ts';
import { type FakeBus, fakeBus, type LogRecord, Wire } from '../../../core/testing/index.ts';
import { type Address, startMember, storeCdrs } from './calls.ts';

/** One of the two. */
export interface Member {
  readonly node: string;
  readonly bus: Bus;
  readonly log: readonly LogRecord[];
  /** Dies: both connections end without a word, and nothing it still does is seen by anybody. */
  kill(): Promise<void>;
  /** Its lines to the switch are held: it neither hears nor is heard, until this is called with false. */
  hold(held: boolean): void;
  drain(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts an ecallmgr of this name between its switches and the broker that `tap` sees. */
export async function member(
  tap: FakeBus,
  node: string,
  addresses: Address | readonly Address[],
): Promise<Member> {
  const wires: Wire[] = [];
  const over = async ({ host = '127.0.0.1', port, ...rest }: Address): Promise<Address> => {
    const wire = new Wire(new URL(`tcp://${host}:${port}`));
    wires.push(wire);
    return { ...rest, port: await wire.open() };
  };
  const bus = tap.peer(node);
  const running = await startMember(await Promise.all([addresses].flat().map(over)), tap, bus);
  const close = () => Promise.all(wires.map((wire) => wire.close()));
  let dead = false;
  return {
    node,
    bus,
    log: running.log,
    kill: async () => {
      dead = true;
      tap.kill(bus);
      await close();
    },
    hold: (held) => {
      for (const wire of wires) wire.held = held;
    },
    drain: async () => running.app.drain?.(),
    stop: async () => {
      await running.stop();
      if (!dead) await close();
    },
  };
}

/** Two of them on the same switches. */
export async function pair(
  addresses: Address | readonly Address[],
): Promise<{ readonly tap: FakeBus; readonly one: Member; readonly two: Member }> {
  const tap = fakeBus({ node: 'test@localhost' });
  await storeCdrs(tap);
  const one = await member(tap, 'ecallmgr@one', addresses);
  const two = await member(tap, 'ecallmgr@two', addresses);
  return { tap, one, two };
}
