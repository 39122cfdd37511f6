// Formatters of carriers: rewrites of single fields by expression (contract/couch.md, formatters.format_options).
import { firstMatch, formatNumber, type NumberSettings } from '../../core/telephony/index.ts';
import { address, type Json, record, text } from './fields.ts';

export type Direction = 'inbound' | 'outbound';

export interface FormatContext {
  readonly direction: Direction;
  /** For `match_invite_format`: the form that the gateway wants numbers in. */
  readonly inviteFormat?: string | undefined;
  readonly numbers?: NumberSettings;
}

/**
 * The fields with those rewritten that `formatters` name (`to_did` or `To-DID`): the first format whose direction and
 * expression fit counts. Of `user@realm` only the user is rewritten.
 */
export function applyFormatters<T extends Json>(fields: T, formatters: unknown, context: FormatContext): T {
  const wanted = new Map(Object.entries(record(formatters)).map(([name, formats]) => [plain(name), formats]));
  if (wanted.size === 0) return fields;
  const entries = Object.entries(fields).flatMap(([name, value]): [string, unknown][] => {
    const formats = [wanted.get(plain(name)) ?? []].flat();
    if (typeof value !== 'string' || formats.length === 0) return [[name, value]];
    const { user, realm } = address(value);
    const rewritten = rewrite(user, formats, context);
    if (rewritten === undefined) return [];
    return [[name, realm === '' ? rewritten : `${rewritten}@${realm}`]];
  });
  return Object.fromEntries(entries) as T;
}

const plain = (name: string): string => name.toLowerCase().replaceAll('-', '_');

/** Undefined when the field is to be left out. */
function rewrite(value: string, formats: readonly unknown[], context: FormatContext): string | undefined {
  for (const format of formats.map(record)) {
    const direction = text(format['direction']) ?? 'both';
    if (direction !== 'both' && direction !== context.direction) continue;
    const expression = text(format['regex']);
    const captured = expression === undefined ? value : firstMatch([expression], value).match?.longest;
    if (captured === undefined) continue;
    if (format['strip'] === true) return undefined;
    if (format['match_invite_format'] === true)
      return formatNumber(captured, context.inviteFormat, context.numbers);
    return (
      text(format['value']) ?? `${text(format['prefix']) ?? ''}${captured}${text(format['suffix']) ?? ''}`
    );
  }
  return value;
}
