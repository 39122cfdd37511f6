// limits: how many calls an account may have at once; one document of a fixed id.
import { limits as document } from '../../../core/documents/index.ts';
import { type RestModule, single } from '../engine/index.ts';

export const limits: RestModule = {
  name: 'limits',
  summary: 'How many calls an account may have at once',
  endpoints: [
    single({
      path: 'limits',
      id: 'limits',
      document,
      always: true,
      // An account does not raise its own limits: whoever sells them to it does.
      verbs: { GET: 'account', POST: 'ancestor', PATCH: 'ancestor' },
    }),
  ],
};
