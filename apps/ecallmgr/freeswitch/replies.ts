// What a switch answers to a command, in one form: FreeSWITCH spells failure in half a dozen ways.
import { AppError } from '../../../core/errors/index.ts';

/** The text without `+OK` and the line end; throws `command_failed` when the answer is an error. */
export function resultOf(command: string, answer: string): string {
  const text = answer.trim();
  if (failed(text))
    throw new AppError('command_failed', {
      message: `the switch refused ${command.split(' ', 1)[0]}: ${reason(text)}`,
      details: { answer: text.slice(0, 200), gone: isGone(text) },
    });
  return text.startsWith('+OK') ? text.slice(3).trim() : text;
}

/** True when an error says that the channel does not exist any more. */
export function saysGone(error: unknown): boolean {
  return error instanceof AppError && error.code === 'command_failed' && error.details['gone'] === true;
}

function failed(text: string): boolean {
  return (
    /^-(ERR|ERROR|USAGE)\b/.test(text) ||
    text === 'false' ||
    text === '_undef_' ||
    text === 'INVALID COMMAND!'
  );
}

function isGone(text: string): boolean {
  return /no such channel|invalid (session|uuid)|can't find|cannot locate session/i.test(text);
}

function reason(text: string): string {
  const known = text.replace(/^-(ERR(OR)?|USAGE):?\s*/, '').trim();
  return known === '' ? 'no reason given' : known.slice(0, 200);
}
