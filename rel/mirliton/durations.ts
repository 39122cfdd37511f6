// Durations and counts as operators write them on the command line.
import { AppError } from '../../core/errors/index.ts';

const units: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of `90`, `90s`, `15m`, `2h`, `1d`. Throws `invalid_data`. */
export function secondsOf(option: string, word: string): number {
  const [, number = '', unit = ''] = /^(\d{1,7})([smhd]?)$/.exec(word) ?? [];
  const factor = units[unit];
  if (number === '' || factor === undefined)
    throw new AppError('invalid_data', {
      message: `--${option} is a time as 90s, 15m, 2h or 1d, not ${word}`,
    });
  return Number(number) * factor;
}

/** A whole number above 0. Throws `invalid_data`. */
export function countOf(option: string, word: string): number {
  if (!/^[1-9]\d{0,8}$/.test(word))
    throw new AppError('invalid_data', { message: `--${option} is a number above 0, not ${word}` });
  return Number(word);
}
