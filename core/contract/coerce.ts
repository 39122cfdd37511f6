// What others write as text, or leave empty, made into what a schema asks for.
import { dropAt, putAt } from './path.ts';
import type { Violation } from './validator.ts';

/**
 * Kazoo turns strings into the number or boolean that the schema asks for before it complains (contract/crossbar.md §2).
 * `violations` are those of `root`, which is changed in place.
 */
export function coerce(root: Record<string, unknown>, violations: readonly Violation[]): void {
  for (const { path, code, target, value } of violations) {
    if (code !== 'type' || typeof value !== 'string') continue;
    const better = fromText(value, wantedBy(target));
    if (better !== undefined) putAt(root, path, better);
  }
}

/**
 * The same for a message of another process: Kazoo's apps write numbers as text and the other way round, booleans as
 * text, and take what is empty for absent (contract/kapi.md §1).
 */
export function accommodate(root: Record<string, unknown>, violations: readonly Violation[]): void {
  coerce(root, violations);
  for (const { path, code, target, value } of violations) {
    if (value === null || value === '') dropAt(root, path);
    else if (code === 'type' && wantedBy(target).includes('string') && isPlain(value))
      putAt(root, path, String(value));
  }
}

const wantedBy = (target: unknown): string[] => String(target).split(',');

const isPlain = (value: unknown): boolean => typeof value === 'number' || typeof value === 'boolean';

function fromText(value: string, wanted: readonly string[]): unknown {
  if (wanted.includes('boolean') && (value === 'true' || value === 'false')) return value === 'true';
  if (wanted.includes('integer') && /^-?\d{1,15}$/.test(value)) return Number(value);
  if (wanted.includes('number') && value.trim() !== '' && Number.isFinite(Number(value)))
    return Number(value);
  return undefined;
}
