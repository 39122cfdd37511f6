// Schemas of the declarations as components of an OpenAPI document: those with a name by reference.
import { findSchema, isRecord, type JsonSchema } from '../../../core/contract/index.ts';

type Json = Record<string, unknown>;

/** The schemas that operations refer to, by name, gathered while the document is made. */
export class Components {
  readonly schemas: Json = {};

  /** A reference when the schema has a name (`$id`), else the schema itself with its own references turned. */
  of(schema: JsonSchema): Json {
    const { $id, ...rest } = schema as Json;
    if (typeof $id !== 'string') return this.#turned(rest) as Json;
    this.#add($id, rest);
    return reference($id);
  }

  /** The same without what is required: what may be merged into a document. */
  partOf(schema: JsonSchema): Json {
    const { $id, required: _, ...rest } = schema as Json;
    if (typeof $id !== 'string') return this.#turned(rest) as Json;
    const name = `${$id}.part`;
    this.#add(name, rest);
    return reference(name);
  }

  #add(name: string, schema: JsonSchema): void {
    if (name in this.schemas) return;
    // Stands before it is filled: schemas may refer to themselves.
    this.schemas[name] = {};
    this.schemas[name] = this.#turned(schema);
  }

  #turned(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#turned(item));
    if (!isRecord(value)) return value;
    const { $id, $ref, ...rest } = value;
    if (typeof $ref === 'string') {
      const target = findSchema($ref);
      if (!target) throw new Error(`no schema is called ${$ref}`);
      return this.of({ ...target, $id: $ref });
    }
    if (typeof $id === 'string') return this.of(value);
    return Object.fromEntries(Object.entries(rest).map(([key, item]) => [key, this.#turned(item)]));
  }
}

export function reference(name: string, kind = 'schemas'): Json {
  return { $ref: `#/components/${kind}/${name}` };
}
