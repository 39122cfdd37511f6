// ring_group: rings many devices, users and groups, each with its own delay and timeout.
import { action, next, type Static, Type } from '../../../core/contract/index.ts';
import type { Call } from '../call/call.ts';
import { type Member, memberEndpoints, ringFields, ringTimeout } from '../call/endpoints.ts';
import { mediaName } from '../call/media.ts';
import { afterRinging, failureKey, ring } from '../call/ringing.ts';
import { inWeightedOrder } from '../call/weights.ts';

const member = Type.Object({
  id: Type.String({ minLength: 1 }),
  endpoint_type: Type.Enum(['device', 'user', 'group']),
  delay: Type.Integer({ default: 0, minimum: 0 }),
  timeout: Type.Integer({ default: 20, minimum: 0, description: 'seconds; 0: as long as the group is rung' }),
  weight: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  disable_until: Type.Optional(
    Type.Integer({ description: 'Gregorian seconds; the member is left out until then' }),
  ),
});

export const ring_group = action({
  name: 'ring_group',
  summary: 'Ring many devices, users and groups',
  data: {
    endpoints: Type.Array(member),
    fail_on_single_reject: Type.Boolean({ default: false }),
    ignore_forward: Type.Boolean({ default: true }),
    repeats: Type.Integer({ default: 1, minimum: 1 }),
    ringback: Type.Optional(Type.String()),
    ringtones: Type.Optional(
      Type.Object({ external: Type.Optional(Type.String()), internal: Type.Optional(Type.String()) }),
    ),
    strategy: Type.Enum(['simultaneous', 'single', 'weighted_random'], { default: 'simultaneous' }),
    timeout: Type.Integer({ default: 20, minimum: 0, description: 'seconds' }),
  },
  children: { '<cause>': 'a hangup cause such as USER_BUSY, or sip:486', _: 'nobody answered' },
  onResume: 'repeat',
  notes: 'the round and the bridge that runs',
  run: async (call: Call, data, node) => {
    const endpoints = await memberEndpoints(call, ordered(data.strategy, data.endpoints), {
      ringtones: data.ringtones,
    });
    if (endpoints.length === 0) return next();
    const fields = await ringFields(call, endpoints, {
      timeout: ringTimeout(data.timeout),
      strategy: data.strategy === 'simultaneous' ? 'simultaneous' : 'single',
      failOnSingleReject: data.fail_on_single_reject,
      ignoreForward: data.ignore_forward,
      ...(data.ringback ? { ringback: mediaName(call, data.ringback) } : {}),
    });
    for (let round = Number(call.noted['Round'] ?? 1); ; round += 1) {
      if (round > 1) call.note({ Round: round });
      const result = await ring(call, fields);
      const settled = result.connected || result.transferred || failureKey(node, result) !== undefined;
      if (settled || round >= data.repeats || call.ended) return afterRinging(node, result);
    }
  },
});

function ordered(strategy: string, members: readonly Static<typeof member>[]): readonly Member[] {
  return strategy === 'weighted_random' ? inWeightedOrder(members, Math.random) : members;
}
