// Call control commands, published to a call's control queue (contract/kapi.md, kapi_dialplan). One declaration per command.
import {
  type AnyMessage,
  isRecord,
  type MessageContract,
  message,
  segment,
  Type,
} from '../contract/index.ts';
import * as legs from './commands/legs.ts';
import * as own from './commands/queue.ts';
import * as sound from './commands/sound.ts';
import { maybeText, text, Vars } from './fields.ts';

/** Every command, by its Application-Name. */
export const commands = {
  answer: sound.answer,
  progress: sound.progress,
  ring: sound.ring,
  play: sound.play,
  playstop: sound.playstop,
  playseek: sound.playseek,
  break: sound.break_,
  play_macro: sound.playMacro,
  media_macro: sound.mediaMacro,
  tones: sound.tones,
  tts: sound.tts,
  say: sound.say,
  play_and_collect_digits: sound.playAndCollectDigits,
  record: sound.record,
  record_call: sound.recordCall,
  store: sound.store,
  store_vm: sound.storeVoicemail,
  receive_fax: sound.receiveFax,
  store_fax: sound.storeFax,
  fax_detection: sound.faxDetection,
  bridge: legs.bridge,
  unbridge: legs.unbridge,
  transfer: legs.transfer,
  execute_extension: legs.executeExtension,
  park: legs.park,
  call_pickup: legs.callPickup,
  connect_leg: legs.connectLeg,
  eavesdrop: legs.eavesdrop,
  conference: legs.conference,
  page: legs.page,
  hold: legs.hold,
  soft_hold: legs.softHold,
  hold_control: legs.holdControl,
  sleep: own.sleep,
  echo: sound.echo,
  set: own.set,
  set_terminators: sound.setTerminators,
  send_dtmf: sound.sendDtmf,
  recv_dtmf: sound.recvDtmf,
  tone_detect: sound.toneDetect,
  audio_level: sound.audioLevel,
  sound_touch: sound.soundTouch,
  respond: legs.respond,
  redirect: legs.redirect,
  hangup: legs.hangup,
  noop: own.noop,
  privacy: legs.privacy,
  fetch: own.fetch,
  queue: own.queue,
  event_actions: own.eventActions,
  checkpoint: own.checkpoint,
} as const satisfies Record<string, AnyMessage>;

export type CommandName = keyof typeof commands;

/** The command contract of a received body, by its Application-Name. */
export function commandOf(json: unknown): MessageContract | undefined {
  const name = isRecord(json) ? json['Application-Name'] : undefined;
  return typeof name === 'string' && Object.hasOwn(commands, name)
    ? (commands[name as CommandName] as MessageContract)
    : undefined;
}

/** A command could not be run: on `callevt`, beside the call's events. */
export const dialplanError = message({
  category: 'error',
  name: 'dialplan',
  exchange: 'callevt',
  key: (m) => `call.dialplan.${segment(m['Call-ID'])}`,
  fields: {
    ...text('Call-ID'),
    // `Error-Code` is ours: `call_lost` says that who sent the command does not control the call any more.
    ...maybeText('Error-Code Error-Message Dialplan-Error Channel-State Channel-Call-State'),
    Request: Type.Optional(Vars),
  },
});

/** Between the announcement of an originated call and its execution. */
export const originateReady = message({
  category: 'dialplan',
  name: 'originate_ready',
  exchange: 'targeted',
  fields: text('Call-ID Control-Queue'),
});
export const originateExecute = message({
  category: 'dialplan',
  name: 'originate_execute',
  exchange: 'targeted',
  fields: text('Call-ID'),
});

/** The name of a call's control queue: whoever knows the call id knows it. */
export const controlQueueOf = (callId: string): string => `callctl-${segment(callId)}`;
