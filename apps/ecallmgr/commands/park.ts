// park: parks the call, for a while or for as long as it lives.
import { word } from '../freeswitch/index.ts';
import { unit } from './unit.ts';

export const park = unit({
  name: 'park',
  run: async (call, { Timeout, 'Hangup-Cause': cause }) => {
    // A controlled call is parked whenever nothing else runs; only a limit or a bridge makes a difference.
    if (!Timeout && !call.channel.bridged) return {};
    const seconds = Math.ceil((Timeout ?? 0) / 1000);
    const limit = `${seconds}${cause === undefined ? '' : `:${word(cause)}`}`;
    if (seconds > 0) await call.around.client.setVariables(call.callId, { park_timeout: limit });
    const parked = call.park();
    await Promise.all([call.api('uuid_park'), parked]);
    return {};
  },
});
