// The time variables of a finished channel, from which its call detail record is made.

import { localDate } from '../eventsocket/index.ts';
import type { ChannelTimes } from './profile.ts';

/** `start_stamp`, `billsec`, `progressmsec`… as FreeSWITCH sets them before CHANNEL_HANGUP_COMPLETE. */
export function* timeVariables(times: ChannelTimes): Generator<[string, string]> {
  const moments: [string, number][] = [
    ['start', times.created],
    ['profile_start', times.profileCreated],
    ['answer', times.answered],
    ['bridge', times.bridged],
    ['progress', times.progress],
    ['progress_media', times.progressMedia],
    ['end', times.hungup],
  ];
  for (const [name, at] of moments) {
    if (at > 0) yield [`${name}_stamp`, localDate(new Date(at / 1000))];
    yield [`${name}_epoch`, String(Math.floor(at / 1e6))];
    yield [`${name}_uepoch`, String(at)];
  }
  const since = (from: number, to: number) => (from > 0 && to > from ? to - from : 0);
  const { created, answered, hungup } = times;
  const spans: [string, string, number][] = [
    ['duration', '', since(created, hungup)],
    ['bill', 'sec', since(answered, hungup)],
    ['progress', 'sec', since(created, times.progress)],
    ['answer', 'sec', since(created, answered)],
    ['wait', 'sec', since(created, times.bridged)],
    ['progress_media', 'sec', since(created, times.progressMedia)],
    ['flow_bill', 'sec', since(created, hungup)],
  ];
  for (const [name, unit, micros] of spans) yield* span(name, unit, micros);
}

/** `duration` counts whole seconds of the clock, as its two epochs show them. */
function* span(name: string, unit: string, micros: number): Generator<[string, string]> {
  const seconds = String(Math.round(micros / 1e6));
  const millis = String(Math.floor(micros / 1000));
  if (unit) {
    yield [`${name}sec`, seconds];
    yield [`${name}msec`, millis];
    yield [`${name}usec`, String(micros)];
  } else {
    yield [name, seconds];
    yield [`m${name}`, millis];
    yield [`u${name}`, String(micros)];
  }
}
