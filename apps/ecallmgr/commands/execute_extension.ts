// execute_extension: runs an extension of the switch's own dialplan and comes back.
import { harmless } from '../freeswitch/index.ts';
import { unit } from './unit.ts';

export const executeExtension = unit({
  name: 'execute_extension',
  run: async (call, command) => {
    await call.setVars(command['Custom-Channel-Vars'] ?? {});
    return call.execute(command, 'execute_extension', harmless(command.Extension));
  },
});
