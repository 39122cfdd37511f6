// user: rings all devices of a user.
import { action, next, Type } from '../../../core/contract/index.ts';
import type { Call } from '../call/call.ts';
import { ringFields, ringTimeout, userEndpoints } from '../call/endpoints.ts';
import { afterRinging, ring } from '../call/ringing.ts';
import { endpointData } from './device.ts';

export const user = action({
  name: 'user',
  summary: 'Ring all devices of a user',
  data: {
    ...endpointData,
    fail_on_single_reject: Type.Boolean({ default: false }),
    strategy: Type.Enum(['simultaneous', 'single'], { default: 'simultaneous' }),
    timeout: Type.Integer({ default: 20, minimum: 0, description: 'seconds' }),
  },
  children: { '<cause>': 'a hangup cause such as USER_BUSY, or sip:486', _: 'nobody answered' },
  onResume: 'repeat',
  notes: 'the bridge that runs',
  run: async (call: Call, data, node) => {
    const endpoints = data.id ? await userEndpoints(call, data.id, data) : [];
    if (endpoints.length === 0) return next();
    const options = {
      timeout: ringTimeout(data.timeout),
      strategy: data.strategy,
      failOnSingleReject: data.fail_on_single_reject,
    };
    return afterRinging(node, await ring(call, await ringFields(call, endpoints, options)));
  },
});
