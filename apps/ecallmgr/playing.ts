// What the commands that play have in common: media, terminators, legs.
import { setTimeout as wait } from 'node:timers/promises';
import { isLeaving } from './bypass.ts';
import type { ControlledCall } from './control/call.ts';
import type { Completion } from './control/command.ts';
import { variable } from './freeswitch/index.ts';

/** The Media-Name as the switch plays it. */
export function playable(call: ControlledCall, name: string, language?: string): Promise<string> {
  // A tone description like %(2000,4000,440,480) is a stream of its own.
  if (name.startsWith('%(')) return Promise.resolve(`tone_stream://${name};loops=-1`);
  return call.around.media.playable(name, mediaRequest(call, language));
}

/** Several media as one that the switch plays. */
export async function macro(call: ControlledCall, names: readonly string[]): Promise<string> {
  const paths = await Promise.all(names.map((name) => playable(call, name)));
  return `file_string://${paths.join('!')}`;
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

type Terminators = readonly string[] | 'none' | undefined;

/** Terminators as the switch takes them. */
export function keysOf(terminators: Terminators): string {
  const keys = terminators === 'none' ? [] : (terminators ?? []).filter((key) => /^[0-9A-D*#]$/.test(key));
  return keys.length === 0 ? 'none' : keys.join('');
}

/** Sets the keys that end what plays next; nothing is sent when they are set already. */
export function setTerminators(call: ControlledCall, terminators: Terminators): void {
  const wanted = keysOf(terminators);
  if (call.terminators === wanted) return;
  call.terminators = wanted;
  call.prepare('set', `playback_terminators=${wanted}`);
}

// What is over at once would be begun without pause.
const shortestRound = 200;

/**
 * Plays it so many times, until it is broken off, a terminator ends it, or it cannot be played. The switch's own
 * endless_playback and loop_playback go on after a break, and know no terminators.
 */
export async function playAgain(
  call: ControlledCall,
  command: { readonly 'Msg-ID': string },
  path: string,
  times: number,
): Promise<Completion> {
  const { breaks } = call;
  for (let round = call.partsOver(command) + 1; ; round += 1) {
    const began = performance.now();
    const event = await call.part(command, round, 'playback', path);
    const response = event['Application-Response'];
    const digit = variable(event, 'playback_terminator_used');
    const over = call.breaks > breaks || isLeaving(event) || call.channel.bridged;
    if (round >= times || over || digit !== undefined || response !== 'FILE PLAYED')
      return { 'Application-Response': response, 'DTMF-Digit': digit };
    await wait(Math.max(0, began + shortestRound - performance.now()), undefined, { ref: false });
    // The end may be one that was made up for another process, and the leg on its way to somebody.
    if (call.breaks > breaks || (await call.talks())) return { 'Application-Response': response };
  }
}

const sides = { A: 'aleg', B: 'bleg', Both: 'both' } as const;

/** Which side a broadcast goes to. */
export const sideOf = (leg: 'A' | 'B' | 'Both' | undefined): string => sides[leg ?? 'A'];
