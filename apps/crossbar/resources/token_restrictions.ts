// token_restrictions: what tokens of an account may do, by the way somebody logged in (contract/crossbar.md §5).
import { token_restrictions as document } from '../../../core/documents/index.ts';
import { type RestModule, single } from '../engine/index.ts';

export const token_restrictions: RestModule = {
  name: 'token_restrictions',
  summary: 'What tokens of an account may do',
  endpoints: [
    single({
      path: 'token_restrictions',
      id: document.type,
      document,
      verbs: { GET: 'admin', POST: 'admin', DELETE: 'admin' },
    }),
  ],
};
