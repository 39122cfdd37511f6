// SIPp as a crowd: many runs of one scenario at a rate, bounded in number, with what it saw of each.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Crowd {
  /** `test/load/sipp/<name>.xml`. */
  readonly scenario: string;
  /** One line for each run, as `[field0]`, `[field1]`, …; used again from the first when there are more runs. */
  readonly lines: readonly (readonly string[])[];
  readonly proxy: string;
  /** Own port on 127.0.0.1. */
  readonly port: number;
  readonly rate: number;
  readonly count: number;
  /** Milliseconds of the scenario's pause. */
  readonly pause?: number;
  /** How many run at a time; all, unless it is said. */
  readonly atOnce?: number;
  /** False leaves `seen` empty: writing it costs more than sending. */
  readonly watch?: boolean;
}

/** A message that SIPp sent (`S`) or received (`R`). */
export interface Seen {
  /** Milliseconds. */
  readonly at: number;
  readonly way: 'S' | 'R';
  readonly callId: string;
  readonly cseq: string;
  readonly first: string;
}

export interface CrowdResult {
  readonly failed: number;
  readonly retransmissions: number;
  readonly seen: readonly Seen[];
}

const scenarios = fileURLToPath(new URL('sipp', import.meta.url));
/** Beyond what the rate and the pause need. */
const patience = 30;

/** Runs until every one has ended, or is given up half a minute after the last should have. */
export async function crowd(options: Crowd): Promise<CrowdResult> {
  const { scenario, lines, proxy, port, rate, count, pause = 0, atOnce = count, watch = true } = options;
  const folder = mkdtempSync(join(tmpdir(), 'mirliton-crowd-'));
  writeFileSync(
    join(folder, 'lines.csv'),
    ['SEQUENTIAL', ...lines.map((line) => line.join(';')), ''].join('\n'),
  );
  const seconds = Math.ceil(count / rate + pause / 1000 + patience);
  const args = [
    ...['-sf', join(scenarios, `${scenario}.xml`), '-inf', 'lines.csv', '-d', String(pause)],
    ...[
      '-m',
      String(count),
      '-r',
      String(rate),
      '-l',
      String(atOnce),
      '-timeout',
      `${seconds}s`,
      '-timeout_error',
    ],
    ...['-i', '127.0.0.1', '-p', String(port), '-nostdin', '-buff_size', '4194304'],
    ...[
      ...(watch ? ['-trace_shortmsg', '-shortmessage_file', 'seen.log'] : []),
      '-trace_stat',
      '-stf',
      'stat.csv',
      '-fd',
      '1',
      proxy,
    ],
  ];
  const child = start(args, folder);
  try {
    await once(child, 'exit');
    const { failed, retransmissions } = statistics(readFileSync(join(folder, 'stat.csv'), 'utf8'));
    const seen = watch ? messages(readFileSync(join(folder, 'seen.log'), 'utf8')) : [];
    return { failed, retransmissions, seen };
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Phones that answer whatever calls them, until stopped. `ring`: milliseconds until they answer. */
export function answering(port: number, ring: number): { stop(): Promise<void> } {
  const scenario = join(scenarios, 'callee.xml');
  const args = ['-sf', scenario, '-d', String(ring), '-i', '127.0.0.1', '-p', String(port), '-nostdin'];
  const child = start([...args, '-buff_size', '4194304', '-timeout', '3600s'], tmpdir());
  return {
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function start(args: readonly string[], cwd: string): ChildProcess {
  return spawn('sipp', args, { cwd, env: { ...process.env, TERM: 'dumb' }, stdio: 'ignore' });
}

/** The totals of SIPp's last line of statistics. */
function statistics(text: string): { failed: number; retransmissions: number } {
  const rows = text
    .trim()
    .split('\n')
    .map((row) => row.split(';'));
  const [names = [], last = []] = [rows[0], rows.at(-1)];
  const value = (name: string): number => Number(last[names.indexOf(name)] ?? Number.NaN);
  return { failed: value('FailedCall(C)'), retransmissions: value('Retransmissions(C)') };
}

function messages(text: string): Seen[] {
  return text
    .trimEnd()
    .split('\n')
    .map((row) => {
      const [, , seconds = '', way, callId = '', cseq = '', first = ''] = row.split('\t');
      return { at: Number(seconds) * 1000, way: way === 'S' ? 'S' : 'R', callId, cseq, first };
    });
}
