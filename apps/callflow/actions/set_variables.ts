// set_variables: sets application variables, which travel with the call into events, CDRs and webhooks.
import { action, next, Type } from '../../../core/contract/index.ts';
import type { Call } from '../call/call.ts';

export const set_variables = action({
  name: 'set_variables',
  summary: 'Set application variables of the call',
  data: {
    custom_application_vars: Type.Record(Type.String(), Type.Unknown()),
    export: Type.Boolean({ default: false, description: 'also on the other leg' }),
  },
  onResume: 'repeat',
  run: async (call: Call, data) => {
    Object.assign(call.state.applicationVars, data.custom_application_vars);
    await call.execute(
      'set',
      {
        'Custom-Application-Vars': data.custom_application_vars,
        'Export-All': data.export ? true : undefined,
      },
      10_000,
    );
    return next();
  },
});
