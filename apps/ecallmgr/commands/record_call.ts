// record_call: records both directions while the call goes on.
import { AppError, errorText } from '../../../core/errors/index.ts';
import type { ControlledCall } from '../control/call.ts';
import type { CommandOf } from '../control/command.ts';
import { dumpOf } from '../dump.ts';
import { recordingPath } from '../media.ts';
import { beginVariable, noteVariable, type RecordingNote, recordingNotes } from '../recordings.ts';
import { unit } from './unit.ts';

type RecordCall = CommandOf<'record_call'>;

export const recordCall = unit({
  name: 'record_call',
  run: async (call, command) => ({
    'Application-Response':
      command['Record-Action'] === 'start' ? await start(call, command) : await change(call, command),
  }),
});

/** Resolves with the path of the file on the switch. */
async function start(call: ControlledCall, command: RecordCall): Promise<string> {
  const name = command['Media-Name'] ?? command['Media-Recording-ID'];
  if (name === undefined)
    throw new AppError('invalid_data', { message: 'record_call needs a Media-Name or a Media-Recording-ID' });
  const path = recordingPath(call.around.recordings(), await recordable(call, name));
  const id = command['Media-Recording-ID'] ?? name;
  const stereo = command['Channels-As-Stereo'] !== false;
  const begin = [path, ...(command['Time-Limit'] === undefined ? [] : [command['Time-Limit']])].join(' ');
  const note: RecordingNote = {
    ...command['Recording-Variables'],
    ...(command['Media-Recorder'] === undefined ? {} : { Recorder: command['Media-Recorder'] }),
    ID: id,
    'File-Path': path,
  };
  await call.around.client.setVariables(call.callId, {
    ...noteVariable(note),
    RECORD_STEREO: String(stereo),
    RECORD_APPEND: 'true',
    RECORD_SOFTWARE: 'Mirliton',
    RECORD_BRIDGE_REQ: String(command['Record-On'] === 'bridge'),
    recording_follow_transfer: String(command['Follow-Transfer'] !== false),
    record_sample_rate: command['Record-Sample-Rate'] ?? (stereo ? 16_000 : 8_000),
    record_min_sec: command['Record-Min-Sec'],
    // Recording would make the switch send 183, and the caller would hear nothing where it should ring.
    ...(call.channel.answered ? {} : { [beginVariable(id)]: `uuid_record ${call.callId} start ${begin}` }),
  });
  const known = call.channel.vars['Media-Recordings'];
  if (command['Media-Recording-ID'] !== undefined)
    await call.setVars({ 'Media-Recordings': [...new Set([...(Array.isArray(known) ? known : []), id])] });
  // It may have been answered meanwhile; what runs already is not begun again.
  if (call.channel.answered) await call.api('uuid_record', `start ${begin}`);
  return path;
}

/** Stops, masks or unmasks one that was started. */
async function change(call: ControlledCall, command: RecordCall): Promise<string> {
  const { 'Record-Action': action, 'Media-Recording-ID': id, 'Media-Name': name } = command;
  const dump = await dumpOf(call.around.client, call.callId);
  const notes = dump ? recordingNotes(dump) : [];
  const known = call.channel.vars['Media-Recordings'];
  const wanted = id ?? (name === undefined && Array.isArray(known) ? known.at(-1) : undefined);
  const folder = call.around.recordings();
  const file = name === undefined ? undefined : recordingPath(folder, name);
  const note = notes.find((it) => it.ID === wanted || it['File-Path'] === file);
  const path = note?.['File-Path'] ?? file;
  if (path === undefined)
    throw new AppError('invalid_data', { message: 'no recording of this call is known' });
  if (note && action === 'stop' && !call.channel.answered) {
    await call.around.client.setVariables(call.callId, {}, [beginVariable(note.ID)]);
    return path;
  }
  await call.api('uuid_record', `${action} ${path}`);
  return path;
}

/** A switch without mod_shout cannot write MP3: the recording is a WAV file then. */
async function recordable(call: ControlledCall, name: string): Promise<string> {
  if (!name.toLowerCase().endsWith('.mp3')) return name;
  const has = await call.around.client.api('module_exists mod_shout').catch((error: unknown) => {
    call.around.log.debug('the modules of the switch are not known', { error: errorText(error) });
    return 'false';
  });
  return has.trim() === 'true' ? name : name.replace(/\.mp3$/i, '.wav');
}
