// play: plays media to the call, or into a bridge.
import { playAgain, playable, setTerminators, sideOf } from '../playing.ts';
import { unit } from './unit.ts';

export const play = unit({
  name: 'play',
  run: async (call, command) => {
    const path = await playable(call, command['Media-Name'], command.Language);
    if (call.channel.bridged) {
      await call.api('uuid_broadcast', `${path} ${sideOf(command.Leg)}`);
      return {};
    }
    setTerminators(call, command.Terminators);
    const times = command['Endless-Playback'] ? Number.POSITIVE_INFINITY : (command['Loop-Count'] ?? 1);
    return times > 1 ? playAgain(call, command, path, times) : call.execute(command, 'playback', path);
  },
});
