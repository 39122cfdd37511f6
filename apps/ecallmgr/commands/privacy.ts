// privacy: hides the caller.
import { unit } from './unit.ts';

export const privacy = unit({
  name: 'privacy',
  run: (call, command) => {
    const mode = command['Privacy-Mode'] ?? 'full';
    return call.execute(command, 'privacy', mode === 'none' ? 'no' : mode);
  },
});
