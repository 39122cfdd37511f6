// Bad input for every field of a document schema: a value that breaks one rule, and the violation that must be reported.
import type { JsonSchema } from '../../../core/contract/index.ts';

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
}

/** One rule that `data` breaks, and how it is reported. */
export interface BadInput {
  /** Dotted path of the field. */
  readonly path: string;
  readonly code: string;
  readonly data: Record<string, unknown>;
}

type Json = Record<string, unknown>;

/** Longest text that is worth sending to break a limit. */
const longest = 100_000;

/** `example` with one field made wrong, for every field and every rule that JSON schema has for it. */
export function badInputs(schema: JsonSchema, example: Readonly<Json>): BadInput[] {
  return fieldsOf(schema as Schema, example, '');
}

/** Bad input for the properties of an object, below `path`. `example` is the object as it should be. */
function fieldsOf(schema: Schema, example: Readonly<Json>, path: string): BadInput[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]) => {
    const here = path === '' ? name : `${path}.${name}`;
    const wrap = (it: Wrong): BadInput => ({
      path: here,
      code: it.code,
      data: { ...example, [name]: it.value },
    });
    const { [name]: present, ...without } = example;
    const missing = schema.required?.includes(name) && child.enum === undefined && !hasDefault(child);
    return [
      ...(missing ? [{ path: here, code: 'required', data: without }] : []),
      ...wrongValues(child).map(wrap),
      ...inside(child, present, here).map((it) => ({ ...it, data: { ...example, [name]: it.data } as Json })),
    ];
  });
}

const hasDefault = (schema: Schema): boolean => 'default' in schema;

/** Bad input further down: in an object, or in the first element of a list. `data` is what stands in place of `present`. */
function inside(
  schema: Schema,
  present: unknown,
  path: string,
): { path: string; code: string; data: unknown }[] {
  if (schema.properties) return fieldsOf(schema, (present ?? {}) as Json, path);
  if (!schema.items) return [];
  const [first, ...rest] = Array.isArray(present) ? present : [];
  const at = `${path}.0`;
  return [
    ...wrongValues(schema.items).map(({ code, value }) => ({ path: at, code, data: [value] })),
    ...inside(schema.items, first, at).map((it) => ({ ...it, data: [it.data, ...rest] })),
  ];
}

interface Wrong {
  readonly code: string;
  readonly value: unknown;
}

/** Values that break one rule of a schema each. Unions and references are left to the tests of who uses them. */
function wrongValues(schema: Schema): Wrong[] {
  if (schema.enum) return [{ code: 'enum', value: 'none of these' }];
  const { type, minLength = 0, maxLength = longest, pattern, format } = schema;
  const wrong: Wrong[] = [];
  if (typeof type === 'string')
    wrong.push({ code: 'type', value: type === 'string' ? { not: 'text' } : 'not so' });
  if (minLength > 0) wrong.push({ code: 'minLength', value: 'x'.repeat(minLength - 1) });
  if (maxLength < longest) wrong.push({ code: 'maxLength', value: 'x'.repeat(maxLength + 1) });
  const unfit =
    pattern === undefined ? undefined : ['', ' ', '\n', 'x', '!'].find((it) => !new RegExp(pattern).test(it));
  if (unfit !== undefined) wrong.push({ code: 'pattern', value: unfit });
  if (format !== undefined) wrong.push({ code: 'wrong_format', value: `no ${format}` });
  if (schema.minimum !== undefined) wrong.push({ code: 'minimum', value: schema.minimum - 1 });
  if (schema.maximum !== undefined) wrong.push({ code: 'maximum', value: schema.maximum + 1 });
  if (schema.minProperties) wrong.push({ code: 'too_few_properties', value: {} });
  if (schema.minItems) wrong.push({ code: 'minItems', value: [] });
  if (schema.maxItems !== undefined)
    wrong.push({ code: 'maxItems', value: Array(schema.maxItems + 1).fill('x') });
  if (schema.uniqueItems) wrong.push({ code: 'uniqueItems', value: ['x', 'x'] });
  return wrong;
}
