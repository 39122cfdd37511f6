// progress: early media (183).
import { unit } from './unit.ts';

export const progress = unit({
  name: 'progress',
  run: (call, command) => call.execute(command, 'pre_answer'),
});
