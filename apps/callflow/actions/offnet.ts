// offnet: calls a number through the global carriers.
import { action, Type } from '../../../core/contract/index.ts';
import type { Call } from '../call/call.ts';
import { callCarrier, carrierData } from '../call/carrier.ts';

export const offnet = action({
  name: 'offnet',
  summary: 'Call a number through the global carriers',
  data: { ...carrierData, use_local_resources: Type.Boolean({ default: false }) },
  children: { '<cause>': 'a hangup cause such as USER_BUSY, or sip:486' },
  onResume: 'repeat',
  notes: 'whether carriers have the call and whether one has connected it',
  run: (call: Call, data, node) => callCarrier(call, { ...data, use_local_resources: false }, node),
});
