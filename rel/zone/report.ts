// What a started zone tells: the screen for people, var/zone.json for scripts.
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { furtherWays, type Settings } from '../../core/config/index.ts';
import type { Demo } from './demo.ts';

/** The contents of zone.json. */
export interface ZoneFacts {
  readonly api: string;
  readonly metrics: string;
  readonly account?: Demo['account'];
  readonly login?: Demo['login'];
  readonly phones: readonly (Demo['phones'][number] & { readonly proxy: string })[];
  readonly dial?: Demo['dial'];
  readonly pid: number;
  /** With the addresses of the embedded parts: how the `mirliton` command finds them. Holds passwords. */
  readonly settings: Settings;
}

/** The facts of a zone. */
export function zoneFacts(settings: Settings, metricsPort: number, demo: Demo | undefined): ZoneFacts {
  const proxy = settings.sip.advertise || `${settings.sip.host}:${settings.sip.port}`;
  return {
    api: apiUrl(settings),
    metrics: `http://${settings.metrics.host}:${metricsPort}/metrics`,
    ...(demo ? { account: demo.account, login: demo.login, dial: demo.dial } : {}),
    phones: (demo?.phones ?? []).map((phone) => ({ ...phone, proxy })),
    pid: process.pid,
    settings,
  };
}

/** The base of the REST API, ending with `/v2`. */
export function apiUrl(settings: Settings): string {
  return `http://${settings.rest.host}:${settings.rest.port}/v2`;
}

/** Writes zone.json in one step, so that a reader never sees half of it. Returns what removes it. */
export function writeFacts(folder: string, facts: ZoneFacts): () => void {
  const file = join(folder, 'zone.json');
  writeFileSync(`${file}.new`, `${JSON.stringify(facts, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return () => rmSync(file, { force: true });
}

/** How phones may speak: UDP and TCP at one port, what else is set at its own. */
const waysIn = ({ sip }: Settings): string =>
  ['UDP', 'TCP', ...furtherWays(sip).map(({ protocol, port }) => `${protocol.toUpperCase()} ${port}`)].join(
    ', ',
  );

/** The screen at the end of the start. */
export function screen(
  facts: ZoneFacts,
  { seconds, logFile }: { readonly seconds: number; readonly logFile: string },
): string {
  const lines = [
    '',
    `  Mirliton is ready (${seconds.toFixed(1)} s)`,
    '',
    `  REST API    ${facts.api}`,
    ...(facts.login
      ? [
          `  Login       ${facts.login.username} / ${facts.login.password}   account ${facts.login.account_name}`,
        ]
      : []),
    `  Metrics     ${facts.metrics}`,
    `  Log         ${logFile}`,
    '',
    ...facts.phones.map(
      ({ extension, username, password, realm, proxy }) =>
        `  Phone ${extension}  ${username}@${realm}  password ${password}  SIP server ${proxy} (${waysIn(facts.settings)})`,
    ),
    ...(facts.dial
      ? [
          '',
          `  Dial        ${facts.phones.map(({ extension }) => extension).join(', ')} (each other)   ${facts.dial.ivr} (IVR)   ${facts.dial.echo} (echo)   ${facts.dial.music} (music)`,
        ]
      : []),
    '',
    '  Ctrl-C stops.',
    '',
  ];
  return lines.join('\n');
}
