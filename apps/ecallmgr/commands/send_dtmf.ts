// send_dtmf: sends digits to the caller.
import { word } from '../freeswitch/index.ts';
import { unit } from './unit.ts';

export const sendDtmf = unit({
  name: 'send_dtmf',
  run: (call, command) => {
    const duration = command.Duration === undefined ? '' : `@${word(command.Duration)}`;
    return call.execute(command, 'send_dtmf', `${word(command.DTMFs)}${duration}`);
  },
});
