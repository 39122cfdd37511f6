// Events of the switch as Kazoo's call events (contract/kapi.md, call event names).
import type { MessageFields } from '../../../core/contract/index.ts';
import type { CallEventName, callEvent } from '../../../core/messages/call.ts';
import { faxInfo, faxStatus } from '../fax.ts';
import { type SwitchEvent, variable } from '../freeswitch/index.ts';
import { recordingOf } from '../recordings.ts';
import { applications } from './applications.ts';
import {
  commonFields,
  count,
  type EventContext,
  endFields,
  hangupCauseOf,
  hangupCodeOf,
  recordingsOf,
} from './fields.ts';

export {
  commonFields,
  count,
  type EventContext,
  endFields,
  hangupCauseOf,
  hangupCodeOf,
  timestampOf,
} from './fields.ts';

export type CallEventFields = MessageFields<typeof callEvent>;
type Extra = (event: SwitchEvent) => Partial<CallEventFields>;

const none: Extra = () => ({});

/** A tone of a fax machine, which the switch tells among other tones. */
const faxHeard = 'Detected-Fax-Tone';

/** By Event-Name, or by Event-Subclass of CUSTOM events: the name on the bus and what is told beside the common fields. */
const translations: Readonly<Record<string, readonly [CallEventName, Extra]>> = {
  CHANNEL_CREATE: ['CHANNEL_CREATE', none],
  CHANNEL_PROGRESS: ['CHANNEL_PROGRESS', none],
  CHANNEL_PROGRESS_MEDIA: ['CHANNEL_PROGRESS_MEDIA', none],
  CHANNEL_ANSWER: ['CHANNEL_ANSWER', none],
  CHANNEL_BRIDGE: ['CHANNEL_BRIDGE', (event) => ({ 'Bridge-B-Unique-ID': event['Bridge-B-Unique-ID'] })],
  CHANNEL_UNBRIDGE: [
    'CHANNEL_UNBRIDGE',
    (event) => ({
      'Hangup-Cause': hangupCauseOf(event),
      'Hangup-Code': hangupCodeOf(event),
      'Bridge-Hangup-Cause': variable(event, 'bridge_hangup_cause'),
    }),
  ],
  CHANNEL_EXECUTE_COMPLETE: ['CHANNEL_EXECUTE_COMPLETE', executed],
  CHANNEL_HOLD: ['CHANNEL_HOLD', none],
  CHANNEL_UNHOLD: ['CHANNEL_UNHOLD', none],
  CALL_UPDATE: ['CALL_UPDATE', none],
  CALL_SECURE: ['CALL_SECURE', none],
  DTMF: [
    'DTMF',
    (event) => ({
      'DTMF-Digit': event['DTMF-Digit'],
      // FreeSWITCH counts in samples of 8 kHz; the field is in milliseconds.
      'DTMF-Duration': samplesToMilliseconds(event['DTMF-Duration']),
    }),
  ],
  DETECTED_TONE: ['DETECTED_TONE', (event) => ({ 'Detected-Tone': event['Detected-Tone'] })],
  RECORD_START: ['RECORD_START', recorded],
  RECORD_STOP: ['RECORD_STOP', recorded],
  [faxHeard]: ['FAX_DETECTED', () => ({ 'Application-Name': 'fax_detection' })],
  CHANNEL_DESTROY: ['CHANNEL_DESTROY', (event) => ({ ...endFields(event), 'Fax-Info': faxInfo(event) })],
  'sofia::transferor': ['CHANNEL_TRANSFEROR', transferred],
  'sofia::transferee': ['CHANNEL_TRANSFEREE', transferred],
  'sofia::replaced': ['CHANNEL_REPLACED', (event) => ({ 'Replaced-By': event['att_xfer_replaced_by'] })],
  ...faxEvents('rx', 'receive_fax'),
  ...faxEvents('tx', 'send_fax'),
  'sofia::intercepted': ['CHANNEL_INTERCEPTED', (event) => ({ 'Intercepted-By': event['intercepted_by'] })],
};

/** How a fax goes on: agreed upon, page by page, and its end. */
function faxEvents(way: 'rx' | 'tx', application: string): Record<string, readonly [CallEventName, Extra]> {
  const events = ['negociateresult', 'pageresult', 'result'].map((stage) => {
    const told: Extra = (event) => ({
      'Application-Name': application,
      'Application-Event': stage,
      'Application-Data': faxStatus(event),
    });
    return [`spandsp::${way}fax${stage}`, ['CHANNEL_FAX_STATUS', told] as const] as const;
  });
  return Object.fromEntries(events);
}

/** The call event for an event of the switch, undefined when the bus does not know its like. */
export function translate(event: SwitchEvent, context: EventContext): CallEventFields | undefined {
  const kind = kindOf(event);
  const found = kind !== undefined && Object.hasOwn(translations, kind) ? translations[kind] : undefined;
  if (!found) return undefined;
  const [name, extra] = found;
  return { ...commonFields(event, context), 'Event-Name': name, ...extra(event) };
}

function kindOf(event: SwitchEvent): string | undefined {
  if (event['Event-Name'] === 'CUSTOM') return event['Event-Subclass'];
  return event[faxHeard] === undefined ? event['Event-Name'] : faxHeard;
}

/** A completed application by its Kazoo name, with the one answer it gives. */
function executed(event: SwitchEvent): Partial<CallEventFields> {
  const raw = event['Application'] ?? '';
  const known = Object.hasOwn(applications, raw) ? applications[raw] : undefined;
  return {
    'Application-Name': known?.name ?? raw,
    'Application-Response': known?.response?.(event) ?? plainResponse(event),
    'Raw-Application-Name': raw,
    'Raw-Application-Data': event['Application-Data'],
    'DTMF-Digit': known?.digit?.(event),
    ...known?.fields?.(event),
  };
}

function plainResponse(event: SwitchEvent): string | undefined {
  const response = event['Application-Response'];
  return response === '_none_' ? undefined : response;
}

function recorded(event: SwitchEvent): Partial<CallEventFields> {
  const terminator = variable(event, 'playback_terminator_used');
  return {
    'Application-Name': 'record',
    'Application-Response': event['Record-File-Path'],
    Recording: recordingOf(event),
    Length: count(variable(event, 'record_ms')),
    Terminator: terminator,
    'Silence-Terminated':
      event['Event-Name'] === 'RECORD_STOP'
        ? variable(event, 'silence_hits_exhausted') === 'true'
        : undefined,
    'Media-Recordings': recordingsOf(event),
  };
}

function transferred(event: SwitchEvent): Partial<CallEventFields> {
  return {
    'Transfer-Type': Object.keys(event).some((header) => header.startsWith('att_xfer'))
      ? 'attended'
      : 'blind',
    'Transfer-To': variable(event, 'transfer_to') ?? event['transfer_to'],
    'Transfer-Disposition': variable(event, 'transfer_disposition'),
  };
}

function samplesToMilliseconds(samples: string | undefined): number | undefined {
  const known = count(samples);
  return known === undefined ? undefined : Math.round(known / 8);
}
