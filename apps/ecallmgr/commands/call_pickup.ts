// call_pickup: joins the call to another one that waits, here or on another switch.
import { AppError } from '../../../core/errors/index.ts';
import type { ControlledCall, told } from '../control/call.ts';
import type { CommandOf } from '../control/command.ts';
import { uuid, variable, variableSequence } from '../freeswitch/index.ts';
import { moveTo } from '../moving/move.ts';
import type { Place } from '../moving/places.ts';
import { unit } from './unit.ts';

const flag = (value: boolean | undefined): string => String(value === true);

export const callPickup = unit({
  name: 'call_pickup',
  run: pickUp,
  completion: (event) => ({ 'Application-Response': outcomeOf(event) }),
});

/** Resolves when the two part. */
export async function pickUp(
  call: ControlledCall,
  command: CommandOf<'call_pickup'> | CommandOf<'connect_leg'>,
): Promise<typeof told> {
  const target = uuid(command['Target-Call-ID']);
  const place = await placeOf(call, target);
  const options = Object.fromEntries(Object.entries(command).filter(([field]) => passedOn.includes(field)));
  const hangup = command['Hangup-After-Pickup'] === true;
  if (place !== 'here' && hangup) call.prepare('set', 'hangup_after_bridge=true');
  if (place !== 'here')
    return moveTo(call, command, place, { ...options, 'Application-Name': 'call_pickup' });
  const variables = variableSequence({
    intercept_unbridged_only: flag(command['Unbridged-Only']),
    intercept_unanswered_only: flag(command['Unanswered-Only']),
    // Else the controller decides what comes afterwards.
    park_after_bridge: flag(!hangup),
    hangup_after_bridge: flag(hangup),
  });
  call.prepare('multiset', `^^;${variables}`);
  return call.execute(command, 'intercept', `${command['Other-Leg'] === true ? '-bleg ' : ''}${target}`);
}

/** Where another call lives. Rejects with `command_failed` when it is gone. */
export async function placeOf(call: ControlledCall, target: string): Promise<Place> {
  const place = await call.around.places.call(target);
  if (place) return place;
  throw new AppError('command_failed', { message: `the call ${target} is gone` });
}

const passedOn = ['Target-Call-ID', 'Other-Leg', 'Unbridged-Only', 'Unanswered-Only'];

/** Where it was moved, the leg that went there tells how it went. */
export function outcomeOf(event: Parameters<typeof variable>[0]): string {
  if (event['Application'] === 'bridge')
    return variable(event, 'originate_disposition') ?? 'NORMAL_TEMPORARY_FAILURE';
  return event['Application-Response'] === 'SUCCESS' ? 'SUCCESS' : 'NO_ROUTE_DESTINATION';
}
