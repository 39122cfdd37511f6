// conference: joins a conference, here or on the switch that has it.
import { AppError } from '../../../core/errors/index.ts';
import type { CommandOf } from '../control/command.ts';
import { moveTo } from '../moving/move.ts';
import { unit } from './unit.ts';

const flags = { Mute: 'mute', Deaf: 'deaf', Moderator: 'moderator' } as const;
const passedOn = ['Conference-ID', 'Profile', 'Mute', 'Deaf', 'Moderator', 'Member-Nospeak', 'Nospeak-Check'];

export const conference = unit({
  name: 'conference',
  run: async (call, command) => {
    const name = plain(command['Conference-ID']);
    const profile = plain(command.Profile ?? 'default');
    const place = await call.around.places.conference(name);
    const options = Object.fromEntries(Object.entries(command).filter(([field]) => passedOn.includes(field)));
    // Who begins it begins it here.
    if (place !== undefined && place !== 'here')
      return moveTo(call, command, place, { ...options, 'Application-Name': 'conference' });
    if (command['Member-Nospeak']) call.prepare('set', 'conference_member_nospeak_relational=true');
    if (command['Nospeak-Check']) call.prepare('set', 'conference_member_nospeak_check=true');
    return call.execute(command, 'conference', `${name}@${profile}${flagsOf(command)}`);
  },
});

function flagsOf(command: CommandOf<'conference'>): string {
  const set = Object.entries(flags).flatMap(([field, flag]) =>
    command[field as keyof typeof flags] === true ? [flag] : [],
  );
  return set.length === 0 ? '' : `+flags{${set.join('|')}}`;
}

/** Names become part of an argument in which `@` and `+` part them. */
function plain(name: string): string {
  if (/^[\w.-]{1,100}$/.test(name)) return name;
  throw new AppError('invalid_data', {
    message: `${JSON.stringify(name)} cannot be the name of a conference or of its profile`,
  });
}
