// collect_dtmf: collects digits and keeps them under a name for later actions.
import { action, next, Type } from '../../../core/contract/index.ts';
import type { Call } from '../call/call.ts';
import { collectDigits } from '../call/collect.ts';
import { ensureAnswered } from '../call/media.ts';

export const collect_dtmf = action({
  name: 'collect_dtmf',
  summary: 'Collect digits',
  data: {
    collection_name: Type.String({ default: 'default', minLength: 1 }),
    interdigit_timeout: Type.Integer({ default: 2000, minimum: 0, description: 'milliseconds' }),
    max_digits: Type.Integer({ default: 1, minimum: 1 }),
    terminator: Type.Enum(['1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '#', '*'], { default: '#' }),
    terminators: Type.Optional(Type.Array(Type.String())),
    timeout: Type.Integer({ default: 5000, minimum: 0, description: 'milliseconds until the first digit' }),
  },
  onResume: 'repeat',
  notes: 'the digits so far',
  run: async (call: Call, data) => {
    await ensureAnswered(call);
    const { digits } = await collectDigits(call, {
      maxDigits: data.max_digits,
      timeout: data.timeout,
      interdigitTimeout: data.interdigit_timeout,
      terminators: data.terminators ?? [data.terminator],
      begin: String(call.noted['Digits'] ?? ''),
      onDigits: (soFar) => call.note({ Digits: soFar }),
    });
    call.state.collections[data.collection_name] = digits;
    return next();
  },
});
