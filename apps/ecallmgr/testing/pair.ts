// Two ecallmgr as two processes would be: each with a connection of its own to the broker and to the switch, to be cut.
import type { Bus } from '../../../core/amqp/index.ts';
import { type FakeBus, fakeBus, type LogRecord, Wire } from '../../../core/testing/index.ts';
import { startMember, storeCdrs } from './calls.ts';

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

/** Starts an ecallmgr of this name between the switch and the broker that `tap` sees. */
export async function member(
  tap: FakeBus,
  node: string,
  address: { readonly host?: string; readonly port: number; readonly password?: string },
): Promise<Member> {
  const wire = new Wire(new URL(`tcp://${address.host ?? '127.0.0.1'}:${address.port}`));
  const bus = tap.peer(node);
  const port = await wire.open();
  const { password } = address;
  const running = await startMember(password === undefined ? { port } : { port, password }, tap, bus);
  let dead = false;
  return {
    node,
    bus,
    log: running.log,
    kill: async () => {
      dead = true;
      tap.kill(bus);
      await wire.close();
    },
    hold: (held) => {
      wire.held = held;
    },
    drain: async () => running.app.drain?.(),
    stop: async () => {
      await running.stop();
      if (!dead) await wire.close();
    },
  };
}

/** Two of them on one switch. */
export async function pair(address: {
  readonly host?: string;
  readonly port: number;
  readonly password?: string;
}): Promise<{ readonly tap: FakeBus; readonly one: Member; readonly two: Member }> {
  const tap = fakeBus({ node: 'test@localhost' });
  await storeCdrs(tap);
  const one = await member(tap, 'ecallmgr@one', address);
  const two = await member(tap, 'ecallmgr@two', address);
  return { tap, one, two };
}
