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
    // FreeSWITCH does not note the status of its own refusal.
    call.prepare('set', `proto_specific_hangup_cause=sip:${word(command['Response-Code'])}`);
    const message = command['Response-Message'];
    const text = message === undefined ? '' : ` ${harmless(message)}`;
    return call.execute(command, 'respond', `${word(command['Response-Code'])}${text}`);
  },
});
