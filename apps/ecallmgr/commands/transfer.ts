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
    const { channel } = call;
    const { otherLeg } = channel;
    if (which !== undefined && otherLeg === undefined)
      throw new AppError('command_failed', { message: 'the call talks to no other leg' });
    const realm = channel.get('Realm') ?? channel.get('Account-Realm');
    const user = channel.get('Username');
    const about = { vars: command['Custom-Channel-Vars'], realm };
    const { client } = call.around;
    if (which !== undefined && otherLeg !== undefined)
      await sendOn(client, otherLeg, number, { ...about, by: user && realm && `${user}@${realm}` });
    if (which !== 'bleg') await sendOn(client, call.callId, number, about);
    return {};
  },
});
