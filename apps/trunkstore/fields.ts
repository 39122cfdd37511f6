// Reading documents and messages without trust, and dropping what is not there.
import { isRecord } from '../../core/contract/index.ts';

export type Json = Readonly<Record<string, unknown>>;

/** The value when it is an object, else an empty one. */
export const record = (value: unknown): Json => (isRecord(value) ? value : {});

/** The value when it is a text that is not empty. */
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The value when it is a finite number. */
export const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** The texts of a list. */
export const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string' && item !== '') : [];

/** The fields that have a value. */
export function given<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** The object as it stands, or undefined when it is empty. */
export const orAbsent = <T extends object>(fields: T): T | undefined =>
  Object.keys(fields).length > 0 ? fields : undefined;

/** The parts of `user@realm`. */
export function address(value: string): { readonly user: string; readonly realm: string } {
  const at = value.lastIndexOf('@');
  return at < 0 ? { user: value, realm: '' } : { user: value.slice(0, at), realm: value.slice(at + 1) };
}
