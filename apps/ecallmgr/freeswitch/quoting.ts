// Text of customers in commands of the switch: nothing in it may end a value, name a variable or start a command.
import { AppError } from '../../../core/errors/index.ts';

/**
 * Makes a value harmless wherever it lands (application arguments, `{}` and `[]` lists, dial strings, later
 * expansions): FreeSWITCH expands `${…}` twice and runs `${api(…)}`, drops `\'` inside quotes, and ends a list at the
 * first `]` whether quoted or not. So control characters become spaces, `$` before `{` or `$` and back-slashes go,
 * brackets become round, and `'` becomes `’`.
 */
export function harmless(value: unknown): string {
  return (
    String(value)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not pass
      .replace(/[\u0000-\u001f\u007f]+/g, ' ')
      .replaceAll('\\', '')
      .replace(/\$(?=[{$])/g, '')
      .replace(/[[{]/g, '(')
      .replace(/[\]}]/g, ')')
      .replaceAll("'", '’')
      .replaceAll('^^', '^')
  );
}

/** `name='value',…`: the inside of a `[]` or `{}` list of a dial string. Unset values are left out. */
export const variableList = (variables: Readonly<Record<string, unknown>>): string =>
  // Endpoints are parted at `|` wherever it stands.
  joined(variables, ',').replaceAll('|', '/');

/** `name='value';…` for `uuid_setvar_multi` and, behind `^^;`, for `multiset`. Unset values are left out. */
export const variableSequence = (variables: Readonly<Record<string, unknown>>): string =>
  joined(variables, ';');

// Quotes keep spaces and `|`, but not the separator itself (measured).
function joined(variables: Readonly<Record<string, unknown>>, separator: string): string {
  return assignments(variables)
    .map(([name, value]) => `${name}='${value.replaceAll(separator, `\\${separator}`)}'`)
    .join(separator);
}

function assignments(variables: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(variables).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === null || value === ''
      ? []
      : [[variableName(name), harmless(text(value))]],
  );
}

const text = (value: unknown): unknown => (typeof value === 'object' ? JSON.stringify(value) : value);

/** Checks the name of a variable or header. Throws `invalid_data`. */
export function variableName(name: string): string {
  if (/^[A-Za-z0-9_.:-]{1,128}$/.test(name)) return name;
  throw new AppError('invalid_data', { message: `${JSON.stringify(name)} cannot be the name of a variable` });
}

/** A word of an application argument that is split at spaces, e.g. a hangup cause. */
export function word(value: unknown): string {
  return harmless(value).replace(/[\s|,;()]+/g, '_');
}

/** The user part of a SIP URI (RFC 3261 §25.1), percent-encoded so that it cannot carry parameters or separators. */
export function sipUser(value: unknown): string {
  // Half a surrogate pair cannot be encoded.
  const text = String(value).replace(/\p{Cs}/gu, '');
  return encodeURIComponent(text).replace(/[!'()*]|%2B/g, (it) =>
    it === '%2B' ? '+' : it === '*' ? '*' : `%${it.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A host, or host:port. Throws `invalid_data`. */
export function sipHost(value: unknown): string {
  const host = String(value);
  if (/^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/.test(host)) return host;
  throw new AppError('invalid_data', { message: `${JSON.stringify(host)} is not a SIP host` });
}
