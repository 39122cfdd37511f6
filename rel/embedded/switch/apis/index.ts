// The API commands of the embedded switch, by the name clients call them.

import type { Api } from '../calls/contract.ts';
import { conference } from './conference.ts';
import { createUuid } from './create_uuid.ts';
import { echo } from './echo.ts';
import { evaluate } from './eval.ts';
import { expand } from './expand.ts';
import { fsctl } from './fsctl.ts';
import { globalGetvar } from './global_getvar.ts';
import { globalSetvar } from './global_setvar.ts';
import { hash } from './hash.ts';
import { hash_dump } from './hash_dump.ts';
import { httpPut } from './http_put.ts';
import { hupall } from './hupall.ts';
import { load } from './load.ts';
import { md5 } from './md5.ts';
import { moduleExists } from './module_exists.ts';
import { originate } from './originate.ts';
import { reloadacl } from './reloadacl.ts';
import { reloadxml } from './reloadxml.ts';
import { schedApi } from './sched_api.ts';
import { schedHangup } from './sched_hangup.ts';
import { show } from './show.ts';
import { sofia } from './sofia.ts';
import { status } from './status.ts';
import { strftime } from './strftime.ts';
import { uptime } from './uptime.ts';
import { urlEncode } from './url_encode.ts';
import { uuidAnswer } from './uuid_answer.ts';
import { uuidAudio } from './uuid_audio.ts';
import { uuidBreak } from './uuid_break.ts';
import { uuidBridge } from './uuid_bridge.ts';
import { uuidBroadcast } from './uuid_broadcast.ts';
import { uuidDisplay } from './uuid_display.ts';
import { uuidDump } from './uuid_dump.ts';
import { uuidExists } from './uuid_exists.ts';
import { uuidFileman } from './uuid_fileman.ts';
import { uuidGetvar } from './uuid_getvar.ts';
import { uuidHold } from './uuid_hold.ts';
import { uuidKill } from './uuid_kill.ts';
import { uuidPark } from './uuid_park.ts';
import { uuidPreAnswer } from './uuid_pre_answer.ts';
import { uuidRecord } from './uuid_record.ts';
import { uuidRecvDtmf } from './uuid_recv_dtmf.ts';
import { uuidRingReady } from './uuid_ring_ready.ts';
import { uuidSendDtmf } from './uuid_send_dtmf.ts';
import { uuidSetvar } from './uuid_setvar.ts';
import { uuidSetvarMulti } from './uuid_setvar_multi.ts';
import { uuidTransfer } from './uuid_transfer.ts';
import { version } from './version.ts';
import { xmlFlushCache } from './xml_flush_cache.ts';

const APIS: Record<string, Api> = {
  conference,
  create_uuid: createUuid,
  echo,
  eval: evaluate,
  expand,
  fsctl,
  global_getvar: globalGetvar,
  global_setvar: globalSetvar,
  hash,
  hash_dump,
  http_put: httpPut,
  hupall,
  load,
  md5,
  module_exists: moduleExists,
  originate,
  reloadacl,
  reloadxml,
  sched_api: schedApi,
  sched_hangup: schedHangup,
  show,
  sofia,
  status,
  strftime,
  uptime,
  url_encode: urlEncode,
  uuid_answer: uuidAnswer,
  uuid_audio: uuidAudio,
  uuid_break: uuidBreak,
  uuid_bridge: uuidBridge,
  uuid_broadcast: uuidBroadcast,
  uuid_display: uuidDisplay,
  uuid_dump: uuidDump,
  uuid_exists: uuidExists,
  uuid_fileman: uuidFileman,
  uuid_getvar: uuidGetvar,
  uuid_hold: uuidHold,
  uuid_kill: uuidKill,
  uuid_park: uuidPark,
  uuid_pre_answer: uuidPreAnswer,
  uuid_record: uuidRecord,
  uuid_recv_dtmf: uuidRecvDtmf,
  uuid_ring_ready: uuidRingReady,
  uuid_send_dtmf: uuidSendDtmf,
  uuid_setvar: uuidSetvar,
  uuid_setvar_multi: uuidSetvarMulti,
  uuid_transfer: uuidTransfer,
  version,
  xml_flush_cache: xmlFlushCache,
};

export const apis: ReadonlyMap<string, Api> = new Map(Object.entries(APIS));
