// The `function` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';

/** A stored function. */
export const storedFunction = document({
  type: 'function',
  schema: 'functions',
  database: 'functions',
  summary: 'A function that decides about calls',
  fields: {
    enabled: Type.Optional(Type.Boolean({ default: true })),
    function_js: Type.String(),
    language_pack: Type.Optional(Type.String({ default: 'javascript' })),
    name: Type.String(),
  },
});
