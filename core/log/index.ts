// Logging: winston, one line of JSON per record, with the call and account at hand carried along by AsyncLocalStorage.
import { AsyncLocalStorage } from 'node:async_hooks';
import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { createLogger, format, transports } from 'winston';
import { AppError, errorText } from '../errors/index.ts';
import { makeFolder } from '../files/index.ts';
import { currentTrace } from '../trace/index.ts';
import { Levels, type LogLevel } from './levels.ts';

/** What every record written inside `withLogContext` carries. */
export interface LogContext {
  readonly callId?: string | undefined;
  readonly accountId?: string | undefined;
  readonly requestId?: string | undefined;
}

export { type LevelRule, type LogLevel, logLevels } from './levels.ts';

/** A logger of one part of one app. `fields` must survive JSON; give an error as `error`. */
export interface Logger {
  error(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  debug(message: string, fields?: Record<string, unknown>): void;
  /** The same logger for a smaller part: `part` is joined with a dot. */
  child(part: string): Logger;
}

const context = new AsyncLocalStorage<LogContext>();

/** Runs `work` so that everything it logs, also after awaits, carries these ids beside those already there. */
export function withLogContext<T>(fields: LogContext, work: () => T): T {
  return context.run({ ...context.getStore(), ...fields }, work);
}

/** Adds ids to those at hand, for the rest of the work of the nearest `withLogContext`. */
export function addToLogContext(fields: LogContext): void {
  Object.assign(context.getStore() ?? {}, fields);
}

/** The ids at hand. */
export function logContext(): LogContext {
  return context.getStore() ?? {};
}

const human = format.printf(({ timestamp, level, part, message, ...rest }) => {
  const extra = Object.keys(rest).length > 0 ? ` ${JSON.stringify(rest)}` : '';
  return `${String(timestamp).slice(11, 23)} ${level.padEnd(5)} ${String(part)} ${String(message)}${extra}`;
});

/** The levels of this process, which an operator may change while it runs. */
export const levels = new Levels();

// What is wanted is decided before: here everything that comes is written.
const root = createLogger({
  level: 'debug',
  transports: [new transports.Console({ stderrLevels: ['error', 'warn', 'info', 'debug'] })],
});

/** Makes the folder of the log and opens it once: winston would only say later, or never, that it cannot. */
function tryFile(file: string): void {
  try {
    makeFolder(dirname(file));
    closeSync(openSync(file, 'a'));
  } catch (cause) {
    throw new AppError('invalid_config', {
      message: `cannot write the log to ${file}: ${errorText(cause)}; set another with MIRLITON_LOG_FILE, or - for the screen`,
      cause,
    });
  }
}

/** How and what to write: `json` for machines, `text` for people, a file instead of stderr when `file` is given. Throws `invalid_config` when that cannot be written. */
export function configureLog({
  level,
  form,
  file,
}: {
  level: LogLevel;
  form: 'json' | 'text';
  file?: string | undefined;
}): void {
  if (file !== undefined) tryFile(file);
  levels.setBase(level);
  root.configure({
    level: 'debug',
    format: format.combine(format.timestamp(), form === 'json' ? format.json() : human),
    transports: file
      ? [new transports.File({ filename: file, maxsize: 50_000_000, maxFiles: 3, tailable: true })]
      : [new transports.Console({ stderrLevels: ['error', 'warn', 'info', 'debug'] })],
  });
}

/** The logger of a part, e.g. `logger('callflow')`. */
export function logger(part: string): Logger {
  const write =
    (level: LogLevel) =>
    (message: string, fields: Record<string, unknown> = {}) => {
      if (!levels.wants(level, part, context.getStore()?.callId)) return;
      const traceId = currentTrace()?.traceId;
      const ids = traceId === undefined ? context.getStore() : { ...context.getStore(), traceId };
      root.log({ level, message, part, ...ids, ...spellErrors(fields) });
    };
  return {
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
    debug: write('debug'),
    child: (smaller) => logger(`${part}.${smaller}`),
  };
}

function spellErrors(fields: Record<string, unknown>): Record<string, unknown> {
  if (!(fields['error'] instanceof Error)) return fields;
  const { error, ...rest } = fields;
  const code = (error as { code?: unknown }).code;
  return {
    ...rest,
    error: errorText(error),
    ...(code === undefined ? {} : { code }),
    stack: (error as Error).stack,
  };
}
