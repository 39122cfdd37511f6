// play_macro: plays several media one after the other, as one.
import { macro } from '../playing.ts';
import { unit } from './unit.ts';

export const playMacro = unit({
  name: 'play_macro',
  run: async (call, command) => call.execute(command, 'playback', await macro(call, command['Media-Macro'])),
});
