// A private Kamailio for tests, from Debian with our configuration: loopback only, gone with its files at the end.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '../../core/config/index.ts';
import { type KamailioSite, siteOf, writeKamailioConfig } from '../../rel/kamailio/config.ts';
import { eventually } from './eventually.ts';
import { freePorts } from './ports.ts';

export interface TestKamailio {
  /** What it wrote to its log so far. */
  log(): string;
  /** `SIGKILL` is a crash. Resolves when it has gone. */
  end(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same files. */
  start(): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

const program = ['/usr/sbin/kamailio', '/usr/local/sbin/kamailio'].find((file) => existsSync(file));

/** Starts Kamailio as soon as the broker listens. Rejects with its log when it ends or does not answer within 20 s. */
export async function startKamailio(given: Omit<KamailioSite, 'folder'>): Promise<TestKamailio> {
  const folder = mkdtempSync(join(tmpdir(), 'mirliton-kamailio-'));
  const site = { workers: 4, logLevel: 0, ...given, folder };
  const file = writeKamailioConfig(site);
  let child: ChildProcess | undefined;
  let output = '';
  const end = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    const { pid } = child ?? {};
    if (!child || pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    // The processes of Kamailio are one group: a crash takes all of them.
    process.kill(signal === 'SIGKILL' ? -pid : pid, signal);
    await gone;
  };
  const start = async (): Promise<void> => {
    await listening(new URL(site.bus).host);
    const args = ['-f', file, '-DD', '-E', '-Y', folder, '-m', '64', '-M', '16'];
    const started = spawn(program ?? 'kamailio', args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-200_000);
      });
    const ended = once(started, 'exit').then(([code]) => {
      throw new Error(`Kamailio ended with ${code} while starting:\n${output.slice(-4000)}`);
    });
    await Promise.race([ended, listening(site.rpc)]);
    ended.catch(() => undefined);
  };
  const kamailio = {
    log: () => output,
    end,
    start,
    stop: async () => {
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await start();
  } catch (error) {
    await kamailio.stop();
    throw error;
  }
  return kamailio;
}

/** Makes Kamailio the edge of a zone with these settings. Returns the site to start. */
export async function addKamailio(settings: Record<string, unknown>): Promise<Omit<KamailioSite, 'folder'>> {
  const [port] = (await freePorts(1)) as [number];
  const rpc = `127.0.0.1:${port}`;
  settings['edge'] = { kind: 'kamailio', rpc: [`http://${rpc}/rpc`] };
  const { folder: _, ...site } = siteOf(loadSettings({ overrides: settings }), '.');
  return site;
}

/** Resolves when `host:port` takes connections. */
function listening(address: string): Promise<void> {
  const [host = '', port = ''] = address.split(':');
  return eventually(async () => {
    const socket = connect(Number(port), host);
    try {
      await once(socket, 'connect');
    } finally {
      socket.destroy();
    }
  }, 20);
}
