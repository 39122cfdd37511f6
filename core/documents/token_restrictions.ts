// The `token_restrictions` document (contract/couch.md §4, crossbar.md §5).
import { document, Type } from '../contract/index.ts';
import { byPattern, endpointRules } from './shared.ts';

/** What tokens of an account may do: by authentication method, then by level of privilege; `_` stands for any. */
export const token_restrictions = document({
  type: 'token_restrictions',
  schema: 'token_restrictions',
  database: 'account',
  summary: 'What tokens of an account may do',
  fields: {
    restrictions: Type.Optional(byPattern('^\\w+$', byPattern('^\\w+$', endpointRules))),
  },
});
