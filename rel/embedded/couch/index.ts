// The embedded CouchDB: CouchDB's HTTP API on loopback, over PouchDB with LevelDB files.
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Auth } from './auth.ts';
import { Databases } from './databases.ts';
import type { Couch } from './exchange.ts';
import { Replicator } from './replication.ts';
import { handle } from './router.ts';
import { ViewIndexes } from './view-index.ts';

export interface CouchOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Made when it does not exist; the databases in it survive a restart. */
  readonly dataDir: string;
  /** The server administrator. */
  readonly user: string;
  readonly password: string;
  readonly log?: (line: string) => void;
}

export interface RunningCouch {
  /** Without credentials: `http://127.0.0.1:5984`. */
  readonly url: string;
  readonly port: number;
  /** Ends every feed and replication, then flushes and closes every database. */
  stop(): Promise<void>;
}

const LINGER_MS = 65_000;

/** Starts a CouchDB in this process. Rejects when the port is taken or the directory is not writable. */
export async function startCouch(options: CouchOptions): Promise<RunningCouch> {
  const log = options.log ?? (() => undefined);
  const databases = await Databases.load(options.dataDir, log);
  const stopping = new AbortController();
  const couch: Couch = {
    databases,
    auth: new Auth(databases, options.user, options.password),
    views: new ViewIndexes(),
    replicator: new Replicator(databases, options.user, options.password, log),
    uuid: randomBytes(16).toString('hex'),
    stopping: stopping.signal,
  };
  const running = new Set<Promise<void>>();
  const server = createServer((req, res) => {
    const exchange = handle(couch, req, res, log).finally(() => running.delete(exchange));
    running.add(exchange);
  });
  server.keepAliveTimeout = LINGER_MS;
  let port: number;
  try {
    port = await listen(server, options);
    for (const name of ['_users', '_replicator']) if (!databases.has(name)) await databases.create(name);
  } catch (error) {
    server.close();
    await databases.close();
    throw error;
  }
  const url = `http://${options.host}:${port}`;
  couch.replicator.start(url);
  return {
    url,
    port,
    async stop() {
      stopping.abort();
      await couch.replicator.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.allSettled([...running]);
      server.closeAllConnections();
      await closed;
      await databases.close();
    },
  };
}

function listen(server: Server, { host, port }: CouchOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
