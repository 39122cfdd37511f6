// The exit codes of every command, and which error ends with which.
import type { ErrorCode } from '../../core/errors/index.ts';

export type ExitCode = 0 | 1 | 2 | 3;

/** Promised to scripts. */
export const exitCodes: Readonly<Record<ExitCode, string>> = {
  0: 'done, or healthy',
  1: 'failed, or something is unhealthy; what it is stands on the screen',
  2: 'the command was used wrongly: unknown command or option, a word missing, a value that cannot be',
  3: 'the broker, the database, a media server or an app cannot be reached',
};

const unreachable: readonly ErrorCode[] = [
  'bus_unreachable',
  'datastore_unreachable',
  'switch_unreachable',
  'nobody_listens',
  'request_timeout',
  'no_switch',
];

/** A wrong use is an `invalid_data` thrown by the parser or by a command that looks at its words. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  if (code === 'invalid_data') return 2;
  return unreachable.includes(code) ? 3 : 1;
}
