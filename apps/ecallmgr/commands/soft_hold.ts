// soft_hold: the two who talk do not hear each other, each some music, until the caller presses a key.
import { AppError } from '../../../core/errors/index.ts';
import { playable } from '../playing.ts';
import { unit } from './unit.ts';

export const softHold = unit({
  name: 'soft_hold',
  run: async (call, command) => {
    if (!(await call.talks())) throw new AppError('command_failed', { message: 'the call talks to nobody' });
    const { 'Unhold-Key': key, 'A-MOH': own = silence, 'B-MOH': theirs = 'local_stream://default' } = command;
    if (!/^[0-9A-D*#]$/.test(key))
      throw new AppError('invalid_data', { message: `Unhold-Key ${JSON.stringify(key)} is no key` });
    const music = await Promise.all(
      [own, theirs].map((name) => (name === silence ? name : playable(call, name))),
    );
    return call.execute(command, 'soft_hold', [key, ...music].join(' '));
  },
});

const silence = 'silence';
