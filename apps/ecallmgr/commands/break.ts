// break: stops the running command.
import { unit } from './unit.ts';

export const break_ = unit({
  name: 'break',
  run: async (call) => {
    await call.api('uuid_break');
    return {};
  },
});
