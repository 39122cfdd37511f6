// Every callflow action, by the module name that stands in callflow documents.
import type { ActionTable } from '../walker.ts';
import { answer } from './answer.ts';
import { branch_variable } from './branch_variable.ts';
import { callflow } from './callflow.ts';
import { collect_dtmf } from './collect_dtmf.ts';
import { device } from './device.ts';
import { hangup } from './hangup.ts';
import { menu } from './menu.ts';
import { noop } from './noop.ts';
import { offnet } from './offnet.ts';
import { park } from './park.ts';
import { play } from './play.ts';
import { record_call } from './record_call.ts';
import { resources } from './resources.ts';
import { response } from './response.ts';
import { ring_group } from './ring_group.ts';
import { set_cid } from './set_cid.ts';
import { set_variable } from './set_variable.ts';
import { set_variables } from './set_variables.ts';
import { sleep } from './sleep.ts';
import { tts } from './tts.ts';
import { user } from './user.ts';

export const actions = {
  answer,
  branch_variable,
  callflow,
  collect_dtmf,
  device,
  hangup,
  menu,
  noop,
  offnet,
  park,
  play,
  record_call,
  resources,
  response,
  ring_group,
  set_cid,
  set_variable,
  set_variables,
  sleep,
  tts,
  user,
} satisfies ActionTable;
