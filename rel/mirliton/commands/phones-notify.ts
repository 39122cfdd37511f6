// mirliton phones check-sync: makes a phone fetch its configuration, as Kazoo's check_sync does.
import { AppError } from '../../../core/errors/index.ts';
import { notify } from '../../../core/messages/switch.ts';
import { command, flag, one } from '../command.ts';

export const phonesCheckSyncCommand = command({
  name: 'phones check-sync',
  summary: 'makes a phone fetch its configuration, or restart',
  args: { phone: one('USER@REALM') },
  options: { reboot: flag('restart it') },
  run: async ({ args: { phone }, options: { reboot } }, cli) => {
    const [, user, realm] = /^(?:sip:)?([^@\s]+)@([^@\s]+)$/.exec(phone) ?? [];
    if (user === undefined || realm === undefined)
      throw new AppError('invalid_data', { message: `PHONE is USER@REALM, not ${phone}` });
    const Event = reboot ? 'check-sync;reboot=true' : 'check-sync;reboot=false';
    await (await cli.bus()).publish(notify, { Username: user, Realm: realm, Event }, { mandatory: true });
    cli.done(`${phone} was told`, { phone, event: Event });
  },
});
