// Applications of the switch by their Kazoo names, and where each leaves its answer (contract/freeswitch.md §§3-4).
import type { MessageFields } from '../../../core/contract/index.ts';
import type { callEvent } from '../../../core/messages/call.ts';
import { faxInfo } from '../fax.ts';
import { type SwitchEvent, variable } from '../freeswitch/index.ts';
import { count } from './fields.ts';

interface Application {
  readonly name: string;
  readonly response?: (event: SwitchEvent) => string | undefined;
  readonly digit?: (event: SwitchEvent) => string | undefined;
  readonly fields?: (event: SwitchEvent) => Partial<MessageFields<typeof callEvent>>;
}

const terminator = (event: SwitchEvent): string | undefined => variable(event, 'playback_terminator_used');
const disposition = (event: SwitchEvent): string | undefined => variable(event, 'originate_disposition');

/** How the attempt ended: the cause of this attempt, not the one the channel itself may have had before. */
const bridged = (event: SwitchEvent): Partial<MessageFields<typeof callEvent>> => ({
  'Hangup-Cause': variable(event, 'last_bridge_hangup_cause') ?? variable(event, 'bridge_hangup_cause'),
  'Hangup-Code': variable(event, 'last_bridge_proto_specific_hangup_cause'),
});

/** By the switch's name. What is not here keeps that name. */
export const applications: Readonly<Record<string, Application>> = {
  playback: { name: 'play', digit: terminator },
  endless_playback: { name: 'play', digit: terminator },
  loop_playback: { name: 'play', digit: terminator },
  speak: { name: 'tts', digit: terminator },
  say: { name: 'say', digit: terminator },
  pre_answer: { name: 'progress' },
  ring_ready: { name: 'ring' },
  play_and_get_digits: {
    name: 'play_and_collect_digits',
    response: (event) => variable(event, 'collected_digits'),
    digit: (event) => variable(event, 'read_terminator_used'),
  },
  record: {
    name: 'record',
    response: (event) => variable(event, 'ecallmgr_Recorded'),
    fields: (event) => ({ Length: count(variable(event, 'record_ms')), Terminator: terminator(event) }),
  },
  record_session: { name: 'record_call' },
  stop_record_session: { name: 'record_call' },
  bridge: { name: 'bridge', response: disposition, fields: bridged },
  intercept: { name: 'call_pickup' },
  set: { name: 'set' },
  multiset: { name: 'set' },
  export: { name: 'set' },
  event: { name: 'noop' },
  rxfax: {
    name: 'receive_fax',
    response: (event) => variable(event, 'fax_result_text'),
    fields: (event) => ({ 'Fax-Info': faxInfo(event) }),
  },
  txfax: { name: 'send_fax', response: (event) => variable(event, 'fax_result_text') },
};
