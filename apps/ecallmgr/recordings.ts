// Recordings of a leg: what each is for stands on the leg itself, so that whoever hears of its end knows what to do with it.
import { isRecord } from '../../core/contract/index.ts';
import { count } from './events/fields.ts';
import { type SwitchEvent, variable, variableName, variablesUnder } from './freeswitch/index.ts';
import { decodeValue, encodeValue, type Vars } from './variables.ts';

/** One recording: the Recording-Variables of its `record_call`, its id and the file on the switch. */
export type RecordingNote = Vars & { readonly ID: string; readonly 'File-Path': string };

const prefix = 'mirliton_recording_';

/** The channel variable that keeps the note. Throws `invalid_data` for an id that cannot stand in its name. */
export const noteVariable = (note: RecordingNote): Vars => ({
  [variableName(prefix + note.ID)]: encodeValue(note),
});

/** The variable that begins a recording when the call is answered: the switch does it by itself. */
export const beginVariable = (id: string): string => variableName(`api_on_answer_${id}`);

/** The notes on a leg, in the order of their ids. */
export function recordingNotes(event: SwitchEvent): RecordingNote[] {
  return Object.values(variablesUnder(event, prefix)).flatMap((value) => {
    const note = decodeValue(value);
    return isRecord(note) ? [note as RecordingNote] : [];
  });
}

/** The `Recording` of RECORD_START and RECORD_STOP, with Kazoo's keys. */
export function recordingOf(event: SwitchEvent): Record<string, unknown> {
  const file = event['Record-File-Path'];
  return {
    ...recordingNotes(event).find((note) => note['File-Path'] === file),
    'File-Path': file,
    'File-Size': count(variable(event, 'record_file_size')),
    'File-Seconds': count(variable(event, 'record_seconds')),
    'File-MilliSeconds': count(variable(event, 'record_ms')),
    'Completion-Cause': event['Record-Completion-Cause'] ?? variable(event, 'record_completion_cause'),
  };
}

/** Recordings that run on a leg: one whose end is not heard is told as over when the leg is. */
export class Running {
  readonly #begun = new Map<string, SwitchEvent>();

  take(event: SwitchEvent): void {
    const file = event['Record-File-Path'] ?? '';
    if (event['Event-Name'] === 'RECORD_START') this.#begun.set(file, event);
    else if (event['Event-Name'] === 'RECORD_STOP') this.#begun.delete(file);
  }

  /** The ends that were missed, when the leg is over. */
  unheard(end: SwitchEvent): SwitchEvent[] {
    const begun = [...this.#begun.values()];
    this.#begun.clear();
    return begun.map((start) => ({
      ...start,
      'Event-Name': 'RECORD_STOP',
      'Event-Sequence': `${start['Event-Sequence'] ?? ''}-end`,
      'Event-Date-Timestamp': end['Event-Date-Timestamp'] ?? '',
      'Record-Completion-Cause': 'success-hangup',
      variable_record_ms: String(Math.max(0, (timeOf(end) - timeOf(start)) / 1000)),
    }));
  }
}

/** Microseconds. */
const timeOf = (event: SwitchEvent): number => Number(event['Event-Date-Timestamp'] ?? 0);
