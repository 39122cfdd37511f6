// hold: plays music on hold until it is broken off.
import { playAgain, playable, setTerminators } from '../playing.ts';
import { unit } from './unit.ts';

export const hold = unit({
  name: 'hold',
  run: async (call, command) => {
    const media = command['Hold-Media'];
    setTerminators(call, []);
    const music = media ? await playable(call, media) : 'local_stream://default';
    return playAgain(call, command, music, Number.POSITIVE_INFINITY);
  },
});
