// Fields of bus messages as REST spells them: `Caller-ID-Name` is `caller_id_name`.
import { isRecord } from '../contract/index.ts';

/** The same value with all keys in snake case, at every depth. */
export function snakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCase);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key.toLowerCase().replaceAll('-', '_'), snakeCase(item)]),
  );
}
