// noop: nothing; completes when all before it has.
import { unit } from './unit.ts';

export const noop = unit({
  name: 'noop',
  run: async (_call, command) => ({ 'Application-Response': command['Msg-ID'] }),
});
