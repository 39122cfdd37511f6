// What the commands that play have in common: media, terminators, legs.
import type { ControlledCall } from '../control/call.ts';

/** The Media-Name as the switch plays it. */
export function playable(call: ControlledCall, name: string, language?: string): Promise<string> {
  // A tone description like %(2000,4000,440,480) is a stream of its own.
  if (name.startsWith('%(')) return Promise.resolve(`tone_stream://${name};loops=-1`);
  return call.around.media.playable(name, mediaRequest(call, language));
}

/** Who asks for media. */
export function mediaRequest(call: ControlledCall, language?: string) {
  return {
    callId: call.callId,
    accountId: call.channel.get('Account-ID'),
    language,
    recordings: call.around.recordings(),
  };
}

/** Sets the keys that end what plays next; nothing is sent when they are set already. */
export function setTerminators(call: ControlledCall, terminators: readonly string[] | undefined): void {
  const keys = (terminators ?? []).filter((key) => /^[0-9A-D*#]$/.test(key)).join('');
  const wanted = keys === '' ? 'none' : keys;
  if (call.terminators === wanted) return;
  call.terminators = wanted;
  call.prepare('set', `playback_terminators=${wanted}`);
}

const sides = { A: 'aleg', B: 'bleg', Both: 'both' } as const;

/** Which side a broadcast goes to. */
export const sideOf = (leg: 'A' | 'B' | 'Both' | undefined): string => sides[leg ?? 'A'];
