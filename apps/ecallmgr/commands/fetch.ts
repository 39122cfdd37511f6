// fetch: tells all variables of the call as CHANNEL_DATA.
import { AppError } from '../../../core/errors/index.ts';
import { dumpOf } from '../dump.ts';
import { uuid } from '../freeswitch/index.ts';
import { unit } from './unit.ts';

export const fetch = unit({
  name: 'fetch',
  run: async (call, command) => {
    const callId = command['From-Other-Leg'] === true ? call.channel.otherLeg : call.callId;
    if (callId === undefined)
      throw new AppError('command_failed', { message: 'fetch: the call has no other leg' });
    const dump = await dumpOf(call.around.client, uuid(callId));
    if (!dump) throw new AppError('call_hung_up');
    await call.around.tell(dump, 'CHANNEL_DATA');
    return {};
  },
});
