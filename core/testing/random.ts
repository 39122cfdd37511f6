// Random values of declared contracts: from a JSON schema to a fast-check arbitrary.
import fc, { type Arbitrary } from 'fast-check';
import { findSchema, type JsonSchema } from '../contract/index.ts';

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly $ref?: string;
}

/** Values that the schema accepts. */
export function randomOf(schema: JsonSchema): Arbitrary<unknown> {
  return arbitraryOf(schema as Schema, 3);
}

function arbitraryOf(schema: Schema, depth: number): Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.$ref !== undefined) {
    const target = findSchema(schema.$ref) as Schema | undefined;
    if (!target) throw new Error(`no schema is called ${schema.$ref}`);
    return arbitraryOf(target, depth - 1);
  }
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms) return fc.oneof(...forms.map((it) => arbitraryOf(it, depth)));
  switch (schema.type) {
    case 'string':
      return text(schema);
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 1_000_000 });
    case 'number':
      return fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 1_000_000, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return list(schema, depth);
    case 'object':
      return record(schema, depth);
    default:
      return fc.jsonValue({ maxDepth: 1 });
  }
}

function text({ minLength = 0, maxLength = 40, pattern, format }: Schema): Arbitrary<string> {
  if (format === 'email') return fc.emailAddress().filter((it) => /^[\w.+-]+@[\w.-]+$/.test(it));
  if (format === 'uri') return fc.webUrl();
  if (format === 'ipv4') return fc.ipV4();
  if (format === 'ipv6') return fc.ipV6();
  if (pattern !== undefined) {
    // Without `m` a dollar stands for the end of the text, but the generator may put a line break before it.
    const fits = (it: string): boolean =>
      it.length >= minLength && it.length <= maxLength && !it.includes('\n');
    return fc.stringMatching(new RegExp(pattern)).filter(fits);
  }
  return fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, minLength + 20)) });
}

function list(schema: Schema, depth: number): Arbitrary<unknown[]> {
  const item = arbitraryOf(schema.items ?? {}, depth - 1);
  const size = { minLength: schema.minItems ?? 0, maxLength: Math.max(schema.minItems ?? 0, 3) };
  return schema.uniqueItems
    ? fc.uniqueArray(item, { ...size, comparator: (a, b) => JSON.stringify(a) === JSON.stringify(b) })
    : fc.array(item, size);
}

function record(schema: Schema, depth: number): Arbitrary<unknown> {
  if (schema.maxProperties === 0) return fc.constant({});
  const [pattern, value] = Object.entries(schema.patternProperties ?? {})[0] ?? [];
  if (pattern !== undefined && value) {
    return fc.dictionary(fc.stringMatching(new RegExp(pattern)), arbitraryOf(value, depth - 1), {
      minKeys: schema.minProperties ?? 0,
      maxKeys: 2,
    });
  }
  const { additionalProperties: more, properties = {}, required = [] } = schema;
  if (Object.keys(properties).length === 0) {
    const item = typeof more === 'object' ? more : {};
    return depth <= 0
      ? fc.constant({})
      : fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), arbitraryOf(item, depth - 1), {
          maxKeys: 2,
        });
  }
  const kept = Object.entries(properties).filter(([name]) => depth > 0 || required.includes(name));
  const values = Object.fromEntries(kept.map(([name, it]) => [name, arbitraryOf(it, depth - 1)]));
  return fc.record(values, { requiredKeys: required.filter((name) => name in values) });
}
