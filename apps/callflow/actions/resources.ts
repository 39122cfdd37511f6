// resources: calls a number through the carriers: the account's own, or the global ones.
import { action, Type } from '../../../core/contract/index.ts';
import type { Call } from '../call/call.ts';
import { callCarrier, carrierData } from '../call/carrier.ts';

export const resources = action({
  name: 'resources',
  summary: 'Call a number through carriers',
  data: { ...carrierData, use_local_resources: Type.Boolean({ default: true }) },
  children: { '<cause>': 'a hangup cause such as USER_BUSY, or sip:486' },
  onResume: 'repeat',
  notes: 'whether carriers have the call and whether one has connected it',
  run: (call: Call, data, node) => callCarrier(call, data, node),
});
