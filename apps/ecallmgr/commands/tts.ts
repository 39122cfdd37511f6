// tts: speaks a text, by the switch's own engine or by media_mgr.
import { harmless } from '../freeswitch/index.ts';
import { playAgain, playable, setTerminators } from '../playing.ts';
import { unit } from './unit.ts';

const voices = { female: 'slt', male: 'kal' } as const;

export const tts = unit({
  name: 'tts',
  run: async (call, command) => {
    const engine = command.Engine ?? 'flite';
    setTerminators(call, command.Terminators);
    if (engine !== 'flite') {
      const url = await playable(call, `tts://${encodeURIComponent(command.Text)}`, command.Language);
      const times = command['Endless-Playback'] ? Number.POSITIVE_INFINITY : (command['Loop-Count'] ?? 1);
      return times > 1 ? playAgain(call, command, url, times) : call.execute(command, 'playback', url);
    }
    const voice = voices[command.Voice === 'male' ? 'male' : 'female'];
    // `|` parts engine, voice and text.
    return call.execute(command, 'speak', `flite|${voice}|${harmless(command.Text).replaceAll('|', ' ')}`);
  },
});
