// play: plays media to the call, or into a bridge.
import { playable, setTerminators, sideOf } from './playing.ts';
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
    if (command['Endless-Playback']) return call.execute(command, 'endless_playback', path);
    const loops = command['Loop-Count'];
    if (loops !== undefined && loops > 1) return call.execute(command, 'loop_playback', `+${loops} ${path}`);
    return call.execute(command, 'playback', path);
  },
});
