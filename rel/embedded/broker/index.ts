// The embedded AMQP 0-9-1 broker: RabbitMQ's stand-in for one machine.
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { Connection } from './connection.ts';
import { type BrokerLog, SILENT } from './log.ts';
import { ProtocolError } from './protocol-error.ts';
import { openStorage } from './storage.ts';
import { VirtualHost } from './virtual-host.ts';

export type { BrokerLog } from './log.ts';

export interface BrokerOptions {
  host: string;
  /** 0 for any free port. */
  port: number;
  /** Where durable queues and persistent messages are kept; without it nothing survives `stop`. */
  dataDir?: string;
  /** Default guest / guest. */
  user?: string;
  password?: string;
  log?: BrokerLog;
  /** Bytes of queued messages from which publishers are held back. Default 256 MiB. */
  memoryLimit?: number;
}

export interface BrokerStats {
  connections: number;
  channels: number;
  consumers: number;
  exchanges: number;
  queues: number;
  messagesReady: number;
  messagesUnacked: number;
  /** Weight of the queued messages. */
  memoryBytes: number;
  /** Messages published since the start. */
  published: number;
}

export interface Broker {
  readonly url: string;
  readonly port: number;
  /** Closes every connection with CONNECTION_FORCED, and resolves when all is written and released. */
  stop(): Promise<void>;
  stats(): BrokerStats;
}

const DEFAULT_MEMORY_LIMIT = 256 * 1024 * 1024;
/** Peers that have not answered the close by then are cut. */
const STOP_MS = 500;

/**
 * Starts a broker with the one virtual host `/`.
 * @throws Error of the system when the port is taken or the data directory cannot be used.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { host, user = 'guest', password = 'guest', log = SILENT } = options;
  const vhost = new VirtualHost(options.memoryLimit ?? DEFAULT_MEMORY_LIMIT);
  const connections = new Set<Connection>();
  vhost.memory.onChange = (isOver) => {
    if (!isOver) for (const connection of connections) connection.unblock();
  };
  let isRestored = false;
  const server = createServer((socket) => {
    if (!isRestored) {
      // A client of the broker before this one, too early: it will try again.
      socket.destroy();
      return;
    }
    const connection = new Connection(socket, { user, password, vhost, log });
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  });
  // The port first: a second broker on the same data must fail before it touches the journal.
  const port = await listen(server, host, options.port);
  try {
    if (options.dataDir !== undefined) await openStorage(vhost, options.dataDir, log);
  } catch (error) {
    await stop(server, connections, vhost);
    throw error;
  }
  isRestored = true;
  const url = `amqp://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}`;
  return {
    url,
    port,
    stop: () => stop(server, connections, vhost),
    stats: () => statsOf(connections, vhost),
  };
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

async function stop(server: Server, connections: Set<Connection>, vhost: VirtualHost): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  // Before the connections go: that their consumers leave must not delete durable auto-delete queues on disk.
  await vhost.journal.close();
  for (const connection of connections) {
    connection.close(
      new ProtocolError('CONNECTION_FORCED', 'broker forced connection closure with reason shutdown'),
    );
  }
  const cut = setTimeout(() => {
    for (const connection of connections) connection.destroy();
  }, STOP_MS);
  await closed;
  clearTimeout(cut);
  vhost.stop();
}

function statsOf(connections: ReadonlySet<Connection>, vhost: VirtualHost): BrokerStats {
  const queues = [...vhost.queues.values()];
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  return {
    connections: connections.size,
    channels: sum(Array.from(connections, ({ channels }) => channels.size)),
    consumers: sum(queues.map(({ consumerCount }) => consumerCount)),
    exchanges: vhost.exchanges.size,
    queues: queues.length,
    messagesReady: sum(queues.map(({ readyCount }) => readyCount)),
    messagesUnacked: sum(queues.map(({ unackedCount }) => unackedCount)),
    memoryBytes: vhost.memory.bytes,
    published: vhost.publishedCount,
  };
}
