// Commands of what a call hears and says: playing, speaking, keys, recordings (contract/kapi.md, kapi_dialplan).
import { Type } from '../../contract/index.ts';
import { t38 } from '../endpoints.ts';
import { all, Count, Flag, maybeOneOf, maybeText, some, Text, text, Vars } from '../fields.ts';
import { command, keys, leg, terminators } from './command.ts';

export const answer = command('answer', 'Answer the call', {});
export const progress = command('progress', 'Early media (183)', {});
export const ring = command('ring', 'Ringing (180)', maybeText('Ringback'));
export const play = command('play', 'Play media; a terminator ends it', {
  ...text('Media-Name'),
  ...maybeText('Format Group-ID Language Voice'),
  'Endless-Playback': Type.Optional(Flag),
  'Loop-Count': Type.Optional(Count),
  Leg: leg,
  Terminators: terminators,
});
export const playstop = command('playstop', 'Stop what plays', maybeText('Group-ID'));
export const playseek = command('playseek', 'Move inside what plays; Duration in milliseconds', {
  Direction: Type.Enum(['fastforward', 'rewind']),
  Duration: Count,
});
export const break_ = command('break', 'Stop the running command', {});
export const tones = command('tones', 'Play tones', {
  Tones: Type.Array(
    Type.Object({
      Frequencies: Type.Array(Type.Union([Count, Text]), { minItems: 1 }),
      ...all(Type.Union([Count, Text]), 'Duration-ON Duration-OFF'),
      ...some(Type.Union([Count, Text]), 'Volume Repeat'),
    }),
    { minItems: 1 },
  ),
  ...maybeText('Conference-ID Group-ID'),
  Terminators: terminators,
});
export const tts = command('tts', 'Speak a text', {
  ...text('Text'),
  ...maybeText('Conference-ID Engine Group-ID Language Voice'),
  'Endless-Playback': Type.Optional(Flag),
  'Loop-Count': Type.Optional(Count),
  Leg: leg,
  Terminators: terminators,
});
export const say = command('say', 'Say a number, date, … from prompts', {
  ...text('Language Say-Text'),
  Type: Type.Enum([
    'account_number',
    'currency',
    'current_date',
    'current_date_time',
    'current_time',
    'e-mail_address',
    'ip_address',
    'items',
    'messages',
    'name_phonetic',
    'name_spelled',
    'number',
    'persons',
    'postal_address',
    'short_date_time',
    'telephone_extension',
    'telephone_number',
    'time_measurement',
    'url',
  ]),
  Method: Type.Enum(['none', 'pronounced', 'iterated', 'counted']),
  Gender: maybeOneOf('masculine', 'feminine', 'neuter'),
  'Group-ID': Type.Optional(Text),
});
export const playAndCollectDigits = command(
  'play_and_collect_digits',
  'Play and collect digits; Timeout in milliseconds',
  {
    ...text('Digits-Regex Media-Name'),
    ...all(Count, 'Maximum-Digits Minimum-Digits Media-Tries Timeout'),
    Terminators: keys,
    ...maybeText('Failed-Media-Name Group-ID'),
    'Interdigit-Timeout': Type.Optional(Count),
  },
);
export const record = command('record', 'Record the caller; Time-Limit and Silence-Hits in seconds', {
  ...text('Media-Name'),
  ...some(Count, 'Silence-Hits Silence-Threshold Time-Limit'),
  Terminators: terminators,
});
/**
 * Without Media-Name and Media-Recording-ID, what is not a start means the recording that was started last. Recording-Variables
 * are told with RECORD_START and RECORD_STOP. `Record-On` is ours: when it begins; a call that was not answered yet is
 * recorded from its answer on in any case.
 */
export const recordCall = command('record_call', 'Record both directions while the call goes on', {
  'Record-Action': Type.Enum(['start', 'stop', 'mask', 'unmask']),
  'Record-On': maybeOneOf('answer', 'bridge'),
  ...maybeText(`Media-Name Media-Recorder Media-Recording-Endpoint-ID Media-Recording-ID Media-Recording-Origin
    Media-Transfer-Destination Media-Transfer-Method`),
  ...some(Flag, 'Channels-As-Stereo Follow-Transfer'),
  ...some(Count, 'Record-Min-Sec Record-Sample-Rate Time-Limit'),
  ...some(Vars, 'Additional-Headers Recording-Variables'),
});
const transferFields = {
  ...text('Media-Name Media-Transfer-Destination'),
  'Media-Transfer-Method': Type.Enum(['stream', 'put', 'post']),
  'Additional-Headers': Type.Optional(Vars),
  'Suppress-Error-Report': Type.Optional(Flag),
};
export const store = command('store', 'Send a recording away', transferFields);
export const storeVoicemail = command('store_vm', 'Send a voicemail message away', transferFields);
export const playMacro = command('play_macro', 'Play several media as one', {
  'Media-Macro': Type.Array(Text, { minItems: 1 }),
});
/** Names are those of channel variables, e.g. `hold_music`. */
export const mediaMacro = command('media_macro', 'Keep lists of media under names, for the switch to play', {
  'Media-Macros': Type.Record(Text, Type.Array(Text, { minItems: 1 })),
});
export const audioLevel = command('audio_level', 'Mute a side of the call: Level 0 ends it', {
  Action: Type.Enum(['start', 'stop']),
  Mode: Type.Enum(['read', 'write']),
  Level: Type.Union([Count, Text]),
});
export const soundTouch = command('sound_touch', 'Change how the call sounds', {
  Action: Type.Enum(['start', 'stop']),
  ...some(Flag, 'Sending-Leg Hook-DTMF'),
  ...some(Type.Union([Type.Number(), Text]), 'Adjust-In-Semitones Adjust-In-Octaves Pitch Rate Tempo'),
});
/**
 * Heard tones are told as DETECTED_TONE with its name; Timeout in milliseconds, from the command on. On-Success is a command, or
 * several, that are run then (Insert-At now).
 */
export const toneDetect = command('tone_detect', 'Listen for a tone while the call goes on', {
  ...text('Tone-Detect-Name'),
  Frequencies: Type.Array(Type.Union([Count, Text]), { minItems: 1 }),
  'Sniff-Direction': maybeOneOf('read', 'write'),
  ...some(Type.Union([Count, Text]), 'Timeout Hits-Needed'),
  'On-Success': Type.Optional(Type.Union([Vars, Type.Array(Vars)])),
});
export const echo = command('echo', 'Send back what is heard', {});
export const sendDtmf = command('send_dtmf', 'Send digits to the caller; Duration in milliseconds', {
  ...text('DTMFs'),
  Duration: Type.Optional(Type.Union([Count, Text])),
});
export const recvDtmf = command('recv_dtmf', 'Act as if the caller had sent digits', text('DTMFs'));
export const setTerminators = command('set_terminators', 'Set the keys that end what plays', {
  Terminators: keys,
});
const faxFile = maybeText('Fax-Local-Filename');
/**
 * Completes when the fax is there or has failed: `Fax-Info` says which. The file stays on the switch, under a name of its own or
 * Fax-Local-Filename.
 */
export const receiveFax = command('receive_fax', 'Receive a fax', { ...t38, ...faxFile });
export const storeFax = command('store_fax', 'Send the fax that was received away', {
  ...text('Media-Transfer-Destination'),
  'Media-Transfer-Method': Type.Literal('put'),
  'Additional-Headers': Type.Optional(Vars),
  ...faxFile,
});
/** A fax that calls (inbound: CNG) or answers (outbound: CED) is told as FAX_DETECTED; Duration in seconds. */
export const faxDetection = command('fax_detection', 'Listen for a fax while the call goes on', {
  Action: Type.Enum(['start', 'stop']),
  Direction: maybeOneOf('inbound', 'outbound'),
  Duration: Type.Optional(Count),
});
