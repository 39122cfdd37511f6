// The applications of the embedded switch, by the name the dialplan calls them.

import type { Application } from '../calls/contract.ts';
import { answer } from './answer.ts';
import { breakPlayback } from './break.ts';
import { bridge } from './bridge.ts';
import { conference } from './conference.ts';
import { conferenceSetAutoOutcall } from './conference_set_auto_outcall.ts';
import { deflect } from './deflect.ts';
import { eavesdrop } from './eavesdrop.ts';
import { echo } from './echo.ts';
import { endlessPlayback } from './endless_playback.ts';
import { event } from './event.ts';
import { executeExtension } from './execute_extension.ts';
import { exportVariable } from './export.ts';
import { flushDtmf } from './flush_dtmf.ts';
import { hangup } from './hangup.ts';
import { hash } from './hash.ts';
import { hold } from './hold.ts';
import { info } from './info.ts';
import { intercept } from './intercept.ts';
import { log } from './log.ts';
import { loopPlayback } from './loop_playback.ts';
import { multiset } from './multiset.ts';
import { park } from './park.ts';
import { playAndGetDigits } from './play_and_get_digits.ts';
import { playback } from './playback.ts';
import { preAnswer } from './pre_answer.ts';
import { privacy } from './privacy.ts';
import { push } from './push.ts';
import { queueDtmf } from './queue_dtmf.ts';
import { read } from './read.ts';
import { record } from './record.ts';
import { recordSession } from './record_session.ts';
import { recordSessionMask } from './record_session_mask.ts';
import { recordSessionUnmask } from './record_session_unmask.ts';
import { redirect } from './redirect.ts';
import { respond } from './respond.ts';
import { ringReady } from './ring_ready.ts';
import { say } from './say.ts';
import { sendDtmf } from './send_dtmf.ts';
import { set } from './set.ts';
import { setAudioLevel } from './set_audio_level.ts';
import { sleep } from './sleep.ts';
import { softHold } from './soft_hold.ts';
import { speak } from './speak.ts';
import { startDtmf } from './start_dtmf.ts';
import { stopDtmf } from './stop_dtmf.ts';
import { stopRecordSession } from './stop_record_session.ts';
import { stopToneDetect } from './stop_tone_detect.ts';
import { toneDetect } from './tone_detect.ts';
import { transfer } from './transfer.ts';
import { unhold } from './unhold.ts';
import { unset } from './unset.ts';
import { unshift } from './unshift.ts';

const APPLICATIONS: Record<string, Application> = {
  answer,
  break: breakPlayback,
  bridge,
  conference,
  conference_set_auto_outcall: conferenceSetAutoOutcall,
  deflect,
  eavesdrop,
  echo,
  endless_playback: endlessPlayback,
  event,
  execute_extension: executeExtension,
  export: exportVariable,
  flush_dtmf: flushDtmf,
  hangup,
  hash,
  hold,
  info,
  intercept,
  log,
  loop_playback: loopPlayback,
  multiset,
  park,
  play_and_get_digits: playAndGetDigits,
  playback,
  pre_answer: preAnswer,
  privacy,
  push,
  queue_dtmf: queueDtmf,
  read,
  record,
  record_session: recordSession,
  record_session_mask: recordSessionMask,
  record_session_unmask: recordSessionUnmask,
  redirect,
  respond,
  ring_ready: ringReady,
  say,
  send_dtmf: sendDtmf,
  set,
  set_audio_level: setAudioLevel,
  sleep,
  soft_hold: softHold,
  speak,
  start_dtmf: startDtmf,
  stop_dtmf: stopDtmf,
  stop_record_session: stopRecordSession,
  stop_tone_detect: stopToneDetect,
  tone_detect: toneDetect,
  transfer,
  unhold,
  unset,
  unshift,
};

/** An application that is not in here hangs the call up with DESTINATION_OUT_OF_ORDER, as in FreeSWITCH. */
export const applications: ReadonlyMap<string, Application> = new Map(Object.entries(APPLICATIONS));
