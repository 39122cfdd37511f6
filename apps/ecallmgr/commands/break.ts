// break: stops the running command.
import { unit } from './unit.ts';

export const break_ = unit({
  name: 'break',
  run: async (call) => {
    await call.break();
    return {};
  },
});
