// A payload as a form: nested keys as `a[b]`, as Kazoo writes them.
import { isRecord } from '../../core/contract/index.ts';

/** `application/x-www-form-urlencoded`; keys without a value are left out. */
export function formOf(payload: Readonly<Record<string, unknown>>): string {
  const form = new URLSearchParams();
  const add = (name: string, value: unknown): void => {
    if (value === undefined || value === null) return;
    if (Array.isArray(value)) for (const item of value) add(`${name}[]`, item);
    else if (isRecord(value)) for (const [key, item] of Object.entries(value)) add(`${name}[${key}]`, item);
    else form.append(name, String(value));
  };
  for (const [key, value] of Object.entries(payload)) add(key, value);
  return form.toString();
}
