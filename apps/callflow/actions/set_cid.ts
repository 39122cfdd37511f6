// set_cid: sets the caller id that following actions show.
import { action, next, Type } from '../../../core/contract/index.ts';
import type { Call } from '../call/call.ts';

export const set_cid = action({
  name: 'set_cid',
  summary: 'Set the caller id',
  data: { caller_id_name: Type.Optional(Type.String()), caller_id_number: Type.Optional(Type.String()) },
  onResume: 'repeat',
  run: async (call: Call, data) => {
    if (data.caller_id_name) call.state.callerIdName = data.caller_id_name;
    if (data.caller_id_number) call.state.callerIdNumber = data.caller_id_number;
    // What callflow decided wins over the caller id of the endpoint for the rest of the flow.
    call.state.channelVars['Retain-CID'] = 'true';
    await call.execute('set', { 'Custom-Channel-Vars': { 'Retain-CID': 'true' } }, 10_000);
    return next();
  },
});
