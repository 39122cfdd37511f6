// fax_detection: listens for a fax while the call goes on; one that is heard is told as FAX_DETECTED.
import { needFaxes } from '../fax.ts';
import { unit } from './unit.ts';

const tones = { inbound: 'cng', outbound: 'ced' } as const;

export const faxDetection = unit({
  name: 'fax_detection',
  run: async (call, command) => {
    await needFaxes(call.around.client);
    if (command.Action === 'stop') return call.execute(command, 'spandsp_stop_fax_detect');
    const { Duration = 3, Direction = 'inbound' } = command;
    // Something must be done then.
    const argument = `set mirliton_fax=heard ${Duration} ${tones[Direction]}`;
    return call.execute(command, 'spandsp_start_fax_detect', argument);
  },
});
