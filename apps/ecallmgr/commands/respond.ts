// respond: refuses the call with a SIP response.
import { causeOfSip } from '../../../core/telephony/hangup-cause.ts';
import { harmless, word } from '../freeswitch/index.ts';
import { unit } from './unit.ts';

export const respond = unit({
  name: 'respond',
  run: async (call, command) => {
    // A leg without SIP cannot be answered with a status.
    if (!call.channel.bySip) {
      await call.api('uuid_kill', causeOfSip(Number(command['Response-Code'])));
      return {};
    }
    const message = command['Response-Message'];
    const text = message === undefined ? '' : ` ${harmless(message)}`;
    return call.execute(command, 'respond', `${word(command['Response-Code'])}${text}`);
  },
});
