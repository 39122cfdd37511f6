// park: parks the call, for a while or for as long as it lives.
import { word } from '../freeswitch/index.ts';
import { unit } from './unit.ts';

export const park = unit({
  name: 'park',
  run: async (call, { Timeout, 'Hangup-Cause': cause }) => {
    if (Timeout !== undefined && Timeout > 0) {
      const limit = `${Math.ceil(Timeout / 1000)}${cause === undefined ? '' : `:${word(cause)}`}`;
      await call.around.client.setVariables(call.callId, { park_timeout: limit });
    }
    await call.api('uuid_park');
    return {};
  },
});
