// sleep: waits.
import { unit } from './unit.ts';

export const sleep = unit({
  name: 'sleep',
  run: (call, command) => call.execute(command, 'sleep', String(command.Time)),
});
