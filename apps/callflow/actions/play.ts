// play: plays media to the caller.
import { action, next, Type } from '../../../core/contract/index.ts';
import type { Call } from '../call/call.ts';
import { anyKey, ensureAnswered, mediaName, play as playMedia } from '../call/media.ts';

export const play = action({
  name: 'play',
  summary: 'Play media: a document of the account, a system prompt, a URL, a tone stream',
  data: {
    id: Type.Optional(Type.String()),
    answer: Type.Boolean({ default: true, description: 'answer first; otherwise it is early media' }),
    endless_playback: Type.Boolean({ default: false }),
    loop_count: Type.Optional(Type.Integer({ minimum: 1 })),
    terminators: Type.Array(Type.String(), { default: anyKey }),
  },
  onResume: 'repeat',
  run: async (call: Call, data) => {
    if (data.id === undefined || data.id === '') {
      call.log.warn('play has no media id; it is skipped');
      return next();
    }
    if (data.answer) await ensureAnswered(call);
    else if (!call.answered) await call.execute('progress', {}, 10_000);
    await playMedia(call, mediaName(call, data.id), {
      terminators: data.terminators,
      endless: data.endless_playback,
      ...(data.loop_count === undefined ? {} : { loops: data.loop_count }),
    });
    call.dropDigits();
    return next();
  },
});
