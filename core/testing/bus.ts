// A bus in memory with the production bus' own rules, for unit tests of apps.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Bus, busOver } from '../amqp/index.ts';
import { type MemoryBroker, type MemoryTransport, memoryBroker } from './broker.ts';
import { type SilentLog, silentLog } from './log.ts';
import { type FakeMetrics, fakeMetrics } from './metrics.ts';

/** One message that was published, as it went out. */
export interface Published {
  readonly exchange: string;
  readonly key: string;
  /** The whole message with its common headers. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into messages of any contract
  readonly message: Record<string, any>;
  readonly durable: boolean;
}

export interface FakeBus extends Bus {
  /** Everything that was published on this bus and its peers, answers among it, oldest first. */
  readonly published: Published[];
  /** The published messages with this Event-Name (or `Application-Name`). */
  named(name: string): Published['message'][];
  /** Forgets what was published. */
  clear(): void;
  /** Another process on the same broker. */
  peer(node?: string): Bus;
  /** The process of a peer dies, without a word to anybody. */
  kill(peer: Bus): void;
  /** The broker is away for a peer, which misses all that is told meanwhile; the result brings it back. */
  miss(peer: Bus): () => void;
  /** Resolves when no message is under way and no handler of this bus or its peers runs. */
  settled(): Promise<void>;
  readonly broker: MemoryBroker;
  readonly log: SilentLog;
  readonly metrics: FakeMetrics;
}

export interface FakeBusOptions {
  /** `app@host`; default `test@localhost`. */
  readonly node?: string;
  /** Keys that no contract names are errors; default true. */
  readonly strict?: boolean;
  /** Waits before further attempts at an `at_least_once` message, in ms; default 1, 1, 1. */
  readonly retryDelays?: readonly number[];
}

/** A bus for tests: topics, shared queues in turn, requests, `nobody_listens`, time-outs, strict keys. */
export function fakeBus(options: FakeBusOptions = {}): FakeBus {
  const { node = 'test@localhost', strict = true, retryDelays = [1, 1, 1] } = options;
  const published: Published[] = [];
  const log = silentLog();
  const metrics = fakeMetrics();
  const broker = memoryBroker(({ exchange, key, body, persistent }) => {
    published.push({
      exchange,
      key,
      message: JSON.parse(body.toString()) as Published['message'],
      durable: persistent === true,
    });
  });
  const transports = new Map<Bus, MemoryTransport>();
  const open = (name: string): Bus => {
    const transport = broker.connect();
    const opened = busOver(transport, {
      node: name,
      appName: name.split('@')[0] ?? name,
      appVersion: '0.0.0',
      strict,
      log,
      metrics,
      retryDelays,
    });
    transports.set(opened, transport);
    return opened;
  };
  const buses = [open(node)];
  const bus = buses[0] as Bus;
  return {
    ...bus,
    published,
    named: (name) =>
      published
        .map(({ message }) => message)
        .filter((it) => it['Event-Name'] === name || it['Application-Name'] === name),
    clear: () => {
      published.length = 0;
    },
    peer: (name = node) => {
      const peer = open(name);
      buses.push(peer);
      return peer;
    },
    kill: (peer) => {
      transports.get(peer)?.cut();
      buses.splice(buses.indexOf(peer), 1);
    },
    miss: (peer) => transports.get(peer)?.miss() ?? (() => undefined),
    settled: async () => {
      // A handler that has just ended may go on in its caller's next turns.
      for (let calm = 0; calm < 3; calm += 1) {
        const before = published.length;
        await nextTurn();
        const busy = broker.underWay > 0 || buses.some((it) => it.status().inFlight > 0);
        if (busy || published.length !== before) calm = -1;
      }
    },
    broker,
    log,
    metrics,
  };
}
