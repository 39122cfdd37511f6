// receive_fax: receives a fax into a file of the switch.
import { fieldVariables } from '../dial/variables.ts';
import { faxPath, needFaxes } from '../fax.ts';
import { unit } from './unit.ts';

// What a fax machine that calls may still say is over by then.
const pause = 'silence_stream://2000';

export const receiveFax = unit({
  name: 'receive_fax',
  afterHangup: true,
  run: async (call, command) => {
    // The other side that hangs up ends the fax.
    if (call.ended) return {};
    const { client, recordings } = call.around;
    await needFaxes(client);
    const { 'Fax-Local-Filename': name, ...fields } = command;
    await client.setVariables(call.callId, fieldVariables(fields));
    call.prepare('playback', pause);
    return call.execute(command, 'rxfax', faxPath(recordings(), call.callId, name));
  },
});
