// SIPp for tests: runs a scenario of ours and says how it went.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface SippOptions {
  readonly host: string;
  readonly port: number;
  /** Values for `[field0]`, `[field1]`, … of one call. */
  readonly fields?: readonly string[];
  readonly calls?: number;
  readonly rate?: number;
  readonly transport?: 'u1' | 't1';
  readonly localPort?: number;
  readonly seconds?: number;
}

/** The result of a run: SIPp's exit code (0 all calls went as written) and, when not, what it logged. */
export interface SippResult {
  readonly ok: boolean;
  readonly log: string;
}

const scenarios = fileURLToPath(new URL('sipp', import.meta.url));

/** Runs `test/e2e/sipp/<scenario>.xml`. */
export async function sipp(scenario: string, options: SippOptions): Promise<SippResult> {
  const folder = mkdtempSync(join(tmpdir(), 'sipp-'));
  const {
    host,
    port,
    fields = [],
    calls = 1,
    rate = 10,
    transport = 'u1',
    localPort,
    seconds = 20,
  } = options;
  writeFileSync(join(folder, 'fields.csv'), `SEQUENTIAL\n${fields.join(';')}\n`);
  const args = [
    ...['-sf', join(scenarios, `${scenario}.xml`), '-inf', join(folder, 'fields.csv')],
    ...['-m', String(calls), '-r', String(rate), '-t', transport, '-i', '127.0.0.1', '-mi', '127.0.0.1'],
    ...(localPort === undefined ? [] : ['-p', String(localPort)]),
    ...[
      '-timeout',
      `${seconds}s`,
      '-timeout_error',
      '-nostdin',
      '-trace_err',
      '-trace_msg',
      `${host}:${port}`,
    ],
  ];
  const child = spawn('sipp', args, { cwd: folder, env: { ...process.env, TERM: 'dumb' }, stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  const log = readdirSync(folder)
    .filter((file) => file.endsWith('.log'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  rmSync(folder, { recursive: true, force: true });
  return { ok: code === 0, log: log.slice(-20_000) };
}
