// set_terminators: sets the keys that end what plays.
import { setTerminators as set } from '../playing.ts';
import { unit } from './unit.ts';

export const setTerminators = unit({
  name: 'set_terminators',
  run: async (call, { Terminators }) => {
    set(call, Terminators);
    return {};
  },
});
