// playseek: moves inside what plays.
import { unit } from './unit.ts';

export const playseek = unit({
  name: 'playseek',
  run: async (call, { Direction, Duration }) => {
    await call.api('uuid_fileman', `seek:${Direction === 'rewind' ? '-' : '+'}${Duration}`);
    return {};
  },
});
