// hangup: hangs up this leg, or the other one only.
import { uuid, word } from '../freeswitch/index.ts';
import { unit } from './unit.ts';

export const hangup = unit({
  name: 'hangup',
  run: async (call, command) => {
    const cause = word(command['Hangup-Cause'] ?? 'NORMAL_CLEARING');
    const other = call.channel.otherLeg;
    if (command['Other-Leg-Only'] !== true) await call.api('uuid_kill', cause);
    else if (other !== undefined) await call.around.client.api(`uuid_kill ${uuid(other)} ${cause}`);
    return {};
  },
});
