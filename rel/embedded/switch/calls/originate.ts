// Makes outgoing calls from a dial string: enterprise parts side by side, groups in turn, legs together.

import { findCause, type HangupCause } from './causes.ts';
import { Channel } from './channel.ts';
import type { SwitchCore } from './contract.ts';
import { type DialPlan, type DialString, parseDialString, type Variables } from './dialstring.ts';
import { ringTogether } from './legs.ts';
import { MAX_TIMER_MS } from './waits.ts';

export interface OriginateRequest {
  dialString: string;
  /** The caller that waits for it, whose exported variables the new legs get. */
  originator?: Channel | undefined;
  /** Ends the attempt: the caller gave up. */
  signal: AbortSignal;
  /** For the whole attempt; `originate_timeout` and `call_timeout` win over it. Default 60. */
  timeoutSeconds?: number | undefined;
  onRinging?: () => void;
}

/** Resolves with the channel that answered or sends early media, or with the cause of the failure. Never rejects. */
export async function originate(core: SwitchCore, request: OriginateRequest): Promise<Channel | HangupCause> {
  const dial = parseDialString(request.dialString);
  const race = new AbortController();
  const signal = AbortSignal.any([request.signal, race.signal]);
  let winner: Channel | undefined;
  let cause: HangupCause = 'NO_ROUTE_DESTINATION';
  await Promise.all(
    dial.parts.map(async (part) => {
      const result = await runPart(core, part, inherited(dial, request.originator), { ...request, signal });
      if (result instanceof Channel) {
        if (winner) result.hangup('LOSE_RACE');
        winner ??= result;
        race.abort();
      } else if (!race.signal.aborted) cause = result;
    }),
  );
  if (!winner) return request.signal.aborted ? 'ORIGINATOR_CANCEL' : cause;
  if (!request.signal.aborted) return winner;
  winner.hangup('ORIGINATOR_CANCEL');
  return 'ORIGINATOR_CANCEL';
}

async function runPart(
  core: SwitchCore,
  part: DialPlan,
  base: Variables,
  request: OriginateRequest,
): Promise<Channel | HangupCause> {
  const variables: Variables = new Map([...base, ...part.variables]);
  const { originator } = request;
  const setting = (name: string) => variables.get(name) ?? originator?.find(name);
  const seconds = Number(
    setting('originate_timeout') ?? setting('call_timeout') ?? request.timeoutSeconds ?? 60,
  );
  let result: Channel | HangupCause = 'NO_ROUTE_DESTINATION';
  for (const group of part.groups) {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), Math.min(Math.max(seconds || 60, 1) * 1000, MAX_TIMER_MS));
    const signal = AbortSignal.any([request.signal, late.signal]);
    const givenUp = () =>
      late.signal.aborted ? 'NO_ANSWER' : originator?.down ? 'ORIGINATOR_CANCEL' : 'LOSE_RACE';
    const onRinging = request.onRinging ?? (() => {});
    result = await ringTogether(group, { core, originator, variables, signal, givenUp, onRinging });
    clearTimeout(timer);
    if (result instanceof Channel || signal.aborted) break;
  }
  return result;
}

/** What every leg gets: the originator's exports, then the variables of the whole string. */
function inherited(dial: DialString, originator: Channel | undefined): Variables {
  const variables: Variables = new Map();
  for (const name of originator?.find('export_vars')?.split(',') ?? []) {
    const bare = name.replace(/^nolocal:/, '');
    const value = originator?.find(name) ?? originator?.find(bare);
    if (value !== undefined) variables.set(bare, value);
  }
  for (const [name, value] of dial.variables) variables.set(name, value);
  return variables;
}

/** Whether the originator may go on after a failed attempt (`continue_on_fail`, `failure_causes`). */
export function continuesAfter(channel: Channel, cause: HangupCause): boolean {
  const value = channel.find('continue_on_fail');
  if (!value || value === 'false') return false;
  if (value === 'true') return true;
  return value.split(',').some((each) => findCause(each) === cause);
}
