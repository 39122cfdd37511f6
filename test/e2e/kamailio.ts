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
  /** `host:port` for phones. */
  readonly address: string;
  /** What it wrote to its log so far. */
  log(): string;
  /** Of the first of its processes; undefined while it does not run. */
  pid(): number | undefined;
  /** `SIGKILL` is a crash. Resolves when it has gone; at once after `SIGSTOP` and `SIGCONT`. */
  end(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same files. */
  start(): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

const program = ['/usr/sbin/kamailio', '/usr/local/sbin/kamailio'].find((file) => existsSync(file));

/** Starts Kamailio as soon as the broker listens. Rejects with its log when it ends or does not answer within 20 s after that. */
export async function startKamailio(given: Site): Promise<TestKamailio> {
  const folder = mkdtempSync(join(tmpdir(), 'mirliton-kamailio-'));
  const site = { workers: 4, logLevel: 0, ...given, folder };
  const file = writeKamailioConfig(site);
  let child: ChildProcess | undefined;
  let output = '';
  const pid = (): number | undefined =>
    child?.exitCode === null && child.signalCode === null ? child.pid : undefined;
  const end = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    const first = pid();
    if (!child || first === undefined) return;
    const gone = once(child, 'exit');
    // The processes of Kamailio are one group: a crash takes all of them.
    process.kill(signal === 'SIGTERM' ? first : -first, signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await gone;
  };
  const start = async (): Promise<void> => {
    // The zone may have to be built before its broker listens.
    await listening(new URL(site.bus).host, 90);
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
    await Promise.race([ended, listening(site.rpc, 20)]);
    ended.catch(() => undefined);
  };
  const kamailio = {
    address: site.sip[0] ?? '',
    log: () => output,
    pid,
    end,
    start,
    stop: async () => {
      // One that a test has stopped would not hear the next signal.
      await end('SIGCONT');
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

type Site = Omit<KamailioSite, 'folder'>;

/** Makes Kamailios the edge of a zone with these settings; the first is at its SIP address. Returns what to start. */
export async function addKamailios(settings: Record<string, unknown>, count: number): Promise<Site[]> {
  const ports = await freePorts(count * 3);
  const address = (kind: number, index: number) => `127.0.0.1:${ports[kind * count + index]}`;
  const all = Array.from({ length: count }, (_, index) => index);
  settings['edge'] = { kind: 'kamailio', rpc: all.map((index) => `http://${address(0, index)}/rpc`) };
  const { folder: _, ...first } = siteOf(loadSettings({ overrides: settings }), '.');
  return all.map((index) => {
    const others = all.filter((other) => other !== index).map((other) => address(2, other));
    const peers = count > 1 ? { peers: { own: address(2, index), others } } : {};
    const sip = index === 0 ? first.sip : [address(1, index)];
    return { ...first, sip, rpc: address(0, index), ...peers };
  });
}

/** Resolves when `host:port` takes connections; rejects after so many seconds. */
function listening(address: string, seconds: number): Promise<void> {
  const [host = '', port = ''] = address.split(':');
  return eventually(async () => {
    const socket = connect(Number(port), host);
    try {
      await once(socket, 'connect');
    } finally {
      socket.destroy();
    }
  }, seconds);
}
