// noop: does nothing but wait until everything before it has been done.
import { action, next } from '../../../core/contract/index.ts';
import type { Call } from '../call/call.ts';

export const noop = action({
  name: 'noop',
  summary: 'Nothing',
  data: {},
  onResume: 'skip',
  run: async (call: Call) => {
    await call.execute('noop', {}, 10_000);
    return next();
  },
});
