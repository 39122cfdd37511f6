// audio_level: mutes a side of the call, or lets it be heard again.
import { word } from '../freeswitch/index.ts';
import { unit } from './unit.ts';

export const audioLevel = unit({
  name: 'audio_level',
  run: async (call, { Action, Mode, Level }) => {
    await call.api('uuid_audio', Action === 'stop' ? 'stop' : `start ${Mode} mute ${word(Level)}`);
    return {};
  },
});
