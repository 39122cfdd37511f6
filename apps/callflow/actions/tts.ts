// tts: speaks a text.
import { action, next, Type } from '../../../core/contract/index.ts';
import type { Call } from '../call/call.ts';
import { anyKey, ensureAnswered } from '../call/media.ts';

export const tts = action({
  name: 'tts',
  summary: 'Speak a text',
  data: {
    text: Type.String({ minLength: 1, maxLength: 1000 }),
    endless_playback: Type.Boolean({ default: false }),
    engine: Type.Optional(Type.Enum(['flite', 'google', 'ispeech', 'voicefabric'])),
    language: Type.Optional(Type.String()),
    terminators: Type.Array(Type.String(), { default: anyKey }),
    voice: Type.Enum(['female', 'male'], { default: 'female' }),
  },
  onResume: 'repeat',
  run: async (call: Call, data) => {
    await ensureAnswered(call);
    await call.execute('tts', {
      Text: data.text,
      Voice: data.voice,
      Engine: data.engine,
      Language: data.language ?? call.state.language,
      Terminators: data.terminators,
      'Endless-Playback': data.endless_playback ? true : undefined,
    });
    call.dropDigits();
    return next();
  },
});
