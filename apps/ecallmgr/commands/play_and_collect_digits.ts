// play_and_collect_digits: plays and collects digits until they fit, a few times.
import { AppError } from '../../../core/errors/index.ts';
import { keysOf, playable } from '../playing.ts';
import { unit } from './unit.ts';

export const playAndCollectDigits = unit({
  name: 'play_and_collect_digits',
  run: async (call, command) => {
    const media = await playable(call, command['Media-Name']);
    const failed = command['Failed-Media-Name'];
    const invalid = failed === undefined ? 'silence_stream://250' : await playable(call, failed);
    const between = command['Interdigit-Timeout'];
    const words = [
      command['Minimum-Digits'],
      command['Maximum-Digits'],
      command['Media-Tries'],
      command.Timeout,
      keysOf(command.Terminators),
      media,
      invalid,
      'collected_digits',
      pattern(command['Digits-Regex']),
      ...(between === undefined ? [] : [between]),
    ];
    return call.execute(command, 'play_and_get_digits', words.join(' '));
  },
});

/** A pattern as one word: the switch takes back-slashes, quotes and `${` for its own. Throws `invalid_data`. */
function pattern(regex: string): string {
  const plain = regex.replaceAll('\\d', '[0-9]').replaceAll('\\*', '[*]').replaceAll('\\+', '[+]');
  if (/^[^\s'"\\]+$/.test(plain) && !/\$[{$]/.test(plain)) return plain;
  throw new AppError('invalid_data', {
    message: `Digits-Regex ${JSON.stringify(regex)} cannot be given to the switch`,
  });
}
