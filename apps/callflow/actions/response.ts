// response: refuses the call with a SIP response, after early media when some is named.
import { action, hardStop, Type } from '../../../core/contract/index.ts';
import type { Call } from '../call/call.ts';
import { mediaName, play } from '../call/media.ts';

export const response = action({
  name: 'response',
  summary: 'Send a SIP response',
  data: {
    code: Type.Integer({ default: 486, minimum: 400, maximum: 699 }),
    message: Type.Optional(Type.String()),
    media: Type.Optional(Type.String()),
  },
  onResume: 'repeat',
  run: async (call: Call, { code, message, media }) => {
    if (media !== undefined && media !== '') {
      await call.execute('progress', {}, 10_000);
      await play(call, mediaName(call, media), { terminators: [] });
    }
    await call.execute('respond', { 'Response-Code': code, 'Response-Message': message }, 10_000);
    return hardStop;
  },
});
