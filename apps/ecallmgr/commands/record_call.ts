// record_call: records both directions while the call goes on.
import { AppError } from '../../../core/errors/index.ts';
import type { CommandOf } from '../control/command.ts';
import { recordingPath } from '../media.ts';
import { unit } from './unit.ts';

export const recordCall = unit({
  name: 'record_call',
  run: async (call, command) => {
    const path = recordingPath(call.around.recordings(), nameOf(command));
    if (command['Record-Action'] !== 'start') {
      await call.api('uuid_record', `${command['Record-Action']} ${path}`);
      return { 'Application-Response': path };
    }
    const stereo = command['Channels-As-Stereo'] !== false;
    await call.around.client.setVariables(call.callId, {
      RECORD_STEREO: String(stereo),
      RECORD_APPEND: 'true',
      RECORD_SOFTWARE: 'Mirliton',
      recording_follow_transfer: String(command['Follow-Transfer'] !== false),
      record_sample_rate: command['Record-Sample-Rate'] ?? (stereo ? 16_000 : 8_000),
      record_min_sec: command['Record-Min-Sec'],
    });
    const id = command['Media-Recording-ID'];
    if (id !== undefined) await remember(call, id);
    const limit = command['Time-Limit'];
    await call.api('uuid_record', `start ${path}${limit === undefined ? '' : ` ${limit}`}`);
    return { 'Application-Response': path };
  },
});

/** Notes the recording on the channel, so that every later event and the CDR name it. */
async function remember(call: Parameters<typeof recordCall.run>[0], id: string): Promise<void> {
  const known = call.channel.vars['Media-Recordings'];
  await call.setVars({ 'Media-Recordings': [...(Array.isArray(known) ? known : []), id] });
}

function nameOf(command: CommandOf<'record_call'>): string {
  const name = command['Media-Name'] ?? command['Media-Recording-ID'];
  if (name !== undefined) return name;
  throw new AppError('invalid_data', { message: 'record_call needs a Media-Name or a Media-Recording-ID' });
}
