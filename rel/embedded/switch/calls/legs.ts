// The legs of one group ring together: the first to answer (or to send early media) wins, the others are cancelled.

import { randomUUID } from 'node:crypto';
import type { HangupCause } from './causes.ts';
import { findCause } from './causes.ts';
import { Channel } from './channel.ts';
import type { SwitchCore } from './contract.ts';
import type { DialLeg, Variables } from './dialstring.ts';
import { pause } from './waits.ts';

export interface LegContext {
  core: SwitchCore;
  originator: Channel | undefined;
  /** Variables of the whole originate; a leg's own win. */
  variables: Variables;
  /** Aborted when the caller gives up or somebody else has won. */
  signal: AbortSignal;
  /** The cause for legs that are given up through `signal`. */
  givenUp: () => HangupCause;
  /** Told of the first sign of ringing, and of early media that is not ignored. */
  onRinging: () => void;
}

/** Resolves with the winner, or with the cause of the failure that counts. */
export async function ringTogether(
  legs: readonly DialLeg[],
  context: LegContext,
): Promise<Channel | HangupCause> {
  const race = new AbortController();
  const signal = AbortSignal.any([context.signal, race.signal]);
  let winner: Channel | undefined;
  let rejected: HangupCause | undefined;
  let last: HangupCause = 'NO_ROUTE_DESTINATION';
  const givenUp = () => (context.signal.aborted ? context.givenUp() : (rejected ?? 'LOSE_RACE'));
  await Promise.all(
    legs.map(async (leg) => {
      const result = await ringLeg(leg, { ...context, signal, givenUp }, () => winner === undefined);
      if (result instanceof Channel) winner = result;
      else if (!race.signal.aborted) {
        last = result;
        if (!endsAll(context, leg, result)) return;
        rejected = 'NO_ANSWER';
      }
      race.abort();
    }),
  );
  if (winner) return winner;
  return context.signal.aborted ? context.givenUp() : (rejected ?? last);
}

/**
 * `fail_on_single_reject`: true for any failure, or a list of the causes that end the whole attempt. FreeSWITCH then
 * treats it as timed out: the others and the attempt itself end with NO_ANSWER.
 */
function endsAll({ variables, originator }: LegContext, leg: DialLeg, cause: HangupCause): boolean {
  const name = 'fail_on_single_reject';
  const value = leg.variables.get(name) ?? variables.get(name) ?? originator?.find(name);
  if (!value || value === 'false') return false;
  if (value === 'true') return true;
  const negated = value.startsWith('!');
  const listed = value
    .replace(/^!/, '')
    .split(/[,:]/)
    .some((each) => findCause(each) === cause);
  return listed !== negated;
}

async function ringLeg(
  leg: DialLeg,
  context: LegContext,
  mayWin: () => boolean,
): Promise<Channel | HangupCause> {
  const { core, originator, signal } = context;
  const variables: Variables = new Map([...context.variables, ...leg.variables]);
  const delay = Number(variables.get('leg_delay_start') ?? 0);
  if (delay > 0 && !(await pause(delay * 1000, signal))) return context.givenUp();
  const slash = leg.endpoint.indexOf('/');
  const endpoint = core.endpoints.get(leg.endpoint.slice(0, slash).toLowerCase());
  if (!endpoint) return 'CHAN_NOT_IMPLEMENTED';
  if (core.limits.paused.outbound || core.channels.size >= core.limits.maxSessions)
    return 'SWITCH_CONGESTION';
  const uuid = variables.get('origination_uuid') ?? randomUUID();
  if (core.channels.has(uuid)) return 'REQUESTED_CHAN_UNAVAIL';
  const channel = await endpoint.dial({
    destination: leg.endpoint.slice(slash + 1),
    uuid,
    variables,
    originator,
  });
  if (!(channel instanceof Channel)) return channel;
  return untilUp(channel, variables, context, mayWin);
}

/** Waits for the answer or the end of one leg, within its own time limits. */
async function untilUp(
  channel: Channel,
  variables: Variables,
  { signal, givenUp, onRinging }: LegContext,
  mayWin: () => boolean,
): Promise<Channel | HangupCause> {
  const ignoreEarly = /^(true|yes|1|ring_ready|consume)$/i.test(variables.get('ignore_early_media') ?? '');
  const limits: NodeJS.Timeout[] = [];
  const limit = (name: string, cause: HangupCause) => {
    const seconds = Number(variables.get(name) ?? 0);
    if (seconds > 0)
      limits.push(
        setTimeout(
          () =>
            cause === 'ALLOTTED_TIMEOUT' || !(channel.ringing || channel.early)
              ? channel.hangup(cause)
              : undefined,
          seconds * 1000,
        ),
      );
  };
  limit('leg_timeout', 'ALLOTTED_TIMEOUT');
  limit('leg_progress_timeout', 'PROGRESS_TIMEOUT');
  limit('progress_timeout', 'PROGRESS_TIMEOUT');
  const giveUp = () => channel.hangup(givenUp());
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  const won = await new Promise<boolean>((resolve) => {
    const win = () => (mayWin() ? resolve(true) : channel.hangup('LOSE_RACE'));
    channel.on('ring', onRinging);
    channel.on('early', () => (ignoreEarly ? onRinging() : win()));
    channel.once('answer', win);
    channel.once('hangup', () => resolve(false));
    if (channel.down) resolve(false);
    else if (channel.answered) win();
    else if (channel.ringing || channel.early) onRinging();
  });
  for (const timer of limits) clearTimeout(timer);
  signal.removeEventListener('abort', giveUp);
  return won ? channel : (channel.cause ?? 'NORMAL_UNSPECIFIED');
}
