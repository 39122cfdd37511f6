// The headers every event of a channel carries: state, names, media, both parties, all variables.

import type { Channel } from './channel.ts';
import { profileHeaders } from './profile.ts';

const STATE_NUMBERS = {
  CS_NEW: 0,
  CS_INIT: 1,
  CS_ROUTING: 2,
  CS_SOFT_EXECUTE: 3,
  CS_EXECUTE: 4,
  CS_EXCHANGE_MEDIA: 5,
  CS_PARK: 6,
  CS_CONSUME_MEDIA: 7,
  CS_HIBERNATE: 8,
  CS_RESET: 9,
  CS_HANGUP: 10,
  CS_REPORTING: 11,
  CS_DESTROY: 12,
} as const;

export type ChannelState = keyof typeof STATE_NUMBERS;

export const CALL_STATE_NUMBERS = {
  DOWN: 0,
  DIALING: 1,
  RINGING: 2,
  EARLY: 3,
  ACTIVE: 4,
  HELD: 5,
  RING_WAIT: 6,
  HANGUP: 7,
} as const;

export type CallState = keyof typeof CALL_STATE_NUMBERS;

export function* channelHeaders(channel: Channel): Generator<[string, string | string[]]> {
  const { profile } = channel;
  yield ['Channel-State', channel.state];
  yield ['Channel-Call-State', channel.callState];
  yield ['Channel-State-Number', String(STATE_NUMBERS[channel.state])];
  yield ['Channel-Name', profile.channelName];
  yield ['Unique-ID', profile.uuid];
  yield ['Call-Direction', profile.direction];
  yield ['Presence-Call-Direction', profile.direction];
  yield ['Channel-HIT-Dialplan', String(channel.routed)];
  const presence = channel.find('presence_id');
  if (presence) yield ['Channel-Presence-ID', presence];
  yield ['Channel-Call-UUID', channel.find('call_uuid') ?? profile.uuid];
  yield ['Answer-State', answerState(channel)];
  if (channel.cause) yield ['Hangup-Cause', channel.cause];
  const codec = channel.leg?.audio?.codec;
  if (codec) {
    for (const side of ['Read', 'Write']) {
      yield [`Channel-${side}-Codec-Name`, codec];
      yield [`Channel-${side}-Codec-Rate`, '8000'];
      yield [`Channel-${side}-Codec-Bit-Rate`, '64000'];
    }
  }
  yield* profileHeaders(profile, 'Caller');
  if (channel.other) {
    yield ['Other-Type', channel.other.type];
    yield* profileHeaders(channel.other.channel.profile, 'Other-Leg');
  }
  for (const [name, value] of channel.variables) yield [`variable_${name}`, value];
}

function answerState(channel: Channel): string {
  if (channel.down) return 'hangup';
  if (channel.answered) return 'answered';
  return channel.early ? 'early' : 'ringing';
}
