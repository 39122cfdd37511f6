// tones: plays tones.
import { AppError } from '../../../core/errors/index.ts';
import type { CommandOf } from '../control/command.ts';
import { setTerminators } from '../playing.ts';
import { unit } from './unit.ts';

export const tones = unit({
  name: 'tones',
  run: (call, command) => {
    const stream = `tone_stream://${command.Tones.map(tone).join(';')}`;
    setTerminators(call, command.Terminators);
    return call.execute(command, 'playback', stream);
  },
});

/** Teletone script: `v=` volume in dB, `l=` repeats, then on and off in ms and the frequencies in Hz. */
function tone(given: CommandOf<'tones'>['Tones'][number]): string {
  const parts = [given['Duration-ON'], given['Duration-OFF'], ...given.Frequencies].map(number);
  return `v=${number(given.Volume ?? -7)};l=${number(given.Repeat ?? 1)};%(${parts.join(',')})`;
}

function number(value: number | string): number {
  const known = Number(value);
  if (Number.isFinite(known)) return known;
  throw new AppError('invalid_data', { message: `tones: ${JSON.stringify(value)} is not a number` });
}
