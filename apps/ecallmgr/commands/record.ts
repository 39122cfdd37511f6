// record: records the caller into a file of the switch.
import { recordingPath } from '../media.ts';
import { setTerminators } from '../playing.ts';
import { unit } from './unit.ts';

export const record = unit({
  name: 'record',
  afterHangup: true,
  run: async (call, command) => {
    // The caller who hangs up ends the recording: there is nothing to record afterwards.
    if (call.ended) return {};
    const path = recordingPath(call.around.recordings(), command['Media-Name']);
    const limits = [
      command['Time-Limit'] ?? 20,
      command['Silence-Threshold'] ?? 500,
      command['Silence-Hits'] ?? 5,
    ];
    setTerminators(call, command.Terminators);
    return call.execute(command, 'record', [path, ...limits].join(' '));
  },
  completion: (_event, command) => ({ 'Application-Response': command['Media-Name'] }),
});
