// answer: answers the call.
import { action, next } from '../../../core/contract/index.ts';
import type { Call } from '../call/call.ts';
import { ensureAnswered } from '../call/media.ts';

export const answer = action({
  name: 'answer',
  summary: 'Answer the call',
  data: {},
  onResume: 'repeat',
  run: async (call: Call) => {
    await ensureAnswered(call);
    return next();
  },
});
