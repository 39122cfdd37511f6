// SIPp for tests: runs a scenario of ours as a caller, as a callee or as a carrier, and gives the messages it saw.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.ts';
import { freePorts } from './ports.ts';

export interface SippOptions {
  /** What stands in braces in the scenario. */
  readonly values?: Readonly<Record<string, string | number>>;
  /** `host:port` of the proxy. A callee has none. */
  readonly proxy?: string;
  readonly transport?: 'udp' | 'tcp';
  /** Own address; a loopback address other than 127.0.0.1 plays somebody else. */
  readonly host?: string;
  readonly port?: number;
  readonly seconds?: number;
  /** Seconds without the message that is awaited, after which a call is given up. */
  readonly patience?: number;
  /** How often the scenario is run; default once. */
  readonly calls?: number;
}

/** A running SIPp. */
export interface Sipp {
  readonly host: string;
  readonly port: number;
  /** Resolves with all messages, sent and received, when every step went as written; else rejects with them. */
  readonly done: Promise<string>;
  /** Ends it, whatever it waits for. */
  stop(): Promise<void>;
}

const scenarios = fileURLToPath(new URL('sipp', import.meta.url));

/** Runs `test/e2e/sipp/<scenario>.xml`. Resolves with its messages; rejects when a step did not go as written. */
export async function sipp(scenario: string, options: SippOptions): Promise<string> {
  return (await startSipp(scenario, options)).done;
}

/** Starts a scenario that waits for a call; resolves when it listens. */
export async function callee(scenario: string, options: SippOptions = {}): Promise<Sipp> {
  const running = await startSipp(scenario, options);
  const open = `${hex(running.host)}:${running.port.toString(16).toUpperCase().padStart(4, '0')}`;
  await eventually(() => {
    if (!readFileSync('/proc/net/udp', 'utf8').includes(open)) throw new Error('SIPp does not listen');
  });
  return running;
}

async function startSipp(scenario: string, options: SippOptions): Promise<Sipp> {
  const { proxy, transport = 'udp', host = '127.0.0.1', seconds = 30, calls = 1, values = {} } = options;
  const port = options.port ?? ((await freePorts(1)) as [number])[0];
  const folder = mkdtempSync(join(tmpdir(), 'sipp-'));
  writeFileSync(join(folder, `${scenario}.xml`), fill(scenario, values));
  const args = [
    ...['-sf', `${scenario}.xml`, '-m', String(calls), '-i', host, '-mi', host, '-p', String(port)],
    ...['-t', transport === 'udp' ? 'u1' : 't1', '-timeout', `${seconds}s`, '-timeout_error'],
    ...(options.patience === undefined ? [] : ['-recv_timeout', String(options.patience * 1000)]),
    ...['-nostdin', '-trace_err', '-trace_msg', ...(proxy === undefined ? [] : [proxy])],
  ];
  const environment = { ...process.env, TERM: 'dumb' };
  const child = spawn('sipp', args, { cwd: folder, env: environment, stdio: 'ignore' });
  const done = ended(child, scenario, folder);
  // Whoever waits for it hears of a failure; the others look at the other side.
  done.catch(() => undefined);
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await done.catch(() => undefined);
  };
  return { host, port, done, stop };
}

async function ended(child: ChildProcess, scenario: string, folder: string): Promise<string> {
  const [code] = (await once(child, 'exit')) as [number | null];
  const logs = readdirSync(folder).filter((file) => file.endsWith('.log'));
  const read = (kind: string) =>
    logs
      .filter((file) => file.includes(kind))
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('\n');
  const messages = read('_messages');
  const errors = read('_errors');
  rmSync(folder, { recursive: true, force: true });
  if (code === 0) return messages;
  throw new Error(`SIPp ${scenario} ended with ${code}\n${errors.slice(0, 1500)}\n${messages.slice(-6000)}`);
}

function fill(scenario: string, values: Readonly<Record<string, string | number>>): string {
  return readFileSync(join(scenarios, `${scenario}.xml`), 'utf8').replaceAll(
    /\{([a-z]+)\}/g,
    (_, name: string) => {
      const value = values[name];
      if (value === undefined) throw new Error(`scenario ${scenario} needs a value for ${name}`);
      return String(value);
    },
  );
}

// As /proc/net/udp writes addresses: the bytes backwards.
function hex(host: string): string {
  const bytes = host.split('.').map((part) => Number(part).toString(16).toUpperCase().padStart(2, '0'));
  return bytes.reverse().join('');
}
