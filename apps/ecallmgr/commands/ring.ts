// ring: ringing (180), with the ringback that later bridges play.
import { playable } from '../playing.ts';
import { unit } from './unit.ts';

export const ring = unit({
  name: 'ring',
  run: async (call, command) => {
    if (command.Ringback) {
      const tone = await playable(call, command.Ringback);
      await call.around.client.setVariables(call.callId, { ringback: tone, transfer_ringback: tone });
    }
    return call.execute(command, 'ring_ready');
  },
});
