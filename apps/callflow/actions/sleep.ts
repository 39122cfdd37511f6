// sleep: waits.
import { action, next, Type } from '../../../core/contract/index.ts';
import type { Call } from '../call/call.ts';

const milliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

export const sleep = action({
  name: 'sleep',
  summary: 'Wait',
  data: {
    duration: Type.Integer({ default: 0, minimum: 0 }),
    unit: Type.Enum(['ms', 's', 'm', 'h'], { default: 's' }),
  },
  onResume: 'repeat',
  notes: 'when it is over',
  run: async (call: Call, { duration, unit }) => {
    const until = Number(call.noted['Until'] ?? Date.now() + duration * milliseconds[unit]);
    const time = until - Date.now();
    call.note({ Until: until });
    if (time > 0) await call.execute('sleep', { Time: time });
    return next();
  },
});
