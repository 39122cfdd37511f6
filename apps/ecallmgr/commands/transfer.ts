// transfer: sends a leg to a number, as if it had called that.
import { AppError } from '../../../core/errors/index.ts';
import { sendOn } from '../transfer.ts';
import { unit } from './unit.ts';

export const transfer = unit({
  name: 'transfer',
  run: async (call, command) => {
    if (command['Transfer-Type'] === 'attended')
      throw new AppError('not_implemented', {
        message: 'transfer is blind only: ring who is to be asked, and join the two with connect_leg',
      });
    const { 'Transfer-Leg': which, 'Transfer-To': number } = command;
    const { otherLeg } = call.channel;
    if (which !== undefined && otherLeg === undefined)
      throw new AppError('command_failed', { message: 'the call talks to no other leg' });
    const vars = command['Custom-Channel-Vars'];
    const own = which === 'bleg' ? [] : [call.callId];
    for (const leg of which === undefined || otherLeg === undefined ? own : [otherLeg, ...own])
      await sendOn(call.around.client, leg, number, vars);
    return {};
  },
});
