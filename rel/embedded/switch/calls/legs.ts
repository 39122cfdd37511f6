// The legs of one group ring together: the first to answer (or to send early media) wins, the others are cancelled.

import { randomUUID } from 'node:crypto';
import type { HangupCause } from './causes.ts';
import { findCause } from './causes.ts';
import { Channel } from './channel.ts';
import { isConfirmed } from './confirm.ts';
import type { SwitchCore } from './contract.ts';
import type { DialLeg, Variables } from './dialstring.ts';
import { MAX_TIMER_MS, pause } from './waits.ts';

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
      if (result instanceof Channel) {
        if (winner) result.hangup('LOSE_RACE');
        winner ??= result;
      } else if (!race.signal.aborted) {
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

/** Waits until one leg is answered (and confirmed) or down, within its own time limits. */
async function untilUp(
  channel: Channel,
  variables: Variables,
  context: LegContext,
  mayWin: () => boolean,
): Promise<Channel | HangupCause> {
  const { signal, givenUp, originator } = context;
  const setting: Setting = (name) => variables.get(name) ?? originator?.find(name);
  const stopLimits = setLimits(channel, setting);
  const giveUp = () => channel.hangup(givenUp());
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  const up = await untilSettled(channel, setting, context.onRinging);
  stopLimits();
  signal.removeEventListener('abort', giveUp);
  if (up && !mayWin()) channel.hangup('LOSE_RACE');
  if (up && !channel.down) return channel;
  const code = 'proto_specific_hangup_cause';
  if (originator && !originator.down) originator.set(`last_bridge_${code}`, channel.find(code));
  return channel.cause ?? 'NORMAL_UNSPECIFIED';
}

type Setting = (name: string) => string | undefined;

/** True once the leg may be joined with its caller, false when it is down. */
function untilSettled(channel: Channel, setting: Setting, onRinging: () => void): Promise<boolean> {
  const ignoreEarly = /^(true|yes|1|ring_ready|consume)$/i.test(setting('ignore_early_media') ?? '');
  const early = ignoreEarly || setting('group_confirm_key') !== undefined;
  return new Promise((resolve) => {
    const settle = (up: boolean) => {
      channel.off('ring', onRinging).off('early', onEarly).off('answer', onAnswer).off('hangup', onHangup);
      resolve(up);
    };
    const onEarly = () => (early ? onRinging() : settle(true));
    const onHangup = () => settle(false);
    const onAnswer = () => {
      isConfirmed(channel, setting).then(
        (confirmed) => (confirmed ? settle(!channel.down) : channel.hangup('NO_ANSWER')),
        (error: unknown) => {
          channel.core.log.warn('confirmation failed', { uuid: channel.uuid, error });
          channel.hangup('NORMAL_TEMPORARY_FAILURE');
        },
      );
    };
    channel.on('ring', onRinging).on('early', onEarly).on('answer', onAnswer).on('hangup', onHangup);
    if (channel.down) settle(false);
    else if (channel.answered) onAnswer();
    else if (channel.ringing || channel.early) onRinging();
  });
}

/** `leg_timeout` to the answer; the progress timeouts to the first sign of life. Seconds. */
function setLimits(channel: Channel, setting: Setting): () => void {
  const limit = (name: string, run: () => void) => {
    const seconds = Number(setting(name) ?? 0);
    return seconds > 0 ? setTimeout(run, Math.min(seconds * 1000, MAX_TIMER_MS)) : undefined;
  };
  const noProgress = () => {
    if (!channel.ringing && !channel.early) channel.hangup('PROGRESS_TIMEOUT');
  };
  const timers = [
    limit('leg_timeout', () => channel.hangup('ALLOTTED_TIMEOUT')),
    limit('leg_progress_timeout', noProgress),
    limit('progress_timeout', noProgress),
  ];
  return () => {
    for (const timer of timers) clearTimeout(timer);
  };
}
