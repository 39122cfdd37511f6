// set_variable: sets one of the variables that a callflow may set.
import { action, next, Type } from '../../../core/contract/index.ts';
import type { Call } from '../call/call.ts';

// A callflow is written by customers: they may not set what authorises or bills a call.
const settable: Readonly<Record<string, string>> = { call_priority: 'Call-Priority' };

export const set_variable = action({
  name: 'set_variable',
  summary: 'Set a variable of the call',
  data: {
    channel: Type.Enum(['a', 'both'], { default: 'a' }),
    value: Type.Optional(Type.String()),
    variable: Type.Optional(Type.String()),
  },
  onResume: 'repeat',
  run: async (call: Call, { channel, value, variable }) => {
    const name = variable !== undefined && Object.hasOwn(settable, variable) ? settable[variable] : undefined;
    if (name === undefined || value === undefined || value === '') {
      call.log.warn('set_variable needs a settable variable and a value', {
        variable,
        settable: Object.keys(settable),
      });
      return next();
    }
    const vars = { [name]: value };
    call.state.channelVars[name] = value;
    await call.execute(
      'set',
      channel === 'both' ? { 'Custom-Call-Vars': vars } : { 'Custom-Channel-Vars': vars },
      10_000,
    );
    return next();
  },
});
