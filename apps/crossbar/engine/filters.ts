// Filters of lists, over what a client may see of each document (contract/crossbar.md §3).
import { getAt } from '../../../core/contract/index.ts';
import type { StoredDocument } from '../../../core/couch/index.ts';
import { publicPart } from './documents.ts';

/** True for documents that stay in the list. */
export type Filter = (document: StoredDocument) => boolean;

type Test = (shown: Record<string, unknown>, document: StoredDocument) => boolean;

/** All filters of a query in one; undefined when there are none. */
export function filterOf(query: Readonly<Record<string, string>>): Filter | undefined {
  const tests = Object.entries(query).flatMap(([name, value]) => testOf(name, value) ?? []);
  if (tests.length === 0) return undefined;
  return (document) => {
    const shown = publicPart(document);
    return tests.every((test) => test(shown, document));
  };
}

function testOf(name: string, value: string): Test | undefined {
  const [, negated, path = ''] = /^filter_(not_)?(.+)$/s.exec(name) ?? [];
  if (path !== '') {
    const wanted = choices(value);
    return (shown) => wanted.some((one) => equals(getAt(shown, path), one)) !== (negated !== undefined);
  }
  switch (name) {
    case 'has_key':
      return (shown) => getAt(shown, value) !== undefined;
    case 'key_missing':
      return (shown) => getAt(shown, value) === undefined;
    case 'has_value':
      return (shown) => !isEmpty(getAt(shown, value));
    case 'value_missing':
      return (shown) => isEmpty(getAt(shown, value));
    case 'created_from':
    case 'created_to':
      return (_, document) => within(name, document.pvt_created, value);
    case 'modified_from':
    case 'modified_to':
      return (_, document) => within(name, document.pvt_modified, value);
    default:
      return undefined;
  }
}

/** A JSON array stands for any of its elements. */
function choices(value: string): readonly string[] {
  if (!value.startsWith('[')) return [value];
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? parsed.map(String) : [value];
  } catch {
    return [value];
  }
}

/** Equal as text, or one of the values of an array. */
function equals(found: unknown, wanted: string): boolean {
  if (Array.isArray(found)) return found.some((item) => equals(item, wanted));
  return found !== undefined && String(found) === wanted;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function within(name: string, time: number | undefined, limit: string): boolean {
  const at = Number(limit);
  if (time === undefined || !Number.isFinite(at)) return false;
  return name.endsWith('_from') ? time >= at : time <= at;
}
