// respond: refuses the call with a SIP response.
import { harmless, word } from '../freeswitch/index.ts';
import { unit } from './unit.ts';

export const respond = unit({
  name: 'respond',
  run: (call, command) => {
    const message = command['Response-Message'];
    const text = message === undefined ? '' : ` ${harmless(message)}`;
    return call.execute(command, 'respond', `${word(command['Response-Code'])}${text}`);
  },
});
