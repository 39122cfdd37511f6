// branch_variable: goes to the child named by the value of a variable.
import { action, getAt, next, Type } from '../../../core/contract/index.ts';
import type { Call } from '../call/call.ts';
import { callingEndpoint } from '../call/endpoints.ts';
import { channelVar } from '../call/state.ts';

const name = Type.String({ minLength: 1 });

export const branch_variable = action({
  name: 'branch_variable',
  summary: 'Branch on a variable of the call, the account, the user or the device',
  data: {
    scope: Type.Enum(['account', 'custom_channel_vars', 'device', 'merged', 'user'], {
      default: 'custom_channel_vars',
    }),
    variable: Type.Union([name, Type.Array(name, { minItems: 1 })], {
      description: 'Its name, or the path to it in a document: `caller_id.internal.name`, or its parts',
    }),
  },
  children: { '<value>': 'the value of the variable' },
  onResume: 'repeat',
  run: async (call: Call, { scope, variable }, node) => {
    for (const value of await candidates(call, scope, normalised([variable].flat().join('.')))) {
      const key = typeof value === 'object' || value === undefined ? '' : String(value);
      if (key !== '' && node.children && Object.hasOwn(node.children, key)) return next(key);
    }
    return next();
  },
});

async function candidates(call: Call, scope: string, variable: string): Promise<readonly unknown[]> {
  if (scope === 'custom_channel_vars') return [channelVariable(call, variable)];
  if (scope === 'account') return [getAt(await call.database.find(call.state.accountId), variable)];
  const device = await authorizingDevice(call);
  if (scope === 'device') return [getAt(device, variable)];
  if (scope === 'user') {
    const owner = device?.['owner_id'];
    return [typeof owner === 'string' ? getAt(await call.database.find(owner), variable) : undefined];
  }
  return [getAt(await callingEndpoint(call), variable), channelVariable(call, variable)];
}

async function authorizingDevice(call: Call): Promise<Record<string, unknown> | undefined> {
  const id = channelVar(call.state, 'Authorizing-ID');
  const type = channelVar(call.state, 'Authorizing-Type');
  return id !== undefined && (type === 'device' || type === 'mobile') ? call.database.find(id) : undefined;
}

function channelVariable(call: Call, variable: string): unknown {
  return Object.entries(call.state.channelVars).find(([name]) => normalised(name) === variable)?.[1];
}

// Kazoo spells variables in snake case here: `Call-Priority` is `call_priority`.
function normalised(name: string): string {
  return name.toLowerCase().replaceAll('-', '_');
}
