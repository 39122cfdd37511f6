// sound_touch: changes how the call sounds, where the switch has mod_soundtouch.
import { AppError } from '../../../core/errors/index.ts';
import type { CommandOf } from '../control/command.ts';
import { uuid } from '../freeswitch/index.ts';
import { unit } from './unit.ts';

export const soundTouch = unit({
  name: 'sound_touch',
  run: async (call, command) => {
    await call.around.client.api(`soundtouch ${uuid(call.callId)} ${argumentOf(command)}`);
    return {};
  },
});

const flags = { 'Sending-Leg': 'send_leg', 'Hook-DTMF': 'hook_dtmf' } as const;
/** How the switch marks each number. */
const units = {
  'Adjust-In-Semitones': 's',
  'Adjust-In-Octaves': 'o',
  Pitch: 'p',
  Rate: 'r',
  Tempo: 't',
} as const;

function argumentOf(command: CommandOf<'sound_touch'>): string {
  if (command.Action === 'stop') return 'stop';
  const set = Object.entries(flags).flatMap(([field, flag]) =>
    command[field as keyof typeof flags] === true ? [flag] : [],
  );
  const numbers = Object.entries(units).flatMap(([field, unit]) => {
    const value = command[field as keyof typeof units];
    return value === undefined ? [] : [`${number(field, value)}${unit}`];
  });
  return ['start', ...set, ...numbers].join(' ');
}

function number(field: string, value: number | string): number {
  const known = Number(value);
  if (Number.isFinite(known)) return known;
  throw new AppError('invalid_data', { message: `${field}: ${JSON.stringify(value)} is not a number` });
}
