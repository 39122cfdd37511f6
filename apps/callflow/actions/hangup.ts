// hangup: ends the call now, whatever else the flow would do.
import { action, hardStop } from '../../../core/contract/index.ts';
import type { Call } from '../call/call.ts';

export const hangup = action({
  name: 'hangup',
  summary: 'Hang up',
  data: {},
  onResume: 'repeat',
  run: async (_call: Call) => hardStop,
});
