// media_macro: keeps lists of media in channel variables, for the switch to play.
import { macro } from '../playing.ts';
import { unit } from './unit.ts';

export const mediaMacro = unit({
  name: 'media_macro',
  run: async (call, command) => {
    const made = Object.entries(command['Media-Macros']).map(
      async ([name, media]) => [name, await macro(call, media)] as const,
    );
    await call.around.client.setVariables(call.callId, Object.fromEntries(await Promise.all(made)));
    return {};
  },
});
