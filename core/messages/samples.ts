// Messages with every field, each with a value of its type: for previews and examples.
import type { AnyMessage, JsonSchema } from '../contract/index.ts';

/** The fields of a message as they could be. */
export function sampleFields({ fields }: AnyMessage): Record<string, unknown> {
  const entries = Object.entries(fields as Readonly<Record<string, JsonSchema>>);
  return Object.fromEntries(entries.map(([key, schema]) => [key, exampleOf(schema as { type?: string })]));
}

function exampleOf({ type }: { readonly type?: string }): unknown {
  return { integer: 1, number: 1, boolean: true, object: {}, array: [] }[type ?? ''] ?? 'text';
}
