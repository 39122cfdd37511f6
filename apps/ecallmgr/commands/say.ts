// say: says a number, date and the like from the switch's own prompts.
import { harmless, word } from '../freeswitch/index.ts';
import { unit } from './unit.ts';

export const say = unit({
  name: 'say',
  run: (call, command) => {
    const module = word(command.Language).toLowerCase().split(/[-_]/)[0] ?? 'en';
    const type = command.Type === 'e-mail_address' ? 'email_address' : command.Type;
    const method = command.Method === 'none' ? 'n/a' : command.Method;
    const gender = command.Gender === undefined ? '' : ` ${command.Gender}`;
    return call.execute(
      command,
      'say',
      `${module} ${type} ${method}${gender} ${harmless(command['Say-Text'])}`,
    );
  },
});
