// redirect: sends the caller elsewhere (302, or REFER once answered).
import { AppError } from '../../../core/errors/index.ts';
import { parseSipUri } from '../../../core/telephony/sip-uri.ts';
import type { ControlledCall } from '../control/call.ts';
import { harmless } from '../freeswitch/index.ts';
import { unit } from './unit.ts';

export const redirect = unit({
  name: 'redirect',
  run: (call, command) => {
    const contact = command['Redirect-Contact'];
    if (!parseSipUri(contact))
      throw new AppError('invalid_data', { message: `${JSON.stringify(contact)} is not a SIP URI` });
    const server = command['Redirect-Server'] ?? serverOf(call, command['Redirect-Node']);
    if (server) call.prepare('set', `sip_rh_X-Redirect-Server=${harmless(server)}`);
    return call.execute(command, call.channel.answered ? 'deflect' : 'redirect', harmless(contact));
  },
});

/** The address of the switch that is named, as Kazoo tells it to the edge: its SIP URL without the user. */
function serverOf(call: ControlledCall, name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const address = call.around.places.media(name);
  if (address !== undefined) return `sip:${address}`;
  throw new AppError('command_failed', { message: `no media server ${JSON.stringify(name)} is known` });
}
