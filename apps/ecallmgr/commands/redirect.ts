// redirect: sends the caller elsewhere (302, or REFER once answered).
import { AppError } from '../../../core/errors/index.ts';
import { parseSipUri } from '../../../core/telephony/sip-uri.ts';
import { harmless } from '../freeswitch/index.ts';
import { unit } from './unit.ts';

export const redirect = unit({
  name: 'redirect',
  run: (call, command) => {
    const contact = command['Redirect-Contact'];
    if (!parseSipUri(contact))
      throw new AppError('invalid_data', { message: `${JSON.stringify(contact)} is not a SIP URI` });
    const server = command['Redirect-Server'];
    if (server) call.prepare('set', `sip_rh_X-Redirect-Server=${harmless(server)}`);
    return call.execute(command, call.channel.answered ? 'deflect' : 'redirect', harmless(contact));
  },
});
