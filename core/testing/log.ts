// A silent logger that keeps what it is told.
import type { Logger, LogLevel } from '../log/index.ts';

export interface LogRecord {
  readonly level: LogLevel;
  readonly part: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface SilentLog extends Logger {
  /** What this logger and its children were told, oldest first. */
  readonly records: LogRecord[];
  /** The messages of one level. */
  at(level: LogLevel): readonly string[];
}

/** A logger for tests. */
export function silentLog(part = 'test', records: LogRecord[] = []): SilentLog {
  const write =
    (level: LogLevel) =>
    (message: string, fields: Record<string, unknown> = {}): void => {
      records.push({ level, part, message, fields });
    };
  return {
    records,
    at: (level) => records.filter((record) => record.level === level).map(({ message }) => message),
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
    debug: write('debug'),
    child: (smaller) => silentLog(`${part}.${smaller}`, records),
  };
}
