// checkpoint: where the call stands, for the controller that comes after this one.
import { told } from '../control/call.ts';
import { unit } from './unit.ts';

export const checkpoint = unit({
  name: 'checkpoint',
  // Nobody awaits a checkpoint: no completion is told.
  run: async (call, command) => {
    await call.custody.take(command);
    return told;
  },
});
