// playstop: stops what plays.
import { unit } from './unit.ts';

export const playstop = unit({
  name: 'playstop',
  run: async (call) => {
    await call.break();
    return {};
  },
});
