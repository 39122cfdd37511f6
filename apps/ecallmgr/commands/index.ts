// Every call control command that ecallmgr runs, by its Application-Name.
import type { CommandName } from '../../../core/messages/dialplan.ts';
import { answer } from './answer.ts';
import { audioLevel } from './audio_level.ts';
import { break_ } from './break.ts';
import { bridge } from './bridge.ts';
import { callPickup } from './call_pickup.ts';
import { checkpoint } from './checkpoint.ts';
import { conference } from './conference.ts';
import { connectLeg } from './connect_leg.ts';
import { eavesdrop } from './eavesdrop.ts';
import { echo } from './echo.ts';
import { eventActions } from './event_actions.ts';
import { executeExtension } from './execute_extension.ts';
import { faxDetection } from './fax_detection.ts';
import { fetch } from './fetch.ts';
import { hangup } from './hangup.ts';
import { hold } from './hold.ts';
import { holdControl } from './hold_control.ts';
import { mediaMacro } from './media_macro.ts';
import { noop } from './noop.ts';
import { page } from './page.ts';
import { park } from './park.ts';
import { play } from './play.ts';
import { playAndCollectDigits } from './play_and_collect_digits.ts';
import { playMacro } from './play_macro.ts';
import { playseek } from './playseek.ts';
import { playstop } from './playstop.ts';
import { privacy } from './privacy.ts';
import { progress } from './progress.ts';
import { queue } from './queue.ts';
import { receiveFax } from './receive_fax.ts';
import { record } from './record.ts';
import { recordCall } from './record_call.ts';
import { recvDtmf } from './recv_dtmf.ts';
import { redirect } from './redirect.ts';
import { respond } from './respond.ts';
import { ring } from './ring.ts';
import { say } from './say.ts';
import { sendDtmf } from './send_dtmf.ts';
import { set } from './set.ts';
import { setTerminators } from './set_terminators.ts';
import { sleep } from './sleep.ts';
import { softHold } from './soft_hold.ts';
import { soundTouch } from './sound_touch.ts';
import { store } from './store.ts';
import { storeFax } from './store_fax.ts';
import { storeVoicemail } from './store_vm.ts';
import { toneDetect } from './tone_detect.ts';
import { tones } from './tones.ts';
import { transfer } from './transfer.ts';
import { tts } from './tts.ts';
import { unbridge } from './unbridge.ts';
import type { AnyUnit, CommandUnit } from './unit.ts';

export type { AnyUnit } from './unit.ts';

const declared: { readonly [N in CommandName]: CommandUnit<N> } = {
  answer,
  progress,
  ring,
  play,
  playstop,
  playseek,
  break: break_,
  play_macro: playMacro,
  media_macro: mediaMacro,
  tones,
  tts,
  say,
  play_and_collect_digits: playAndCollectDigits,
  record,
  record_call: recordCall,
  store,
  store_vm: storeVoicemail,
  receive_fax: receiveFax,
  store_fax: storeFax,
  fax_detection: faxDetection,
  bridge,
  unbridge,
  transfer,
  execute_extension: executeExtension,
  park,
  call_pickup: callPickup,
  connect_leg: connectLeg,
  eavesdrop,
  conference,
  page,
  hold,
  soft_hold: softHold,
  hold_control: holdControl,
  sleep,
  echo,
  set,
  set_terminators: setTerminators,
  send_dtmf: sendDtmf,
  recv_dtmf: recvDtmf,
  tone_detect: toneDetect,
  audio_level: audioLevel,
  sound_touch: soundTouch,
  respond,
  redirect,
  hangup,
  noop,
  privacy,
  fetch,
  queue,
  event_actions: eventActions,
  checkpoint,
};

/** The unit of a command. Commands are checked against their contracts before they get here. */
export const unitOf = (name: CommandName): AnyUnit => declared[name];

/** The names, in the order of the list. */
export const commandNames = Object.keys(declared) as CommandName[];
