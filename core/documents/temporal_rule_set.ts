// The `temporal_rule_set` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';

/** Several times of day as one. */
export const temporalRuleSet = document({
  type: 'temporal_rule_set',
  schema: 'temporal_rules_sets',
  database: 'account',
  summary: 'Several times of day as one',
  fields: {
    flags: Type.Optional(Type.Array(Type.String())),
    name: Type.String({ minLength: 1, maxLength: 128 }),
    temporal_rules: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
  },
});
