// device: rings one device.
import { action, next, Type } from '../../../core/contract/index.ts';
import type { Call } from '../call/call.ts';
import { deviceEndpoints, ringFields, ringTimeout } from '../call/endpoints.ts';
import { afterRinging, ring } from '../call/ringing.ts';

/** The fields that `device` and `user` share. Times in seconds. */
export const endpointData = {
  id: Type.Optional(Type.String()),
  can_call_self: Type.Boolean({ default: false }),
  can_text_self: Type.Boolean({ default: false }),
  custom_sip_headers: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  delay: Type.Integer({ default: 0, minimum: 0 }),
  static_invite: Type.Optional(Type.String()),
  suppress_clid: Type.Boolean({ default: false }),
};

export const device = action({
  name: 'device',
  summary: 'Ring a device',
  data: {
    ...endpointData,
    dial_strategy: Type.Enum(['simultaneous', 'single'], { default: 'simultaneous' }),
    timeout: Type.Integer({ default: 0, minimum: 0, description: '0 means the default of 20 s' }),
  },
  children: { '<cause>': 'a hangup cause such as USER_BUSY, or sip:486', _: 'nobody answered' },
  onResume: 'repeat',
  notes: 'the bridge that runs',
  run: async (call: Call, data, node) => {
    const endpoints = data.id ? await deviceEndpoints(call, data.id, data) : [];
    if (endpoints.length === 0) return next();
    const timeout = ringTimeout(data.timeout);
    return afterRinging(
      node,
      await ring(call, await ringFields(call, endpoints, { timeout, strategy: data.dial_strategy })),
    );
  },
});
