// hold: plays music on hold until it is broken off, or somebody takes the call.
import { playAgain, playable, setTerminators } from '../playing.ts';
import { unit } from './unit.ts';

export const hold = unit({
  name: 'hold',
  run: async (call, command) => {
    // Who has been taken meanwhile would hear it instead of the other side.
    if (await call.talks()) return {};
    const media = command['Hold-Media'];
    setTerminators(call, []);
    const music = media ? await playable(call, media) : 'local_stream://default';
    call.held = true;
    try {
      return await playAgain(call, command, music, Number.POSITIVE_INFINITY);
    } finally {
      call.held = false;
    }
  },
});
