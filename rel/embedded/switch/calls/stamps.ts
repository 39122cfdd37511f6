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
  const { created, answered, hungup } = times;
  const spans: [string, string, number, number][] = [
    ['duration', '', created, hungup],
    ['bill', 'sec', answered, hungup],
    ['progress', 'sec', created, times.progress],
    ['answer', 'sec', created, answered],
    ['wait', 'sec', created, times.bridged],
    ['progress_media', 'sec', created, times.progressMedia],
    ['flow_bill', 'sec', created, hungup],
  ];
  for (const [name, unit, from, to] of spans) yield* span(name, unit, from, to);
}

/** Seconds are those between the two epochs: a call of 0.4 s over a change of second lasts 1. */
function* span(name: string, unit: string, from: number, to: number): Generator<[string, string]> {
  const known = from > 0 && to > from;
  const micros = known ? to - from : 0;
  const seconds = String(known ? Math.floor(to / 1e6) - Math.floor(from / 1e6) : 0);
  const millis = String(Math.floor(micros / 1000));
  yield unit ? [`${name}sec`, seconds] : [name, seconds];
  yield unit ? [`${name}msec`, millis] : [`m${name}`, millis];
  yield unit ? [`${name}usec`, String(micros)] : [`u${name}`, String(micros)];
}
